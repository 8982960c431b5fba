import type { HandoffReason } from './handoff.ts';
import type { Settings } from './settings.ts';
import type { EngagementSettings, SessionFacts, Snapshot, Waiting } from './snapshot.ts';
import type { Admission, Responder, WritingMode } from './ticket.ts';

/** What to do on a ticket now, and by which rule. Times are Freshdesk's clock, ms. */
export type Decision =
  /** Not ours: no session, the run ends. */
  | { kind: 'ignore'; rule: 'E2' }
  /** The session is closed, the run ends. */
  | { kind: 'close'; rule: 'S1' | 'S3' }
  /** Mirror only, until something changes. */
  | { kind: 'silent'; rule: 'A1' | 'C8' | 'E2' | 'E4' | 'E6' | 'E7' | 'E12' }
  /** Answer what waits between these two messages, not before that time. */
  | {
      kind: 'answer';
      rule: 'E4' | 'E5' | 'E6' | 'E7' | 'E10';
      mode: WritingMode;
      fromSeq: number;
      throughSeq: number;
      notBeforeMs: number;
    }
  | { kind: 'resolve'; rule: 'R1' }
  | { kind: 'handoff'; rule: 'E1'; reasons: HandoffReason[]; throughSeq: number };

/** A1: however many messages follow, the first one waits no longer than this. */
export const LONGEST_BURST_MS = 60_000;

export type GateTicket = {
  id: number;
  responder: Responder;
  groupId: number | null;
  productId: number | null;
  tags: readonly string[];
};

/** E2, E12: which part of the intake gate admits a ticket that is not tracked yet; null when none does. */
export function admits(
  settings: Pick<Settings, 'intake' | 'rollout'>,
  ticket: GateTicket,
  hintedBy: { backfill: boolean },
): Admission | null {
  const { exclude, autoHandleAll, defaultGroupId } = settings.intake;
  if (ticket.groupId !== null && exclude.groupIds.includes(ticket.groupId)) return null;
  if (ticket.productId !== null && exclude.productIds.includes(ticket.productId)) return null;
  if (ticket.tags.some((tag) => exclude.tags.includes(tag))) return null;
  if (hintedBy.backfill) return 'backfill';
  if (ticket.responder === 'ai') return 'assigned';
  if (!inRollout(ticket.id, settings.rollout.percent)) return null;
  if (defaultGroupId !== null && ticket.groupId === defaultGroupId) return 'default_group';
  return autoHandleAll ? 'auto_handle' : null;
}

/** Who speaks, and when (section 4 of the rules: E4–E7, E12, A1). */
export function decide(snapshot: Snapshot): Decision {
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
export function nextLookMs({ atMs, session }: Pick<Snapshot, 'atMs' | 'session'>): number | null {
  const times = [session?.rereadAtMs ?? null, session?.resolveDueMs ?? null].filter((time) => time !== null);
  const later = times.filter((time) => time > atMs);
  return later.length === 0 ? null : Math.min(...later);
}

/**
 * Whether what waits may be answered in public: the channel is on autopilot, and the requester has written all of it. What
 * an agent has taken down of a call (E7), and what somebody in copy has written (E10), is drafted for at most.
 */
export function answersPublicly({ session, waiting }: Pick<Snapshot, 'session' | 'waiting'>): boolean {
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

type Engagement = { speaks: true; rule: 'E4' | 'E5' | 'E6' | 'E7' } | { speaks: false; rule: 'E2' | 'E4' | 'E6' };

/** Whether the AI has a word on the ticket, and by which rule (E4–E7); what holds it up beside that is not asked. */
export function engagement(
  session: Pick<SessionFacts, 'status' | 'responder' | 'shielded' | 'mirroredOnly'>,
  groupId: number | null,
  settings: Pick<EngagementSettings, 'autoHandleAll' | 'defaultGroupId' | 'draftForPeople'>,
  mode: WritingMode,
): Engagement {
  const mirroredOnly = session.mirroredOnly === true; // B2
  const draftsAnyway = mode === 'assist' && settings.draftForPeople && !mirroredOnly;
  if (session.responder === 'person') {
    if (session.shielded && session.status === 'open') return { speaks: true, rule: 'E5' };
    return draftsAnyway ? { speaks: true, rule: 'E7' } : { speaks: false, rule: 'E4' };
  }
  if (session.status === 'handed_off')
    return draftsAnyway ? { speaks: true, rule: 'E7' } : { speaks: false, rule: 'E6' };
  if (mirroredOnly) return { speaks: false, rule: 'E2' };
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

/**
 * E12: a fixed share of the tickets, spread evenly over neighbouring ids (multiplicative hashing). Its last two digits say
 * the percent, the two before them the hundredth of it: a whole percent and a fraction of the next choose from one order.
 */
function inRollout(ticketId: number, percent: number): boolean {
  const hash = Math.imul(ticketId, 2_654_435_761) >>> 0;
  return (hash % 100) + (Math.floor(hash / 100) % 100) / 100 < percent;
}
