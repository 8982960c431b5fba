import { z } from 'zod';
import { insight, type CallTrace, type TicketTrace, type TurnTrace, type WriteTrace } from '../../contract/trace.ts';
import type { HandoffReason } from '../../domain/handoff.ts';
import type { HeldBack } from '../../domain/earned.ts';
import type { PlanDetail } from '../../domain/plan-detail.ts';
import type { SessionState } from '../../domain/session.ts';
import { speaker, type Speaker } from '../../domain/speaker.ts';
import { responderOf, ticketPage, type Admission } from '../../domain/ticket.ts';
import { throughSeqOf } from '../../domain/outbound.ts';
import type { Outbound, Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { parseStoredSettings } from '../connections/settings.ts';
import { freshdeskIdOf } from '../conversations/messages.ts';
import { isUuid } from '../paging.ts';
import { viewsOf, withItsConnection } from './session-view.ts';

export type TicketTraces = {
  /** null when the ticket has no session. */
  get(connectionId: string, ticketId: number): Promise<TicketTrace | null>;
  /** null when there is no such session. */
  ofSession(id: string): Promise<TicketTrace | null>;
};

const storedSources = z.array(
  z.object({
    title: z.string(),
    articleId: z.string().nullish().transform(orNull),
    score: z.number().nullish().transform(orNull),
  }),
);

/** Only what was decided: what a model has written is no part of the trace. */
const callResult = z.union([
  z.object({ verdict: z.string() }).transform(({ verdict }) => verdict),
  z
    .object({ supported: z.boolean(), answers: z.boolean(), obeys: z.boolean(), reserved: z.boolean() })
    .transform(({ supported, answers, obeys, reserved }) => {
      const found = [
        ...(supported ? [] : ['unsupported']),
        ...(answers ? [] : ['incomplete']),
        ...(obeys ? ['obeys'] : []),
        ...(reserved ? ['reserved'] : []),
      ];
      return found.length === 0 ? 'passed' : found.join(', ');
    }),
]);

const storedRouting = z.record(z.string(), z.unknown());

const whole = {
  ...withItsConnection,
  turns: { orderBy: [{ at: 'asc' }, { id: 'asc' }], include: { draft: true, review: true } },
  handoffs: { orderBy: { at: 'asc' } },
  modelCalls: { orderBy: [{ startedAt: 'asc' }, { round: 'asc' }] },
} as const satisfies Prisma.SessionInclude;
type Row = Prisma.SessionGetPayload<{ include: typeof whole }>;

export function createTicketTraces(db: Db, { now = () => new Date() }: { now?: () => Date } = {}): TicketTraces {
  return {
    async get(connectionId, ticketId) {
      const key = { connectionId, ticketId: BigInt(ticketId) };
      const row = await db.session.findUnique({ where: { connectionId_ticketId: key }, include: whole });
      return row === null ? null : traceOf(db, row, now());
    },

    async ofSession(id) {
      const row = isUuid(id) ? await db.session.findUnique({ where: { id }, include: whole }) : null;
      return row === null ? null : traceOf(db, row, now());
    },
  };
}

async function traceOf(db: Db, row: Row, at: Date): Promise<TicketTrace> {
  const { connectionId } = row;
  const ticketId = Number(row.ticketId);
  const [[view], writes, messages] = await Promise.all([
    viewsOf(db, [row], at),
    db.outbound.findMany({ where: { connectionId, ticketId: row.ticketId }, orderBy: { createdAt: 'asc' } }),
    Promise.all([waiting(db, row), ignored(db, row)]),
  ]);
  if (view === undefined) throw new Error(`session ${row.id} has no view`);
  const idOf = (seq: bigint) => freshdeskIdOf(ticketId, Number(seq));
  return {
    session: { ...view, ...more(row), speaker: speakerOf(row) },
    links: { freshdesk: ticketPage(row.connection.baseUrl, ticketId) },
    waiting: messages[0],
    ignored: messages[1],
    turns: row.turns.map((turn) => turnTrace(turn, row, idOf)),
    writes: writes.map((write) => writeTrace(write, row, idOf)),
    handoffs: row.handoffs.map(
      ({ at: handedOffAt, episode, throughSeq, reasons, summary, sentiment, language, routing }) => ({
        at: handedOffAt,
        episode,
        throughMessage: idOf(throughSeq),
        reasons,
        summary,
        sentiment,
        language,
        routing: storedRouting.parse(routing),
      }),
    ),
  };
}

function speakerOf(row: Row): Speaker {
  const { connection, handoffs, responderId, groupId, episode } = row;
  const lately = handoffs.findLast((handoff) => handoff.episode === episode);
  return speaker(
    {
      ...row,
      admittedBy: row.admittedBy as Admission,
      closure: row.closure as SessionState['closure'],
      closedBy: row.closedBy as SessionState['closedBy'],
      responder: responderOf(responderId === null ? null : Number(responderId), Number(connection.agentId)),
      groupId: groupId === null ? null : Number(groupId),
      erased: row.erasedAt !== null,
      connectionActive: connection.state === 'active',
      reasons: lately === undefined ? null : (lately.reasons as HandoffReason[]),
    },
    parseStoredSettings(connection.settings),
  );
}

function more(row: Row) {
  const { admittedBy, episode, ticketStatus, lookedAt, closedAt, erasedAt } = row;
  const { resolveRefused, handoffRefused, handoffRefusedAt } = row;
  const refused = { resolveRefused, handoffRefused, handoffRefusedAt };
  return { admittedBy, episode, ticketStatus, lookedAt, closedAt, ...refused, erasedAt };
}

async function waiting(db: Db, { id, coveredThrough }: Row): Promise<TicketTrace['waiting']> {
  const rows = await db.message.findMany({
    where: { sessionId: id, author: 'customer', ignoredBy: null, seq: { gt: coveredThrough } },
    orderBy: { seq: 'asc' },
    select: { freshdeskId: true, createdAt: true },
  });
  return rows.map(({ freshdeskId, createdAt }) => ({ freshdeskId, at: createdAt }));
}

async function ignored(db: Db, { id }: Row): Promise<TicketTrace['ignored']> {
  const rows = await db.message.findMany({
    where: { sessionId: id, author: 'customer', ignoredBy: { not: null } },
    orderBy: { seq: 'asc' },
    select: { freshdeskId: true, createdAt: true, ignoredBy: true, ignoredWhy: true },
  });
  return rows.map(({ freshdeskId, createdAt, ignoredBy, ignoredWhy }) => ({
    freshdeskId,
    at: createdAt,
    rule: ignoredBy ?? '',
    why: ignoredWhy,
  }));
}

function turnTrace(turn: Row['turns'][number], { modelCalls }: Row, idOf: (seq: bigint) => string): TurnTrace {
  const { id, at, episode, rule, mode, verdict, outcome, outcomeWhy, reasons, confidence, topic } = turn;
  const { threshold, heldBack, engine, model, tokens, money, detail, ms, draft } = turn;
  return {
    id,
    at,
    episode,
    throughMessage: idOf(turn.throughSeq),
    rule,
    mode,
    verdict,
    outcome,
    outcomeWhy,
    reasons,
    confidence,
    threshold,
    heldBack: heldBack as HeldBack | null,
    topic,
    sources: storedSources.parse(turn.sources),
    engine,
    model,
    tokens,
    money,
    detail: detail as PlanDetail | null,
    insight: turn.insight === null ? null : insight.parse(turn.insight),
    ms,
    calls: modelCalls.filter((call) => call.turnId === id).map(callTrace),
    draft:
      draft === null
        ? null
        : {
            html: draft.html,
            fate: draft.fate,
            distance: draft.distance,
            closedBy: draft.closedBy === null ? null : idOf(draft.closedBy),
          },
    review: reviewOf(turn),
  };
}

function reviewOf({ review }: Row['turns'][number]): TurnTrace['review'] {
  if (review === null) return null;
  const { grade, harmful, note, who, at } = review;
  return { grade: grade as NonNullable<TurnTrace['review']>['grade'], harmful, note, who, at };
}

function callTrace({ stage, round, endedAt, result, inputTokens, outputTokens }: Row['modelCalls'][number]): CallTrace {
  const read = callResult.safeParse(result);
  const came = read.success ? read.data : 'unreadable';
  return { stage, round, verdict: endedAt === null ? null : came, tokens: inputTokens + outputTokens };
}

/** Which turn it belongs to is in its key: the message it answers and, but for replies, the episode (A5). */
function writeTrace(write: Outbound, { turns }: Row, idOf: (seq: bigint) => string): WriteTrace {
  const { key, kind, state, remoteId, tries, attemptedAt, refusal, connectionId, ticketId } = write;
  const [, episode] = key.slice(`${kind}:${connectionId}:${ticketId}:`.length).split(':');
  const throughSeq = BigInt(throughSeqOf(write));
  const its = turns.filter(
    (turn) => turn.throughSeq === throughSeq && (episode === undefined || turn.episode === Number(episode)),
  );
  return {
    kind,
    state,
    freshdeskId: remoteId === null ? null : idOf(remoteId),
    throughMessage: idOf(throughSeq),
    turnId: (its.findLast((turn) => turn.outcome !== 'dropped') ?? its.at(-1))?.id ?? null,
    tries,
    attemptedAt,
    refusal,
  };
}

function orNull<T>(value: T | null | undefined): T | null {
  return value ?? null;
}
