/**
 * The rules as they stood when the workflow still judged by itself. Looks of then are replayed with them, whatever has become
 * of the rules since, and so is a look by a worker of then; nothing else may call this. It goes a release after the one that
 * brought instructions: by then every such run has ended or gone on as a new one.
 */
import type { Decision } from '../domain/engagement.ts';
import type { Instruction } from '../domain/instruction.ts';
import type { EngagementSettings, SessionFacts, Snapshot, Waiting } from '../domain/snapshot.ts';
import type { WritingMode } from '../domain/ticket.ts';

const LONGEST_BURST_MS = 60_000;

/** What a run of before makes of a look; it goes on as a new one only when Temporal suggests it. */
export function judgedAsBefore(snapshot: Snapshot): Omit<Instruction, 'goOnAfterMs'> & { goOnAfterMs: null } {
  const decision = decide(snapshot);
  const isOurs = snapshot.session?.responder === 'ai';
  return {
    decision,
    nextLookMs: nextLookMs(snapshot),
    onThanks: decision.kind === 'answer' && decision.mode === 'autopilot' && isOurs ? 'resolve' : 'leave',
    goOnAfterMs: null,
  };
}

/** Who speaks, and when (section 4 of the rules: E4–E7, E12, A1). */
function decide(snapshot: Snapshot): Decision {
  const { session, waiting, settings } = snapshot;
  if (session === null) return { kind: 'ignore', rule: 'E2' };
  if (session.status === 'closed_resolved') return { kind: 'close', rule: 'S1' };
  if (session.status === 'closed_unresolved') return { kind: 'close', rule: 'S3' };
  if (session.mode === 'off') return { kind: 'silent', rule: 'E7' };

  if (isResolvable(snapshot, session)) return held(snapshot) ?? { kind: 'resolve', rule: 'R1' };

  const mode = answersPublicly(snapshot) ? 'autopilot' : 'assist';
  const engaged = engagement(session, snapshot.groupId, settings, mode);
  if (!engaged.speaks) return { kind: 'silent', rule: engaged.rule };
  if (waiting === null) return { kind: 'silent', rule: 'A1' };
  const obstacle = held(snapshot);
  if (obstacle !== null) return obstacle;
  if (mode === 'autopilot' && isTooOld(snapshot.atMs, session, waiting, settings)) {
    return { kind: 'handoff', rule: 'E1', reasons: ['too_old'], throughSeq: waiting.newestSeq };
  }
  return {
    kind: 'answer',
    rule: session.mode === 'autopilot' && waiting.byOthers ? 'E10' : engaged.rule,
    mode,
    fromSeq: waiting.oldestSeq,
    throughSeq: waiting.newestSeq,
    notBeforeMs: notBefore(session, waiting, settings),
  };
}

/**
 * When to look again without a hint, on Freshdesk's clock, ms: the daily reading (I6), or the time to resolve (R1). What is
 * due already was decided about just now, and is not waited for.
 */
function nextLookMs({ atMs, session }: Pick<Snapshot, 'atMs' | 'session'>): number | null {
  const times = [session?.rereadAtMs ?? null, session?.resolveDueMs ?? null].filter((time) => time !== null);
  const later = times.filter((time) => time > atMs);
  return later.length === 0 ? null : Math.min(...later);
}

/**
 * Whether what waits may be answered in public: the channel is on autopilot, and the requester has written all of it. What
 * an agent has taken down of a call (E7), and what somebody in copy has written (E10), is drafted for at most.
 */
function answersPublicly({ session, waiting }: Pick<Snapshot, 'session' | 'waiting'>): boolean {
  // Not there in what was recorded before E10 was known.
  return session?.mode === 'autopilot' && waiting?.writtenByDesk !== true && waiting?.byOthers !== true;
}

/** What is to be done has to wait: for a working key, or for the end of a pause (C8, E12). */
function held({ connectionActive, settings }: Snapshot): Extract<Decision, { kind: 'silent' }> | null {
  if (!connectionActive) return { kind: 'silent', rule: 'C8' };
  return settings.paused ? { kind: 'silent', rule: 'E12' } : null;
}

/** R1, R2: also where nobody has the ticket any more; then there is only a session to close. */
function isResolvable({ atMs, waiting }: Snapshot, { resolveDueMs }: SessionFacts): boolean {
  return waiting === null && resolveDueMs !== null && atMs >= resolveDueMs;
}

type Engagement = { speaks: true; rule: 'E4' | 'E5' | 'E6' | 'E7' } | { speaks: false; rule: 'E4' | 'E6' };

function engagement(
  session: SessionFacts,
  groupId: number | null,
  settings: EngagementSettings,
  mode: WritingMode,
): Engagement {
  const draftsAnyway = mode === 'assist' && settings.draftForPeople;
  if (session.responder === 'person') {
    if (session.shielded && session.status === 'open') return { speaks: true, rule: 'E5' };
    return draftsAnyway ? { speaks: true, rule: 'E7' } : { speaks: false, rule: 'E4' };
  }
  if (session.status === 'handed_off')
    return draftsAnyway ? { speaks: true, rule: 'E7' } : { speaks: false, rule: 'E6' };
  if (session.responder === 'ai') return { speaks: true, rule: 'E4' };
  if (mode === 'assist') return { speaks: true, rule: 'E7' };
  const asked = settings.autoHandleAll || (settings.defaultGroupId !== null && groupId === settings.defaultGroupId);
  return asked ? { speaks: true, rule: 'E6' } : { speaks: false, rule: 'E6' };
}

/** E1: age counts from the newest waiting message or from the assignment to the AI, whichever is later. */
function isTooOld(atMs: number, session: SessionFacts, waiting: Waiting, settings: EngagementSettings): boolean {
  return atMs - Math.max(waiting.newestAtMs, session.aiAssignedAtMs ?? 0) > settings.maxAnswerAgeMs;
}

/** A1: let a burst end, but keep nobody waiting for longer than a minute because of it. */
function notBefore(session: SessionFacts, waiting: Waiting, settings: EngagementSettings): number {
  const delayMs = session.aiWrote ? settings.burstMs : settings.firstReplyDelayMs;
  return Math.min(waiting.newestAtMs + delayMs, waiting.oldestAtMs + LONGEST_BURST_MS);
}
