import type { TicketRef } from '../../domain/ticket.ts';
import { nameOf } from '../../domain/errors.ts';
import { ticketWorkflowId } from '../../domain/temporal-names.ts';
import { databaseTrouble } from '../../db/trouble.ts';
import { attempt, triedForMs } from '../beat.ts';
import type { ActivityDeps } from '../deps.ts';
import { tellUnreadable } from '../writing/unreadable-note.ts';
import type { ThreadRead } from './read-thread.ts';

/** A ticket that could not be read so many times in a row, which takes about a minute, is somebody's to know of. */
const MOST_FAILURES = 6;
/** People are told in the ticket itself after so long. */
const TOLD_AFTER_MS = 3_600_000;
/** It is tried again every 5 minutes: what is not noted any more is not so any more. */
const GOOD_FOR_MS = 30 * 60_000;
/** The whole thread is read once a week at least. */
const UNTIL_READ_AGAIN_MS = 8 * 24 * 3_600_000;

/** By name: what is wrong is the account's or the key's, and told elsewhere; or nothing is. */
const NOT_THE_TICKETS: ReadonlySet<string> = new Set([
  'RateLimited',
  'Unauthorized',
  'StaleLook',
  'ConnectionNotFound',
]);

function placeOf({ connectionId, ticketId }: TicketRef, kind: 'unreadable_ticket' | 'unreadable_entries') {
  return { kind, place: ticketWorkflowId(connectionId, ticketId), connection: connectionId } as const;
}

/** L5: a ticket that cannot be read for long is written down, and told. */
export async function noteUnreadable(deps: ActivityDeps, ref: TicketRef, error: unknown): Promise<void> {
  const failures = attempt();
  if (failures < MOST_FAILURES || isOfAccount(error)) return;
  const name = nameOf(error);
  deps.log.error(
    { connection: ref.connectionId, ticketId: ref.ticketId, failures, reason: name },
    'a ticket cannot be read; it is tried again every few minutes',
  );
  const said = {
    what: `Ticket ${ref.ticketId} could not be read ${failures} times in a row (${name}). What the customer writes there is not answered meanwhile.`,
    whatToDo: `Look after the ticket in Freshdesk. It is tried again every few minutes; the service's log and the run "${ticketWorkflowId(ref.connectionId, ref.ticketId)}" in Temporal's Web UI say more.`,
  };
  // What keeps the ticket from being read may keep this from being noted: the next attempt notes it.
  await deps.conditions.note(placeOf(ref, 'unreadable_ticket'), said, GOOD_FOR_MS).catch(() => undefined);
  if (triedForMs(deps.now()) >= TOLD_AFTER_MS) await tellUnreadable(deps, ref);
}

/** It was read. */
export async function noteReadable(deps: ActivityDeps, ref: TicketRef): Promise<void> {
  if (attempt() >= MOST_FAILURES) await deps.conditions.note(placeOf(ref, 'unreadable_ticket'), null);
}

/** L5: entries that make no sense hide no others, and somebody may want to know what they were. */
export async function noteUnusable(deps: ActivityDeps, ref: TicketRef, { unusable, whole }: ThreadRead): Promise<void> {
  const place = placeOf(ref, 'unreadable_entries');
  if (unusable === 0) {
    if (whole) await deps.conditions.note(place, null);
    return;
  }
  deps.log.warn(
    { connection: ref.connectionId, ticketId: ref.ticketId, entries: unusable },
    'entries of a thread make no sense and are left out',
  );
  const entries = unusable === 1 ? 'An entry' : `${unusable} entries`;
  const said = {
    what: `${entries} of the thread of ticket ${ref.ticketId} cannot be read and ${unusable === 1 ? 'is' : 'are'} left out: nobody answers what may stand there.`,
    whatToDo: 'Look at the ticket in Freshdesk and answer what nobody has answered.',
  };
  await deps.conditions.note(place, said, UNTIL_READ_AGAIN_MS);
}

function isOfAccount(error: unknown): boolean {
  if (databaseTrouble(error) !== null) return true;
  return error instanceof Error && NOT_THE_TICKETS.has(error.name);
}
