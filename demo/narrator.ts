import { styleText } from 'node:util';
import { MARKER_FIELD } from '../src/domain/routing.ts';
import type { Simulator } from '../simulator/simulator.ts';
import { textOf } from '../simulator/html.ts';
import type { AccountEvent, Conversation, Performer, Ticket } from '../simulator/types.ts';

/** Who does something on a ticket. `desk` is the demo itself. */
type Who = 'customer' | 'AI' | 'person' | 'Freshdesk' | 'desk';
/** Prints one line, with the seconds since the start. */
export type Tell = (who: Who, what: string, ticketId?: number) => void;

const COLOUR = { customer: 'cyan', AI: 'green', person: 'yellow', Freshdesk: 'magenta', desk: 'gray' } as const;
const SOURCE_IN_WORDS: Record<number, string> = { 1: 'e-mail', 2: 'portal', 13: 'WhatsApp' };
const MOST_WORDS = 84;

export function createTell(write: (line: string) => void): Tell {
  return (who, what, ticketId) => {
    const time = (performance.now() / 1_000).toFixed(1).padStart(7);
    const ticket = (ticketId === undefined ? '' : `#${ticketId}`).padEnd(4);
    write(`${time} s  ${ticket} ${styleText(COLOUR[who], who.padEnd(9))}  ${what}\n`);
  };
}

/** Tells what happens in the account, as it happens. Webhooks and reads are left out: nobody at a desk sees them. */
export function narrate({ account, requests }: Simulator, tell: Tell): void {
  const known = new Map<number, Ticket>();

  const nameOf = ({ userId }: Pick<Conversation, 'userId'>): string =>
    (account.state.agents.get(userId) ?? account.state.contacts.get(userId))?.name ?? 'somebody';

  const whoIs = (performer: Performer): Who => {
    if (performer.type === 'system') return 'Freshdesk';
    if (performer.type === 'requester') return 'customer';
    return performer.id === account.aiAgent.id ? 'AI' : 'person';
  };

  function onEvent({ ticketId, performer, names }: AccountEvent): void {
    const ticket = account.ticket(ticketId);
    const before = known.get(ticketId);
    known.set(ticketId, ticket);
    const who = whoIs(performer);
    const newest = account.thread(ticketId).at(-1);
    if (before === undefined) {
      const by = nameOf({ userId: ticket.requesterId });
      return tell(who, `${by} opens a ticket (${sourceOf(ticket)}): ${quoted(ticket.description)}`, ticketId);
    }
    const spoke = names.some((name) => name === 'reply_sent' || name === 'note_private' || name === 'note_public');
    if (spoke && newest !== undefined) return tell(who, said(who, nameOf(newest), newest), ticketId);
    const changes = changed(before, ticket, account, performer);
    const subject = performer.type === 'agent' && who === 'person' ? `${nameOf({ userId: performer.id })} ` : '';
    if (changes !== '') tell(who, `${subject}${changes}`, ticketId);
  }

  account.state.listeners.push(onEvent);
  requests.onRequest(({ fault, method, path, ticketId }) => {
    if (fault === null || ticketId === null) return;
    tell('Freshdesk', `${method} ${path} is applied, but the answer gets lost on the way (${fault})`, ticketId);
  });
}

function said(who: Who, name: string, entry: Conversation): string {
  if (who === 'AI' && !entry.private) return `replies: ${quoted(entry.body)}`;
  if (who === 'AI') {
    const kind = kindOfNote(entry);
    return `${NOTE_IN_WORDS[kind]}: ${quoted(kind === 'handoff' ? reasonsIn(entry.body) : entry.body)}`;
  }
  return `${name} ${entry.private ? 'notes' : 'writes'}: ${quoted(entry.body)}`;
}

/** What one of the AI's private notes is: they say so in their first line, the draft aside. */
export function kindOfNote({ body }: Pick<Conversation, 'body'>): 'draft' | 'handoff' | 'resolution' {
  if (body.includes('Handed over by the AI agent')) return 'handoff';
  return body.includes('Resolved by the AI agent') ? 'resolution' : 'draft';
}

const NOTE_IN_WORDS = {
  draft: 'drafts in a private note',
  handoff: 'hands over with a private note',
  resolution: 'ends the conversation with a private note',
} as const;

function reasonsIn(note: string): string {
  return [...note.matchAll(/<li>(.*?)<\/li>/g)].map(([, reason]) => reason).join(' ');
}

function changed(before: Ticket, after: Ticket, account: Simulator['account'], performer: Performer): string {
  const parts: string[] = [];
  if (before.responderId !== after.responderId) {
    const own = performer.type === 'agent' && performer.id === after.responderId;
    const agent = account.agents.find(({ id }) => id === after.responderId)?.name ?? 'somebody';
    parts.push(after.responderId === null ? 'unassigns it' : own ? 'takes the ticket' : `assigns it to ${agent}`);
  }
  if (before.groupId !== after.groupId) parts.push(`puts it into ${nameOfGroup(after, account)}`);
  if (before.status !== after.status) parts.push(`sets it to ${statusOf(after, account)}`);
  const added = after.tags.filter((tag) => !before.tags.includes(tag));
  if (added.length > 0) parts.push(`adds ${added.length === 1 ? 'the tag' : 'the tags'} ${added.join(', ')}`);
  if (before.customFields[MARKER_FIELD] !== true && after.customFields[MARKER_FIELD] === true) parts.push('marks it');
  return parts.join(', ');
}

export function statusOf({ status }: Pick<Ticket, 'status'>, account: Simulator['account']): string {
  return account.state.statuses.find(({ id }) => id === status)?.label ?? String(status);
}

function nameOfGroup({ groupId }: Ticket, { groups }: Simulator['account']): string {
  return groupId === null ? 'no group' : `the group ${groups.find(({ id }) => id === groupId)?.name ?? groupId}`;
}

function sourceOf({ source }: Ticket): string {
  return SOURCE_IN_WORDS[source] ?? `source ${source}`;
}

function quoted(html: string): string {
  const words = textOf(html).replace(/\s+/g, ' ').trim();
  return `“${words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS - 1)}…` : words}”`;
}
