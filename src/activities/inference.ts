import type { Plan, PlanInput } from '../ai/port.ts';
import { summarise, summariseEarlier } from '../ai/summary.ts';
import { linkHosts, renderReply } from '../ai/render.ts';
import type { Session } from '../db/sessions.ts';
import type { Turn, Verdict } from '../db/turns.ts';
import type { HandoffReason } from '../domain/handoff.ts';
import { loopSuspected } from '../domain/limits.ts';
import type { Settings } from '../domain/settings.ts';
import type { WritingMode } from '../domain/ticket.ts';
import type { ActivityDeps, TicketRef } from './deps.ts';
import { missing, speakingTemporal } from './failures.ts';
import { officeAt } from './office-hours.ts';
import { filesForPlan } from './plan-files.ts';

export type PlanTurnInput = TicketRef & {
  /** Given by the workflow: a retried plan returns the one that is stored. */
  turnId: string;
  rule: string;
  mode: WritingMode;
  /** What waits: the customer messages between these two. */
  fromSeq: number;
  throughSeq: number;
};

export type PlannedTurn = { verdict: Verdict; reasons: HandoffReason[] };

export function createInferenceActivities(deps: ActivityDeps) {
  return {
    /** Asks the engine, and stores draft and record (N1, A9). Nothing is written to Freshdesk here. */
    planTurn: speakingTemporal(async (input: PlanTurnInput): Promise<PlannedTurn> => {
      const stored = await deps.turns.find(input.turnId);
      if (stored?.verdict != null) return { verdict: stored.verdict, reasons: stored.reasons };

      const { connection, settings } = await deps.account(input.connectionId);
      const session = await deps.sessions.find(input.connectionId, input.ticketId, connection.agent.id);
      if (session === null) throw missing(`Ticket ${input.ticketId} has no session any more; was it erased?`);
      const startedAt = deps.now().getTime();
      if (input.mode === 'autopilot' && (await isLoop(deps, input, settings))) return brake(deps, input, session);
      const planInput = await planInputOf(deps, input, session, settings);
      const plan = await deps.engine.plan(planInput);
      await deps.turns.record(
        {
          ...keyOf(input, session),
          verdict: plan.verdict,
          confidence: plan.confidence,
          topic: plan.topic,
          reasons: plan.reasons,
          sources: plan.sources,
          summary: plan.summary,
          sentiment: plan.sentiment,
          language: plan.language,
          engine: plan.engine,
          model: plan.model,
          tokens: plan.tokens,
          ms: deps.now().getTime() - startedAt,
        },
        plan.verdict === 'answer' ? await htmlOf(deps, plan, session, settings) : null,
      );
      return { verdict: plan.verdict, reasons: plan.reasons };
    }),
  };
}

function keyOf(input: PlanTurnInput, session: Session) {
  const { turnId, throughSeq, rule, mode } = input;
  return { id: turnId, sessionId: session.id, episode: session.episode, throughSeq, rule, mode };
}

/** E11: whether one more public reply would be too many. */
async function isLoop(deps: ActivityDeps, input: PlanTurnInput, { limits }: Settings): Promise<boolean> {
  const limit = loopSuspected(limits, await deps.outbounds.replyCounts(input, deps.now()));
  if (limit === null) return false;
  deps.log.warn(
    { connection: input.connectionId, ticketId: input.ticketId, limit },
    'the AI has replied too often lately; people get the ticket',
  );
  return true;
}

/** E11: the plan of a turn for which the engine is not asked. */
async function brake(deps: ActivityDeps, input: PlanTurnInput, session: Session): Promise<PlannedTurn> {
  const reasons: HandoffReason[] = ['loop_suspected'];
  const turn: Turn = {
    ...keyOf(input, session),
    verdict: 'handoff',
    confidence: null,
    topic: null,
    reasons,
    sources: [],
    summary: summarise(await deps.sessions.thread(session.id), session.subject),
    sentiment: null,
    language: null,
    engine: 'rules',
    model: null,
    tokens: null,
    ms: 0,
  };
  await deps.turns.record(turn, null);
  return { verdict: 'handoff', reasons };
}

/** I7: this episode's thread, and what waits even if it is older, as a ticket given back may want; before it, a summary. */
async function planInputOf(
  deps: ActivityDeps,
  input: PlanTurnInput,
  session: Session,
  settings: Settings,
): Promise<PlanInput> {
  const thread = (await deps.sessions.thread(session.id)).filter((entry) => entry.seq <= input.throughSeq);
  const before = Math.min(session.episodeAfter, input.fromSeq - 1);
  const earlier = summariseEarlier(thread.filter((entry) => entry.seq <= before));
  const episode = thread
    .filter((entry) => entry.seq > before)
    .map((entry) => ({
      ...entry,
      waiting: entry.answerable && entry.seq >= input.fromSeq && entry.seq > session.coveredThrough,
    }));
  const files = await filesForPlan(deps, session.id, episode);
  return {
    connectionId: input.connectionId,
    ticketId: input.ticketId,
    channel: session.channel,
    mode: input.mode,
    subject: session.subject,
    ...(earlier === null ? {} : { earlier }),
    thread: episode.map(({ seq, author, visibility, text, at, waiting }) => {
      const attachments = files.get(seq);
      return { author, visibility, text, at, waiting, ...(attachments === undefined ? {} : { attachments }) };
    }),
    settings,
    officeClosed: isClosedFor(input.mode, settings, deps.now()),
    now: deps.now(),
  };
}

/** H7: a draft reaches nobody but people, and is there for them when they come in. */
function isClosedFor(mode: WritingMode, { handoff: { officeHours } }: Settings, now: Date): boolean {
  return mode === 'autopilot' && officeHours?.outside === 'handoff' && !officeAt(officeHours, now).open;
}

/** A7: links lead only where the cited articles link to, or where the settings allow. */
async function htmlOf(
  deps: ActivityDeps,
  plan: Extract<Plan, { verdict: 'answer' }>,
  session: Session,
  settings: Settings,
): Promise<string> {
  const cited = await deps.knowledge.markdownOf(
    session.connectionId,
    plan.sources.map((source) => source.articleId),
  );
  const { greeting, signature, disclosure } = settings.channels[session.channel];
  const allowedHosts = [...settings.reply.allowedLinkHosts, ...cited.flatMap(linkHosts)];
  return renderReply(plan.markdown, { allowedHosts, greeting, signature, disclosure });
}
