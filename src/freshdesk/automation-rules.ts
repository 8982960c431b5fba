/** One automation rule as an admin enters it in Freshdesk (C4). */
export type AutomationRule = {
  name: string;
  tab: 'Ticket Creation' | 'Ticket Updates';
  /** Who must have acted; null where the tab does not ask. */
  performer: 'Agent or Requester' | 'System' | null;
  /** What must have happened, in the editor's words; empty where the tab does not ask. */
  events: readonly string[];
};

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

export type AutomationSetup = { rules: readonly AutomationRule[]; action: WebhookAction };

/** Digits and constants only: nothing a customer writes can break it, and everything else is read from the API. */
export const webhookBody = '{"ticket_id":"{{ticket.id}}"}';

const changes = [
  'Reply is sent',
  'Note is added: Any (public and private)',
  'Status is changed: from Any to Any',
  'Agent is updated: from Any to Any',
  'Group is updated: from Any to Any',
  'Tag is added or removed: Any',
  'Ticket is deleted',
  'Ticket is marked as spam',
] as const;

/** What an admin must paste for one connection. The secret is in it: show it once, never log it. */
export function automationSetup({ webhookUrl, secret }: { webhookUrl: string; secret: string }): AutomationSetup {
  return {
    rules: [
      { name: 'opencx: ticket created', tab: 'Ticket Creation', performer: null, events: [] },
      { name: 'opencx: ticket updated', tab: 'Ticket Updates', performer: 'Agent or Requester', events: changes },
      // Assignment and other rules act as System, which is not among "agent or requester".
      { name: 'opencx: ticket updated by a rule', tab: 'Ticket Updates', performer: 'System', events: changes },
    ],
    action: {
      requestType: 'POST',
      url: webhookUrl,
      headerName: 'X-Webhook-Secret',
      secret,
      encoding: 'JSON',
      content: 'Advanced',
      body: webhookBody,
    },
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

function renderRule(rule: AutomationRule, number: number): string[] {
  return [
    `${number}. Tab "${rule.tab}", new rule "${rule.name}"`,
    ...(rule.performer === null ? [] : [`   Performed by: ${rule.performer}`]),
    ...(rule.events.length === 0 ? [] : ['   Any of these events:', ...rule.events.map((event) => `     - ${event}`)]),
    '   Conditions: none (where one must be given: Status, is any of, every status)',
  ];
}
