import { textOf } from './html.ts';
import { threadOf, type State } from './state.ts';
import { DOMAIN } from './seed.ts';
import type { AccountEvent, Agent, Contact, EventName, Performer, Ticket } from './types.ts';

export type WebhookTarget = { url: string; headers: Record<string, string> };

/** An automation rule whose action is a webhook. */
export type Rule = {
  id: number;
  name: string;
  /** Creation rules know neither performer nor events. */
  type: 'creation' | 'update';
  performer: 'agent' | 'requester' | 'agent_or_requester' | 'system';
  events: EventName[];
  active: boolean;
  content: 'advanced' | 'simple';
  /** Advanced: free text. Simple: the placeholders that are ticked, e.g. `ticket.id`. */
  template: string;
  placeholders: string[];
  /** Whether Freshdesk escapes quotes and new lines it puts into Advanced content; nobody knows for sure. */
  escapes: boolean;
  /** Where this rule sends to; null for the account's webhook. */
  webhook: WebhookTarget | null;
};

/** What the update rules listen to. A restored ticket is not among what Freshdesk offers. */
const WATCHED: EventName[] = [
  'reply_sent',
  'note_public',
  'note_private',
  'status',
  'responder_id',
  'group_id',
  'tags',
  'deleted',
  'spam',
];

const TICKET_ID_ONLY = '{"ticket_id":"{{ticket.id}}"}';

/** The three rules an account needs so that nothing goes by unnoticed: created, changed by people, changed by System. */
export function defaultRules(nextRuleId: () => number): Rule[] {
  const rule = (name: string, type: Rule['type'], performer: Rule['performer']): Rule => ({
    id: nextRuleId(),
    name,
    type,
    performer,
    events: type === 'creation' ? [] : WATCHED,
    active: true,
    content: 'advanced',
    template: TICKET_ID_ONLY,
    placeholders: ['ticket.id'],
    escapes: true,
    webhook: null,
  });
  return [
    rule('created', 'creation', 'agent_or_requester'),
    rule('updated', 'update', 'agent_or_requester'),
    rule('updated by system', 'update', 'system'),
  ];
}

function performerFits(wanted: Rule['performer'], performer: Performer): boolean {
  if (wanted === 'agent_or_requester') return performer.type !== 'system';
  return wanted === performer.type;
}

/** Does this event make this rule send its webhook? */
export function ruleFires(rule: Rule, event: AccountEvent): boolean {
  if (!rule.active) return false;
  const creation = event.names.includes('created');
  if (rule.type === 'creation') return creation;
  if (creation || !performerFits(rule.performer, event.performer)) return false;
  return event.names.some((name) => rule.events.includes(name));
}

const PRIORITIES: Record<number, string> = { 1: 'Low', 2: 'Medium', 3: 'High', 4: 'Urgent' };

export const SOURCES: Record<number, string> = {
  1: 'Email',
  2: 'Portal',
  3: 'Phone',
  4: 'Forum',
  5: 'Twitter',
  6: 'Facebook',
  7: 'Chat',
  8: 'MobiHelp',
  9: 'Feedback Widget',
  10: 'Outbound Email',
  11: 'Ecommerce',
  12: 'Bot',
  13: 'Whatsapp',
  15: 'Web Chat',
};

function nameOf(state: State, userId: number): string {
  return (state.agents.get(userId) ?? state.contacts.get(userId))?.name ?? '';
}

/** `Author : <div>HTML</div>` of the newest comment at the time of sending, not of the one that fired the rule. */
function latestComment(state: State, ticket: Ticket, isPrivate: boolean): string {
  const found = threadOf(state, ticket.id).findLast((conversation) => conversation.private === isPrivate);
  return found === undefined ? '' : `${nameOf(state, found.userId)} : ${found.body}`;
}

type Subject = {
  state: State;
  ticket: Ticket;
  agent: Agent | undefined;
  requester: Contact | undefined;
  triggered: string;
};

const PLACEHOLDERS: Record<string, (of: Subject) => string> = {
  'ticket.id': ({ ticket }) => String(ticket.id),
  'ticket.subject': ({ ticket }) => ticket.subject,
  'ticket.description': ({ ticket }) => ticket.description,
  'ticket.description_text': ({ ticket }) => textOf(ticket.description),
  'ticket.url': ({ ticket }) => `https://${DOMAIN}/helpdesk/tickets/${ticket.id}`,
  'ticket.status': ({ state, ticket }) => state.statuses.find((status) => status.id === ticket.status)?.label ?? '',
  'ticket.priority': ({ ticket }) => PRIORITIES[ticket.priority] ?? '',
  'ticket.source': ({ ticket }) => SOURCES[ticket.source] ?? '',
  'ticket.ticket_type': ({ ticket }) => ticket.type ?? '',
  'ticket.tags': ({ ticket }) => ticket.tags.join(','),
  'ticket.group.name': ({ state, ticket }) => state.groups.get(ticket.groupId ?? 0)?.name ?? '',
  'ticket.agent.name': ({ agent }) => agent?.name ?? '',
  'ticket.agent.email': ({ agent }) => agent?.email ?? '',
  'ticket.contact.name': ({ requester }) => requester?.name ?? '',
  'ticket.contact.email': ({ requester }) => requester?.email ?? '',
  'ticket.requester.name': ({ requester }) => requester?.name ?? '',
  'ticket.requester.email': ({ requester }) => requester?.email ?? '',
  'ticket.latest_public_comment': ({ state, ticket }) => latestComment(state, ticket, false),
  'ticket.latest_private_comment': ({ state, ticket }) => latestComment(state, ticket, true),
  helpdesk_name: () => 'Acme',
  triggered_event: ({ triggered }) => triggered,
};

function valueOf(name: string, of: Subject): string {
  const known = PLACEHOLDERS[name];
  if (known !== undefined) return known(of);
  const field = of.ticket.customFields[name.replace(/^ticket\./, '')];
  return field === null || field === undefined ? '' : String(field);
}

/** The body a rule sends: JSON for Simple content; for Advanced whatever the substitution yields, valid or not. */
export function bodyOf(rule: Rule, state: State, ticket: Ticket, triggered: string): string {
  const of: Subject = {
    state,
    ticket,
    agent: ticket.responderId === null ? undefined : state.agents.get(ticket.responderId),
    requester: state.contacts.get(ticket.requesterId),
    triggered,
  };
  if (rule.content === 'advanced') {
    return rule.template.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_whole, name: string) => {
      const value = valueOf(name, of);
      return rule.escapes ? JSON.stringify(value).slice(1, -1) : value;
    });
  }
  const entries = rule.placeholders.map((name): [string, string | number] => [
    name.replaceAll('.', '_'),
    name === 'ticket.id' ? ticket.id : valueOf(name, of),
  ]);
  return JSON.stringify({ freshdesk_webhook: Object.fromEntries(entries) });
}
