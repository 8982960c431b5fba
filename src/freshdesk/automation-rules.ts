import type { RuleBody, RuleTab } from './automations.ts';

/** One automation rule as an admin enters it in Freshdesk (C4). */
export type AutomationRule = {
  name: string;
  tab: RuleTab;
  /** Who must have acted; null where the tab does not ask. */
  performer: 'Agent or Requester' | 'System' | null;
  /** What must have happened; empty where the tab does not ask. */
  events: readonly RuleEvent[];
};

/** In the editor's words, and as its API writes it. */
type RuleEvent = { words: string; api: Readonly<Record<string, string>> };

/** The one action of every rule. */
export type WebhookAction = {
  requestType: 'POST';
  url: string;
  headerName: 'X-Webhook-Secret';
  secret: string;
  encoding: 'JSON';
  content: 'Advanced';
  body: string;
};

export type AutomationSetup = {
  rules: readonly AutomationRule[];
  action: WebhookAction;
  /** Of the installation that the rules belong to. */
  mark: string;
};

/**
 * Digits and constants only: nothing a customer writes can break it, and everything else is read from the API. The mark says
 * which installation the rule belongs to; whoever receives the webhook does not look at it.
 */
function webhookBody(mark: string): string {
  return `{"ticket_id":"{{ticket.id}}","installation":"${mark}"}`;
}

/** The mark in a rule's content; null in one that an older version or an admin has written without. */
export function markIn(body: string | null): string | null {
  return /"installation"\s*:\s*"(\w+)"/.exec(body ?? '')?.[1] ?? null;
}

const any = { from: '--', to: '--' };

const changes: readonly RuleEvent[] = [
  { words: 'Reply is sent', api: { field_name: 'reply_sent', value: 'sent' } },
  { words: 'Note is added: Any (public and private)', api: { field_name: 'note_type', value: '--' } },
  { words: 'Status is changed: from Any to Any', api: { field_name: 'status', ...any } },
  { words: 'Agent is updated: from Any to Any', api: { field_name: 'responder_id', ...any } },
  { words: 'Group is updated: from Any to Any', api: { field_name: 'group_id', ...any } },
  { words: 'Tag is added or removed: Any', api: { field_name: 'tag_names', value: '--' } },
  { words: 'Ticket is deleted', api: { field_name: 'ticket_action', value: 'delete' } },
  { words: 'Ticket is marked as spam', api: { field_name: 'ticket_action', value: 'marked_spam' } },
];

/** How our rules are called; `doctor` finds those by it that send elsewhere. */
export const RULE_PREFIX = 'opencx: ';

/** Where Freshdesk sends what happens to a connection's tickets. `publicUrl` comes without a trailing slash. */
export function webhookUrlOf(publicUrl: string, connectionId: string): string {
  return `${publicUrl}/webhooks/freshdesk/${encodeURIComponent(connectionId)}`;
}

/** What an admin must paste for one connection. The secret is in it: show it once, never log it. */
export function automationSetup({
  webhookUrl,
  secret,
  mark,
}: {
  webhookUrl: string;
  secret: string;
  mark: string;
}): AutomationSetup {
  return {
    mark,
    rules: [
      { name: `${RULE_PREFIX}ticket created`, tab: 'creation', performer: null, events: [] },
      { name: `${RULE_PREFIX}ticket updated`, tab: 'update', performer: 'Agent or Requester', events: changes },
      // Assignment and other rules act as System, which is not among "agent or requester".
      { name: `${RULE_PREFIX}ticket updated by a rule`, tab: 'update', performer: 'System', events: changes },
    ],
    action: {
      requestType: 'POST',
      url: webhookUrl,
      headerName: 'X-Webhook-Secret',
      secret,
      encoding: 'JSON',
      content: 'Advanced',
      body: webhookBody(mark),
    },
  };
}

const PERFORMERS = { 'Agent or Requester': 3, System: 4 } as const;

/**
 * A rule as its API takes it. What the webhook's content is called there is not documented: whoever creates a rule reads it
 * back and compares.
 */
export function ruleBody(rule: AutomationRule, action: WebhookAction): RuleBody {
  return {
    name: rule.name,
    active: true,
    ...(rule.performer === null
      ? {}
      : { performer: { type: PERFORMERS[rule.performer] }, events: rule.events.map(({ api }) => api) }),
    // True of every ticket: the tabs insist on a condition, and priorities are the same in every account.
    conditions: [
      {
        name: 'condition_set_1',
        match_type: 'all',
        properties: [{ resource_type: 'ticket', field_name: 'priority', operator: 'in', value: [1, 2, 3, 4] }],
      },
    ],
    actions: [
      {
        field_name: 'trigger_webhook',
        request_type: action.requestType,
        url: action.url,
        custom_headers: { [action.headerName]: action.secret },
        content: { content_layout: 'advanced', content_type: 'json', content: action.body },
      },
    ],
  };
}

/** The set-up as plain text for a terminal. */
export function renderAutomationSetup({ rules, action }: AutomationSetup): string {
  return [
    'In Freshdesk open Admin → Workflows → Automations and add these rules. Put each above',
    'any rule that would stop the ones below it.',
    '',
    ...rules.flatMap((rule, index) => [...renderRule(rule, index + 1), '']),
    'Action of each rule: Trigger webhook',
    `  Request type    ${action.requestType}`,
    `  URL             ${action.url}`,
    `  Custom headers  ${action.headerName}: ${action.secret}`,
    `  Encoding        ${action.encoding}`,
    `  Content         ${action.content}, exactly this:`,
    `  ${action.body}`,
    '',
  ].join('\n');
}

const TAB_NAMES: Record<RuleTab, string> = { creation: 'Ticket Creation', update: 'Ticket Updates' };

function renderRule(rule: AutomationRule, number: number): string[] {
  return [
    `${number}. Tab "${TAB_NAMES[rule.tab]}", new rule "${rule.name}"`,
    ...(rule.performer === null ? [] : [`   Performed by: ${rule.performer}`]),
    ...(rule.events.length === 0
      ? []
      : ['   Any of these events:', ...rule.events.map(({ words }) => `     - ${words}`)]),
    '   Conditions: none (where one must be given: Priority, is any of, all four)',
  ];
}
