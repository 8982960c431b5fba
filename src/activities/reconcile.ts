import { isBehind, listPauseMs, type ListCursor } from '../domain/backfill.ts';
import { admits } from '../domain/engagement.ts';
import { nameOf } from '../domain/errors.ts';
import { type Heard, MISSED_PASSES, missedInWords, type ReconcileList, TOLD_WITHIN_MS } from '../domain/reconcile.ts';
import { responderOf } from '../domain/ticket.ts';
import type { PendingTicket } from '../db/background/backfills.ts';
import type { TicketItem } from '../freshdesk/client.ts';
import type { Account } from '../accounts/accounts.ts';
import type { ActivityDeps } from './deps.ts';
import { speakingTemporal } from './failures.ts';
import { mirrorTickets } from './look/mirror-tickets.ts';

/** Each pass begins so long before the end of the last one: lists may be a little behind the tickets. */
const OVERLAP_MS = 5 * 60_000;

/** A message that waits for longer than this should be with its ticket's workflow. */
const WAITS_MS = 5 * 60_000;
/** So many of them are asked after in one pass, for so long, and so many woken; the next pass goes on. */
const MOST_ASKED_AFTER = 10_000;
const LONGEST_MS = 60_000;
const MOST_WOKEN = 100;

/** So many tickets of a page are asked whether somebody is at work on them. */
const MOST_ASKED_OF_PAGE = 20;

export type MissingPage = Partial<Heard> & {
  looked: number;
  missing: PendingTicket[];
  next: ListCursor | null;
  pauseMs: number;
  /** Freshdesk's clock when the page was read. */
  atMs: number;
};

export function createReconcileActivities(deps: ActivityDeps) {
  return {
    /** X1: where a pass begins, on Freshdesk's clock, ms. */
    reconcileFrom: speakingTemporal(async ({ connectionId }: { connectionId: string }): Promise<number> => {
      const { connection } = await deps.account(connectionId);
      const throughMs = (await deps.looks.reconciledThrough(connectionId)) ?? connection.connectedAt.getTime();
      return throughMs - OVERLAP_MS;
    }),

    /** X1: one page of a list, and the tickets on it that somebody should have told us about. */
    findMissing: speakingTemporal(async ({ connectionId, list, cursor }: FindMissing): Promise<MissingPage> => {
      // L2: a pass looks for customers that wait, and its lists are few.
      const account = await deps.account(connectionId, { lane: 'live', name: `list:${list}` });
      const page = await account.freshdesk.changedTickets(cursor, list === 'updated' ? {} : { filter: list });
      if (page.cut)
        deps.log.warn(
          { connection: connectionId, list },
          'more tickets changed within one second than Freshdesk lists: those beyond are not reconciled',
        );
      const mirror = await deps.looks.of(
        connectionId,
        page.tickets.map(({ id }) => id),
      );
      const missing = page.tickets.filter((ticket) => {
        const mirrored = mirror.get(ticket.id) ?? null;
        if (list !== 'updated') return mirrored !== null && !mirrored.gone;
        return mirrored === null ? isAdmitted(account, ticket) : isBehind(mirrored, ticket);
      });
      const isLate = ({ updatedAtMs }: TicketItem) => page.atMs - updatedAtMs > TOLD_WITHIN_MS;
      const late = missing.filter(isLate);
      return {
        ...(list === 'updated'
          ? {
              told: page.tickets.filter((ticket) => isLate(ticket) && mirror.has(ticket.id)).length - late.length,
              untold: await untoldOf(deps, connectionId, late),
            }
          : {}),
        looked: page.tickets.length,
        missing: missing.map(({ id, updatedAtMs }) => ({ id, updatedAtMs, listedAtMs: page.atMs })),
        next: page.next,
        pauseMs: listPauseMs(page.perMinute, account.settings.backfill.rateShare),
        atMs: page.atMs,
      };
    }),

    /** Tells the tickets' workflows, and waits until the mirror has caught up; says how many it has not. */
    mirrorMissing: speakingTemporal(
      async ({ connectionId, tickets }: { connectionId: string; tickets: PendingTicket[] }): Promise<number> => {
        let failed = 0;
        await mirrorTickets(deps, {
          connectionId,
          kind: 'reconcile',
          tickets,
          settled: async (_ticketId, outcome) => void (failed += outcome === 'failed' ? 1 : 0),
        });
        return failed;
      },
    ),

    /**
     * X1: wakes tickets that wait for the AI though nobody is at work on them, as after the loss of Temporal's data; says how
     * many. Where a workflow runs, or has failed and is to be looked at by a person, a hint could only repeat a turn. A ticket
     * that Temporal does not tell of, or does not take the hint for, waits for the next pass, and keeps no other one waiting.
     */
    wakeWaiting: speakingTemporal(async ({ connectionId }: { connectionId: string }): Promise<number> => {
      const { connection, settings } = await deps.account(connectionId);
      if (connection.state !== 'active' || settings.paused) return 0;
      const waiting = await deps.looks.waiting(connectionId, { longerThanMs: WAITS_MS, limit: MOST_ASKED_AFTER });
      const endMs = deps.now().getTime() + LONGEST_MS;
      let woken = 0;
      for (const ticketId of waiting) {
        if (woken === MOST_WOKEN || deps.now().getTime() > endMs) break;
        try {
          if ((await deps.tickets.state(connectionId, ticketId)) !== 'ended') continue;
          await deps.tickets.hint(connectionId, ticketId, { kind: 'reconcile' });
          woken += 1;
        } catch (error) {
          deps.log.warn(
            { connection: connectionId, ticketId, reason: nameOf(error) },
            'could not wake a waiting ticket',
          );
        }
      }
      if (woken > 0)
        deps.log.warn({ connection: connectionId, tickets: woken }, 'woke tickets that waited without a workflow');
      return woken;
    }),

    /**
     * Only after everything up to then was told to its ticket: the next pass begins there. Where pass after pass finds what
     * webhooks should have told, a person is told.
     */
    reconciled: speakingTemporal(async ({ connectionId, throughMs, ...heard }: Reconciled): Promise<void> => {
      await deps.looks.setReconciledThrough(connectionId, throughMs);
      const missed = await deps.looks.countMissed(connectionId, heard);
      const place = { kind: 'missed_webhooks', place: connectionId, connection: connectionId } as const;
      const isSo = missed !== null && missed.passes >= MISSED_PASSES;
      await deps.conditions.note(place, isSo ? missedInWords(connectionId, missed) : null);
    }),
  };
}

type Reconciled = { connectionId: string; throughMs: number } & Partial<Heard>;

export type FindMissing = { connectionId: string; list: ReconcileList; cursor: ListCursor };

/** E2: a ticket nobody told us about is ours where the gate lets it in, by what the list shows of it. */
function isAdmitted({ connection, settings }: Account, ticket: TicketItem): boolean {
  const responder = responderOf(ticket.responderId, connection.agent.id);
  return admits(settings, { ...ticket, responder }, { backfill: false }) !== null;
}

/** How many of them nobody is at work on: a webhook that has come would have set their workflows to work. */
async function untoldOf({ tickets }: ActivityDeps, connectionId: string, late: readonly TicketItem[]): Promise<number> {
  let untold = 0;
  for (const { id } of late.slice(0, MOST_ASKED_OF_PAGE)) {
    const state = await tickets.state(connectionId, id).catch(() => 'working'); // not told: nothing to say
    if (state === 'idle' || state === 'ended') untold += 1;
  }
  return untold;
}
