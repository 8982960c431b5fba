import type { TicketRef } from '../domain/ticket.ts';
import { instructionOf, type Instruction } from '../domain/instruction.ts';
import type { HintKind } from '../domain/temporal-names.ts';
import { MARKER_FIELD, MARKER_TAG } from '../domain/routing.ts';
import type { Looked } from '../domain/instruction.ts';
import type { Throttled } from '../domain/snapshot.ts';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import { RateLimited, Rejected } from '../freshdesk/errors.ts';
import type { TicketChange } from '../freshdesk/client.ts';
import { beat } from './beat.ts';
import type { ActivityDeps } from './deps.ts';
import { NEEDS, type Lane } from '../domain/rate-limit.ts';
import { admitted, nameOfTicket } from './admitted.ts';
import { settleDrafts } from './look/draft-fate.ts';
import { speakingTemporal } from './failures.ts';
import { look, type Sight } from './look/look.ts';
import { withoutConnection } from './look/snapshot.ts';
import { showWhatIsOwed } from './writing/ticket-update.ts';
import { noteReadable, noteUnreadable } from './look/unreadable.ts';
import { tellLeftOpen } from './writing/left-open-note.ts';

export type SyncInput = TicketRef & {
  hints: HintKind[];
  /** The workflow obeys instructions. One of before them judges by itself, and its history must say so when it is replayed. */
  instruct?: true;
};

export function createSyncActivities(deps: ActivityDeps) {
  return {
    /**
     * Makes the mirror equal to the ticket, and says where things stand (I1–I6). An operator's hint reads the whole thread.
     * What nobody waits for is background work, and comes back when its share of the rate limit is used up (B4, L2).
     */
    syncTicket: speakingTemporal(async ({ hints, instruct, ...ref }: SyncInput): Promise<Looked | Throttled> => {
      const waits = await deps.sessions.waits(ref.connectionId, ref.ticketId);
      const lane = laneOf(hints, waits);
      const options = {
        backfill: hints.includes('backfill'),
        whole: hints.includes('operator'),
        retryFiles: true,
        ifChanged: hints.length === 0 && lane === 'background',
      };
      const pulse = beat();
      try {
        const credits = (waits === null ? NEEDS.firstLook : NEEDS.look) + (lane === 'live' ? NEEDS.write : 0);
        const admission = { connectionId: ref.connectionId, name: nameOfTicket(ref.ticketId), lane, credits };
        return await admitted(deps, admission, async (paid, taken) => {
          const sight = await look(paid, ref, options);
          const instruction = instructionOf(sight.snapshot);
          await clearMarker(deps, sight);
          await showWhatIsOwed(deps, sight);
          await settleDrafts(deps, sight);
          const untold = await tellLeftOpen(deps, sight);
          await noteHeld(deps, sight, instruction, untold);
          if (lane === 'live' && writesNext(instruction)) taken.keep(NEEDS.write);
          await noteReadable(deps, ref);
          noteSilence(deps, ref, instruction);
          return instruct === true ? { ...sight.snapshot, instruction } : sight.snapshot;
        }).catch((error: unknown) => unlessRemoved(deps, error, instruct));
      } catch (error) {
        if (lane === 'background' && error instanceof RateLimited) return { throttledMs: error.retryAfterMs };
        await noteUnreadable(deps, ref, error);
        throw error;
      } finally {
        pulse.stop();
      }
    }),
  };
}

/**
 * L2: urgent is what a customer may be waiting for, whoever noticed: all but a backfill, and the daily reading, for which no
 * hint comes, of a ticket on which nothing waits.
 */
function laneOf(hints: readonly HintKind[], waits: boolean | null): Lane {
  if (waits === true) return 'live';
  return hints.every((kind) => kind === 'backfill') && (hints.length > 0 || waits === false) ? 'background' : 'live';
}

/** L1: what has begun is finished: the write that follows does not wait in line once more. */
function writesNext({ decision: { kind } }: Instruction): boolean {
  return kind === 'answer' || kind === 'handoff' || kind === 'resolve';
}

/** A webhook that came while its connection was being removed finds nothing, which is no failure. */
function unlessRemoved(deps: ActivityDeps, error: unknown, instruct: true | undefined): Looked {
  if (!(error instanceof ConnectionNotFound)) throw error;
  const snapshot = withoutConnection(deps);
  return instruct === true ? { ...snapshot, instruction: instructionOf(snapshot) } : snapshot;
}

/** E12, C8: what has to wait is written down, so that it is woken when nothing is in the way any more. */
async function noteHeld(
  deps: ActivityDeps,
  { tracked }: Sight,
  { decision: { rule } }: Instruction,
  untold: boolean,
): Promise<void> {
  if (tracked === null) return;
  await deps.sessions.setHeld(tracked.session, rule === 'E12' || rule === 'C8' || untold);
}

/** Why nothing is done on a ticket, for whoever watches the log; that nothing waits needs no line. */
function noteSilence(
  { log }: ActivityDeps,
  { connectionId: connection, ticketId }: TicketRef,
  { decision }: Instruction,
): void {
  const { kind, rule } = decision;
  if (kind === 'ignore') log.info({ connection, ticketId, rule }, 'not taken: the intake leaves it to people');
  else if (kind === 'silent' && rule !== 'A1') log.info({ connection, ticketId, rule }, 'silent');
}

/** H5: a ticket that was given back to the AI is not marked as handed off any more. */
async function clearMarker(deps: ActivityDeps, { account, tracked }: Sight): Promise<void> {
  if (tracked === null || account.settings.paused || account.connection.state !== 'active') return;
  const { session, ticket } = tracked;
  if (session.status !== 'open' || session.responder !== 'ai') return;
  const change: TicketChange = {
    ...(ticket.customFields[MARKER_FIELD] === true ? { customFields: { [MARKER_FIELD]: false } } : {}),
    ...(ticket.tags.includes(MARKER_TAG) ? { tags: ticket.tags.filter((tag) => tag !== MARKER_TAG) } : {}),
  };
  if (Object.keys(change).length === 0) return;
  try {
    await account.freshdesk.update(ticket.id, change);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const { status, fields } = error;
    deps.log.warn(
      { connection: account.connection.id, ticketId: ticket.id, status, refused: fields },
      'Freshdesk refused to clear the handoff marker of a ticket that was given back; it stays set',
    );
  }
}
