import { type BackfillOptions, type BackfillProgress, type ListCursor } from '../domain/backfill.ts';
import { listPauseMs, wakePauseMs } from '../domain/backfill.ts';
import { admits } from '../domain/engagement.ts';
import { isDone, responderOf } from '../domain/ticket.ts';
import type { TicketItem } from '../freshdesk/client.ts';
import type { Account } from '../accounts/accounts.ts';
import type { ActivityDeps } from './deps.ts';
import { missing, speakingTemporal } from './failures.ts';
import { mirrorTickets } from './look/mirror-tickets.ts';

/** Tickets in one activity: as many as a minute lets through, so that the Web UI shows how it goes on. */
const LEAST_BATCH = 10;
const MOST_BATCH = 200;

export type BackfillRef = { connectionId: string; backfillId: string };
export type BackfillCounts = Pick<BackfillProgress, 'found' | 'done' | 'failed'>;
export type FoundPage = BackfillCounts & { next: ListCursor | null; pauseMs: number };
export type MirroredBatch = BackfillCounts & { left: boolean };

export function createBackfillActivities(deps: ActivityDeps) {
  return {
    beginBackfill: speakingTemporal(
      async ({
        connectionId,
        backfillId,
        startedAtMs,
        ...options
      }: BackfillRef & BackfillOptions & { startedAtMs: number }) =>
        deps.backfills.begin(backfillId, connectionId, options, new Date(startedAtMs)),
    ),

    /** Reads one page of the list and notes what is to be mirrored (B1); says where to go on, and when. */
    findTickets: speakingTemporal(
      async ({ connectionId, backfillId, cursor }: BackfillRef & { cursor: ListCursor }): Promise<FoundPage> => {
        const account = await deps.account(connectionId, { lane: 'background', name: 'list:backfill' });
        const page = await account.freshdesk.changedTickets(cursor);
        const wanted = page.tickets.filter((ticket) => !isDone(ticket.status) && isLetIn(account, ticket));
        await deps.backfills.found(backfillId, wanted, page.atMs);
        if (page.cut)
          deps.log.warn(
            { connection: connectionId, backfill: backfillId },
            'more tickets changed within one second than Freshdesk lists: those beyond are not backfilled',
          );
        const pauseMs = listPauseMs(page.perMinute, account.settings.backfill.rateShare);
        return { ...(await countsOf(backfillId)), next: page.next, pauseMs };
      },
    ),

    /** Mirrors the next tickets that were found, and waits until they are there (B3, B4). */
    mirrorFound: speakingTemporal(async ({ connectionId, backfillId }: BackfillRef): Promise<MirroredBatch> => {
      const tickets = await deps.backfills.pending(backfillId, await batchSize(connectionId));
      await mirrorTickets(deps, {
        connectionId,
        kind: 'backfill',
        tickets,
        settled: (ticketId, outcome) => deps.backfills.settle(backfillId, ticketId, outcome),
      });
      const left = (await deps.backfills.pending(backfillId, 1)).length > 0;
      return { ...(await countsOf(backfillId)), left };
    }),

    endBackfill: speakingTemporal(
      async ({ backfillId, state }: BackfillRef & { state: 'completed' | 'failed' }): Promise<BackfillCounts> => {
        await deps.backfills.end(backfillId, state);
        return countsOf(backfillId);
      },
    ),
  };

  async function batchSize(connectionId: string): Promise<number> {
    const { settings } = await deps.account(connectionId);
    const aMinute = 60_000 / wakePauseMs(await deps.perMinute(connectionId), settings.backfill.rateShare);
    return Math.round(Math.min(MOST_BATCH, Math.max(LEAST_BATCH, aMinute)));
  }

  async function countsOf(backfillId: string): Promise<BackfillCounts> {
    const progress = await deps.backfills.get(backfillId);
    if (progress === null) throw missing(`There is no backfill ${backfillId}`);
    const { found, done, failed } = progress;
    return { found, done, failed };
  }
}

/** B3: whatever the gate says, exclusions hold. */
function isLetIn({ connection, settings }: Account, ticket: TicketItem): boolean {
  const responder = responderOf(ticket.responderId, connection.agent.id);
  return admits(settings, { ...ticket, responder }, { backfill: true }) !== null;
}
