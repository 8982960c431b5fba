import { instructionOf, type Instruction } from '../domain/instruction.ts';
import { isUrgent, type HintKind } from '../domain/temporal-names.ts';
import { MARKER_FIELD, MARKER_TAG } from '../domain/routing.ts';
import type { Looked, Throttled } from '../domain/snapshot.ts';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import { RateLimited, Rejected } from '../freshdesk/errors.ts';
import type { TicketChange } from '../freshdesk/client.ts';
import { beat } from './beat.ts';
import type { ActivityDeps, TicketRef } from './deps.ts';
import { backgroundShare } from '../domain/backfill.ts';
import { settleDrafts } from './look/draft-fate.ts';
import { speakingTemporal } from './failures.ts';
import { look, type Sight } from './look/look.ts';
import { withoutConnection } from './look/snapshot.ts';

export type SyncInput = TicketRef & {
  hints: HintKind[];
  /** The workflow obeys instructions. One of before them judges by itself, and its history must say so when it is replayed. */
  instruct?: true;
};

export function createSyncActivities(deps: ActivityDeps) {
  return {
    /**
     * Makes the mirror equal to the ticket, and says where things stand (I1–I6). An operator's hint reads the whole thread.
     * What only backfill or reconcile asked for gets their share of the rate limit, and comes back when it is used up (B4).
     */
    syncTicket: speakingTemporal(async ({ hints, instruct, ...ref }: SyncInput): Promise<Looked | Throttled> => {
      const background = hints.length > 0 && hints.every((kind) => !isUrgent(kind));
      const options = {
        backfill: hints.includes('backfill'),
        whole: hints.includes('operator'),
        retryFiles: true,
      };
      const pulse = beat();
      try {
        const shared = background ? { ...options, share: backgroundShare } : options;
        const sight = await look(deps, ref, shared).catch(unlessRemoved);
        const snapshot = sight?.snapshot ?? withoutConnection(deps);
        const instruction = instructionOf(snapshot);
        if (sight !== null) {
          await clearMarker(deps, sight);
          await settleDrafts(deps, sight);
          await noteHeld(deps, sight, instruction);
        }
        return instruct === true ? { ...snapshot, instruction } : snapshot;
      } catch (error) {
        if (background && error instanceof RateLimited) return { throttledMs: error.retryAfterMs };
        throw error;
      } finally {
        pulse.stop();
      }
    }),
  };
}

/** A webhook that came while its connection was being removed finds nothing, which is no failure. */
function unlessRemoved(error: unknown): null {
  if (error instanceof ConnectionNotFound) return null;
  throw error;
}

/** E12, C8: what has to wait is written down, so that it is woken when nothing is in the way any more. */
async function noteHeld(deps: ActivityDeps, { tracked }: Sight, { decision: { rule } }: Instruction): Promise<void> {
  if (tracked === null) return;
  await deps.sessions.setHeld(tracked.session.id, rule === 'E12' || rule === 'C8');
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
