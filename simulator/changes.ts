import type { EventName, Ticket } from './types.ts';

/** What an update may set. */
export type TicketChanges = Partial<
  Pick<
    Ticket,
    | 'subject'
    | 'description'
    | 'status'
    | 'priority'
    | 'source'
    | 'type'
    | 'requesterId'
    | 'responderId'
    | 'groupId'
    | 'productId'
    | 'emailConfigId'
    | 'tags'
    | 'customFields'
    | 'dueBy'
    | 'frDueBy'
    | 'spam'
    | 'deleted'
    | 'isEscalated'
  >
>;

const EVENTS: Partial<Record<keyof TicketChanges, { name: EventName; field: string }>> = {
  status: { name: 'status', field: 'status' },
  priority: { name: 'priority', field: 'priority' },
  responderId: { name: 'responder_id', field: 'responder_id' },
  groupId: { name: 'group_id', field: 'group_id' },
  type: { name: 'type', field: 'ticket_type' },
};

function shown(value: unknown): string {
  return value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** The event one changed property makes, and its `{{triggered_event}}` text. */
export function changeEvent(
  key: keyof TicketChanges,
  before: unknown,
  after: unknown,
): { name: EventName; triggered: string } {
  if (key === 'deleted') {
    return after === true
      ? { name: 'deleted', triggered: '{ticket_action:delete}' }
      : { name: 'restored', triggered: '{ticket_action:update}' };
  }
  if (key === 'spam') {
    return after === true
      ? { name: 'spam', triggered: '{ticket_action:marked_as_spam}' }
      : { name: 'restored', triggered: '{ticket_action:update}' };
  }
  if (key === 'tags') return { name: 'tags', triggered: '{ticket_action:update}' };
  const known = EVENTS[key];
  if (known === undefined) return { name: 'updated', triggered: '{ticket_action:update}' };
  return { name: known.name, triggered: `{${known.field}:{from:${shown(before)},to:${shown(after)}}}` };
}
