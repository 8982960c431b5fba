import type { Snapshot } from '../../src/domain/snapshot.ts';
import type { TicketActivities } from '../../src/workflows/activities.ts';
import { NOON_MS, snapshot } from '../../testbed/domain.ts';

export type ActivityName = keyof TicketActivities;
export type Input<K extends ActivityName> = Parameters<TicketActivities[K]>[0];
export type Result<K extends ActivityName> = Awaited<ReturnType<TicketActivities[K]>>;
/** What each activity does when it is called for the nth time, counted from 1. */
export type Steps = { [K in ActivityName]: (nth: number, input: Input<K>) => Result<K> | Promise<Result<K>> };
/** What is left out does the usual thing. */
export type Script = Partial<Steps>;
export type Call = { [K in ActivityName]: { activity: K; input: Input<K> } }[ActivityName];

/** Something waits, and its delay is over. */
export const waits = (changes: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ waiting: { oldestAtMs: NOON_MS - 120_000, newestAtMs: NOON_MS - 60_000 }, ...changes });
/** Open, and nothing waits. */
export const quiet = (changes: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ waiting: null, ...changes });
export const closed = (): Snapshot => quiet({ session: { status: 'closed_resolved', rereadAtMs: null } });
export const refused = (): Snapshot => ({ ...quiet(), session: null });

/** The usual thing: the first look finds a question, which is planned and delivered, and later looks find nothing. */
export const USUAL: Steps = {
  syncTicket: (nth) => (nth === 1 ? waits() : quiet({ session: { aiWrote: true, responder: 'ai', owner: 'ai' } })),
  copyAttachments: () => ({ stored: 1, refused: 0, failed: 0 }),
  planTurn: () => ({ verdict: 'answer', reasons: [] }),
  draftAnswer: () => ({ next: 'check', round: 1 }),
  checkAnswer: () => ({ verdict: 'answer', reasons: [] }),
  deliverReply: () => ({ outcome: 'sent', owner: 'ai' }),
  deliverDraft: () => ({ outcome: 'sent', owner: 'none' }),
  resolveTicket: () => ({ outcome: 'resolved' }),
  handOff: () => ({ outcome: 'handed_off', owner: 'none' }),
};

/** A gate in a script: an activity waits at it until the test opens it. */
export function gate(): { open: () => void; passed: Promise<void> } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), passed };
}
