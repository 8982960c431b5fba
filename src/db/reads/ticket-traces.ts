import { z } from 'zod';
import type { PlanDetail } from '../../domain/plan-detail.ts';
import { throughSeqOf, type OutboundState } from '../../domain/outbound.ts';
import type { Outbound, Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { freshdeskIdOf } from '../conversations/messages.ts';
import { createSessionReads, type SessionView } from './session-reads.ts';

/** Everything that is known of what happened on a ticket, and why; ids are Freshdesk's (`conversation:7`). */
export type TicketTrace = {
  session: SessionView & {
    /** Which part of the gate let it in (E2). */
    admittedBy: string;
    episode: number;
    /** Freshdesk's number. */
    ticketStatus: number;
    lookedAt: Date;
    closedAt: Date | null;
    /** Something is to be done, and a pause or a broken key is in the way. */
    heldSince: Date | null;
    /** The fields that Freshdesk asked for when it refused to resolve the ticket. */
    resolveRefused: string | null;
    /** The fields that Freshdesk named when it refused to take the AI agent off the ticket, and since when. */
    handoffRefused: string | null;
    handoffRefusedAt: Date | null;
    /** The requester was erased: the ticket is not mirrored any more. */
    erasedAt: Date | null;
  };
  /** The customer messages that no turn has taken into account, the oldest first. */
  waiting: { freshdeskId: string; at: Date }[];
  /** What the customer's side sent and is never answered, by which rule and why (E8, E9), the oldest first. */
  ignored: { freshdeskId: string; at: Date; rule: string; why: string | null }[];
  turns: TurnTrace[];
  writes: WriteTrace[];
  handoffs: {
    at: Date;
    episode: number;
    throughMessage: string;
    reasons: string[];
    summary: string;
    sentiment: string | null;
    language: string | null;
    routing: unknown;
  }[];
};

export type TurnTrace = {
  id: string;
  at: Date;
  episode: number;
  /** The newest message it has seen. */
  throughMessage: string;
  /** The rule that made it, and what became of it by which rule or reason. */
  rule: string;
  mode: string;
  verdict: string | null;
  outcome: string;
  outcomeWhy: string | null;
  reasons: string[];
  confidence: number | null;
  topic: string | null;
  sources: { title: string; articleId: string | null; score: number | null }[];
  engine: string;
  model: string | null;
  tokens: number | null;
  /** In the currency of the model's prices. */
  money: number | null;
  /** Why it went to people beside the reasons. */
  detail: PlanDetail | null;
  ms: number;
  /** What was asked of a model, in order; empty where none was. */
  calls: CallTrace[];
  draft: { fate: string | null; distance: number | null } | null;
};

/** One paid stage of a turn (N3), and what it came to. */
export type CallTrace = {
  stage: string;
  /** 2: once more, with what was wrong with the first answer. */
  round: number;
  /**
   * Of a draft its verdict; of a check `passed` or what it found (`unsupported`, `incomplete`, `obeys`, `reserved`);
   * `unreadable`, or null while no answer has come back.
   */
  verdict: string | null;
  tokens: number;
};

/** One write to Freshdesk. */
export type WriteTrace = {
  kind: string;
  state: OutboundState;
  /** What it became; null while that is not known. */
  freshdeskId: string | null;
  /** The message it answers. */
  throughMessage: string;
  /** The turn it belongs to; null for one that needed none, or whose record is gone. */
  turnId: string | null;
  tries: number;
  attemptedAt: Date | null;
  /** What Freshdesk answered to a refused one. */
  refusal: string | null;
};

export type TicketTraces = {
  /** null when the ticket has no session. */
  get(connectionId: string, ticketId: number): Promise<TicketTrace | null>;
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

const whole = {
  turns: { orderBy: [{ at: 'asc' }, { id: 'asc' }], include: { draft: true } },
  handoffs: { orderBy: { at: 'asc' } },
  modelCalls: { orderBy: [{ startedAt: 'asc' }, { round: 'asc' }] },
} as const satisfies Prisma.SessionInclude;
type Row = Prisma.SessionGetPayload<{ include: typeof whole }>;

export function createTicketTraces(db: Db): TicketTraces {
  const sessions = createSessionReads(db);
  return {
    async get(connectionId, ticketId) {
      const row = await db.session.findUnique({
        where: { connectionId_ticketId: { connectionId, ticketId: BigInt(ticketId) } },
        include: whole,
      });
      const session = row === null ? null : await sessions.get(row.id);
      if (row === null || session === null) return null;
      const { handoffs: _handoffs, turns: _turns, drafts: _drafts, ...view } = session;
      const writes = await db.outbound.findMany({
        where: { connectionId, ticketId: BigInt(ticketId) },
        orderBy: { createdAt: 'asc' },
      });
      const idOf = (seq: bigint) => freshdeskIdOf(ticketId, Number(seq));
      return {
        session: { ...view, ...more(row) },
        waiting: await waiting(db, row),
        ignored: await ignored(db, row),
        turns: row.turns.map((turn) => turnTrace(turn, row, idOf)),
        writes: writes.map((write) => writeTrace(write, row, idOf)),
        handoffs: row.handoffs.map(({ at, episode, throughSeq, reasons, summary, sentiment, language, routing }) => ({
          at,
          episode,
          throughMessage: idOf(throughSeq),
          reasons,
          summary,
          sentiment,
          language,
          routing,
        })),
      };
    },
  };
}

function more(row: Row) {
  const { admittedBy, episode, ticketStatus, lookedAt, closedAt, heldSince, erasedAt } = row;
  const { resolveRefused, handoffRefused, handoffRefusedAt } = row;
  const refused = { resolveRefused, handoffRefused, handoffRefusedAt };
  return { admittedBy, episode, ticketStatus, lookedAt, closedAt, heldSince, ...refused, erasedAt };
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
  const { engine, model, tokens, money, detail, ms, draft } = turn;
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
    topic,
    sources: storedSources.parse(turn.sources),
    engine,
    model,
    tokens,
    money,
    detail: detail as PlanDetail | null,
    ms,
    calls: modelCalls.filter((call) => call.turnId === id).map(callTrace),
    draft: draft === null ? null : { fate: draft.fate, distance: draft.distance },
  };
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
