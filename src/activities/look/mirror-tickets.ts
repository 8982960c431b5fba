import { Context } from '@temporalio/activity';
import type { PendingTicket, Settled } from '../../db/background/backfills.ts';
import { isBehind, type MirroredTicket, wakePauseMs } from '../../domain/backfill.ts';
import type { HintKind } from '../../domain/temporal-names.ts';
import type { ActivityDeps } from '../deps.ts';

/** So many tickets are at work at the same time for one connection: the others wait here, and not in the rate limit. */
const AT_ONCE = 10;
const LOOK_EVERY_MS = 100;
/** What a look or a wake that took its time has held up is made up for, up to this. */
const LATE_MS = 2_000;
/** A ticket whose mirror is not there by then is asked after, and again so often. */
const ASK_AFTER_MS = 2_000;

export type MirrorRequest = {
  connectionId: string;
  kind: Extract<HintKind, 'backfill' | 'reconcile'>;
  tickets: readonly PendingTicket[];
  settled(ticketId: number, outcome: Settled): Promise<void>;
};

type Woken = { ticket: PendingTicket; askAtMs: number };

/**
 * Wakes the tickets' workflows, a few at a time, and waits until the mirror of each is there (B3): a live message cannot race
 * what goes through the ticket's own workflow. Beating, it can be cancelled between two tickets; whoever repeats it finds
 * what was mirrored before.
 */
export async function mirrorTickets(deps: ActivityDeps, request: MirrorRequest): Promise<void> {
  const { connectionId, kind, tickets, settled } = request;
  const context = Context.current();
  const waiting = [...tickets];
  const woken = new Map<number, Woken>();
  const { settings } = await deps.account(connectionId);
  const pauseMs = wakePauseMs(await deps.perMinute(connectionId), settings.backfill.rateShare);
  let nextAtMs = 0;
  const settle = async (ticketId: number, outcome: Settled): Promise<void> => {
    woken.delete(ticketId);
    await settled(ticketId, outcome);
  };

  while (waiting.length + woken.size > 0) {
    context.heartbeat();
    const mirror = await deps.looks.of(connectionId, [...woken.keys(), ...waiting.map(({ id }) => id)]);
    for (const [id, { ticket }] of woken) {
      if (isThere(kind, mirror.get(id), ticket)) await settle(id, 'done');
    }
    while (woken.size < AT_ONCE && Date.now() >= nextAtMs) {
      if (context.cancellationSignal.aborted) await context.cancelled;
      const ticket = waiting.shift();
      if (ticket === undefined) break;
      if (isThere(kind, mirror.get(ticket.id), ticket)) await settle(ticket.id, 'done');
      else {
        await deps.tickets.hint(connectionId, ticket.id, { kind });
        woken.set(ticket.id, { ticket, askAtMs: Date.now() + ASK_AFTER_MS });
        nextAtMs = Math.max(nextAtMs, Date.now() - LATE_MS) + pauseMs;
      }
    }
    for (const [id, entry] of woken) {
      if (Date.now() < entry.askAtMs) continue;
      entry.askAtMs = Date.now() + ASK_AFTER_MS;
      const outcome = await askAfter(deps, connectionId, entry.ticket);
      if (outcome !== null) await settle(id, outcome);
    }
    if (waiting.length + woken.size > 0) await context.sleep(LOOK_EVERY_MS);
  }
}

/** A reconcile pass may know more than the times of the last change tell, so it wants a look after the list. */
function isThere(kind: MirrorRequest['kind'], mirrored: MirroredTicket | undefined, ticket: PendingTicket): boolean {
  if (mirrored === undefined) return false;
  return (
    mirrored.erased || mirrored.lookedAtMs >= ticket.listedAtMs || (kind === 'backfill' && !isBehind(mirrored, ticket))
  );
}

/** What became of a ticket whose mirror takes long; null while it is at work, or waits for the account. */
async function askAfter(deps: ActivityDeps, connectionId: string, { id }: PendingTicket): Promise<Settled | null> {
  const state = await deps.tickets.state(connectionId, id);
  if (state === 'working' || state === 'idle') return null;
  // A run that has ended has seen what there is; without a mirror it was refused: excluded, spam or gone meanwhile (B3).
  if (state === 'ended') return (await deps.looks.of(connectionId, [id])).has(id) ? 'done' : 'excluded';
  // Where the account itself does not answer, nothing can be said about the ticket: this throws, and is tried again.
  await (await deps.account(connectionId)).freshdesk.me();
  deps.log.warn(
    { connection: connectionId, ticketId: id },
    'a ticket could not be mirrored; its workflow goes on trying',
  );
  return 'failed';
}
