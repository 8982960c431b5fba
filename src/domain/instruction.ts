import { decide, nextLookMs, type Decision } from './engagement.ts';
import type { Snapshot } from './snapshot.ts';

/** After so long a run continues as a new one, so that none is older than the code it runs on by more than a day (S4). */
const GO_ON_AFTER_MS = 23 * 3_600_000;

/**
 * What a look comes to. The workflow obeys it and judges nothing itself: what an activity has returned stays in the run's
 * history, so a rule that changes later changes nothing about the runs that are open (L7).
 */
export type Instruction = {
  decision: Decision;
  /** When to look again without a hint, on Freshdesk's clock, ms; null: not of itself. */
  nextLookMs: number | null;
  /** R3: what thanks from the customer are taken for. */
  onThanks: 'resolve' | 'leave';
  goOnAfterMs: number;
};

/** What `syncTicket` returns; without an instruction where none was asked for, or a worker of before gives none. */
export type Looked = Snapshot & { instruction?: Instruction };

export function instructionOf(snapshot: Snapshot): Instruction {
  const decision = decide(snapshot);
  return {
    decision,
    nextLookMs: nextLookMs(snapshot),
    onThanks: resolvesOnThanks(snapshot, decision) ? 'resolve' : 'leave',
    goOnAfterMs: GO_ON_AFTER_MS,
  };
}

/** R3: thanks end the conversation at once, where the ticket is the AI's to end. */
function resolvesOnThanks({ session }: Snapshot, decision: Decision): boolean {
  return decision.kind === 'answer' && decision.mode === 'autopilot' && session?.responder === 'ai';
}
