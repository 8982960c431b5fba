import type { DraftFate } from './draft-fate.ts';
import { shortReason, type HandoffReason } from './handoff.ts';
import type { Mode, Owner, SessionStatus } from './ticket.ts';

export const DECISION_KINDS = [
  'erased',
  'closed',
  'held',
  'handoff_refused',
  'resolve_refused',
  'waiting',
  'drafted',
  'replied',
  'noted',
  'handed_off',
  'dropped',
  'silent',
] as const;

/** What the AI did last on a ticket, or why it does nothing, in one line. */
export type DecisionLine = {
  kind: (typeof DECISION_KINDS)[number];
  words: string;
  /** By which rule it is silent. */
  rule: string | null;
  since: Date | null;
};

/** What is known of a ticket and of its present conversation. */
export type DecisionFacts = {
  status: SessionStatus;
  owner: Owner;
  mode: Mode;
  backfilled: boolean;
  /** The gate has not let it in since the backfill brought it (B2). */
  mirroredOnly: boolean;
  closure: string | null;
  closedBy: string | null;
  closedAt: Date | null;
  erasedAt: Date | null;
  heldSince: Date | null;
  /** What holds it, where something does. */
  paused: boolean;
  handoffRefused: string | null;
  handoffRefusedAt: Date | null;
  resolveRefused: string | null;
  waitingSince: Date | null;
  /** The newest turn. */
  turn: {
    at: Date;
    outcome: string;
    confidence: number | null;
    source: string | null;
    reasons: readonly HandoffReason[];
    fate: DraftFate | null;
    detail: string | null;
  } | null;
  /** The newest handoff. */
  handoff: { at: Date; reasons: readonly HandoffReason[] } | null;
};

/** The line of a list. What is in the way comes first, then what is to be done, then what was done last. */
export function decisionLine(facts: DecisionFacts, now: Date): DecisionLine {
  const { status, heldSince, handoffRefused, handoffRefusedAt, resolveRefused, waitingSince, turn } = facts;
  if (facts.erasedAt !== null) return line('erased', 'erased: nothing of it is mirrored any more', facts.erasedAt);
  if (status === 'closed_resolved' || status === 'closed_unresolved')
    return line('closed', closedInWords(facts), facts.closedAt);
  if (heldSince !== null) {
    const what = facts.paused ? 'the connection is paused' : 'Freshdesk refuses the key';
    return line('held', `held ${span(heldSince, now)}: ${what}`, heldSince, facts.paused ? 'E12' : 'C8');
  }
  if (handoffRefused !== null)
    return line('handoff_refused', `could not hand over: Freshdesk asks for ${handoffRefused}`, handoffRefusedAt, 'H4');
  if (resolveRefused !== null)
    return line('resolve_refused', `could not resolve: Freshdesk asks for ${resolveRefused}`, turn?.at ?? null, 'R2');
  if (waitingSince !== null) return line('waiting', `waits ${span(waitingSince, now)}`, waitingSince);
  if (status === 'handed_off') return handedOff(facts);
  return lastTurn(facts) ?? silent(facts);
}

/** How a conversation ended, as half a sentence. */
export function closedInWords({ closure, closedBy }: Pick<DecisionFacts, 'closure' | 'closedBy'>): string {
  if (closure === 'spam') return 'closed: spam in Freshdesk';
  if (closure === 'deleted') return 'closed: deleted in Freshdesk';
  if (closedBy !== 'ai') return 'closed in Freshdesk';
  return closure === 'resolved' ? 'resolved: the customer said so' : 'resolved after silence';
}

function handedOff(facts: DecisionFacts): DecisionLine {
  const { handoff, turn, owner } = facts;
  if (turn?.outcome === 'drafted' && (handoff === null || handoff.at < turn.at))
    return lastTurn(facts) ?? silent(facts);
  if (handoff !== null) return line('handed_off', `handed off: ${inWords(handoff.reasons)}`, handoff.at);
  return owner === 'human'
    ? line('silent', 'silent: a person has it', null, 'E4')
    : line('silent', 'silent: people have it', null, 'E6');
}

function lastTurn({ turn, handoff }: DecisionFacts): DecisionLine | null {
  if (turn === null) return null;
  switch (turn.outcome) {
    case 'replied':
      return line('replied', `replied ${restsOn(turn)}`, turn.at);
    case 'drafted':
      return line('drafted', turn.fate === null ? `drafted ${restsOn(turn)}` : FATES[turn.fate], turn.at);
    case 'handed_off':
      return line('noted', `noted for people: ${inWords(handoff?.reasons ?? turn.reasons)}`, turn.at);
    case 'no_reply':
      return turn.detail === 'automatic_mail'
        ? line('silent', 'automatic mail: wants no answer', turn.at, 'E8')
        : line('silent', 'thanks: wants no answer', turn.at, 'E9');
    case 'dropped':
      return line('dropped', 'answer dropped: something newer counts', turn.at, 'A4');
    default:
      return null;
  }
}

const FATES: Record<DraftFate, string> = {
  sent: 'draft sent as it was',
  edited: 'draft sent, edited',
  ignored: 'draft not used',
  superseded: 'draft overtaken by a newer message',
};

function silent({ mode, owner, backfilled, mirroredOnly }: DecisionFacts): DecisionLine {
  if (mode === 'off') return line('silent', 'silent: this channel is mirrored only', null, 'E7');
  if (owner === 'human') return line('silent', 'silent: a person has it', null, 'E4');
  if (mirroredOnly)
    return line(
      'silent',
      'silent: from before it was connected, and not let in by intake or rollout since',
      null,
      'E2',
    );
  if (backfilled) return line('silent', 'silent: from before it was connected', null, 'E1');
  return line('silent', 'silent: nothing waits', null, 'A1');
}

function restsOn({ confidence, source }: { confidence: number | null; source: string | null }): string {
  return [...(confidence === null ? [] : [confidence.toFixed(2)]), ...(source === null ? [] : [`from ${source}`])].join(
    ' ',
  );
}

function inWords(reasons: readonly HandoffReason[]): string {
  return reasons.length === 0 ? 'for people' : reasons.map(shortReason).join(', ');
}

/** How long ago, in the largest unit that fits. */
function span(since: Date, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - since.getTime()) / 60_000));
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

function line(kind: DecisionLine['kind'], words: string, since: Date | null, rule: string | null = null): DecisionLine {
  return { kind, words: words.trim(), rule, since };
}
