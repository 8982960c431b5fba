import type { TurnFile } from '../../domain/article-files.ts';
import type { HeldBack } from '../../domain/earned.ts';
import type { HandoffReason, Sentiment } from '../../domain/handoff.ts';
import type { Insight } from '../../domain/insight.ts';
import type { NearArticle } from '../../domain/knowledge.ts';
import type { PlanDetail } from '../../domain/plan-detail.ts';
import type { Owed, WritingMode } from '../../domain/ticket.ts';
import type { TurnOutcome, Verdict } from '../../domain/turn.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { HANDED_OVER, isErased, RequesterErased } from '../conversations/sessions.ts';

/** The record of one turn (A9). A turn without a plan (R1) has no verdict, and the rules are its engine. */
export type Turn = {
  /** Given by the workflow, so that a retried plan finds the first one. */
  id: string;
  sessionId: string;
  episode: number;
  /** The newest message the plan has seen. */
  throughSeq: number;
  /** The rule that made the turn. */
  rule: string;
  mode: WritingMode;
  verdict: Verdict | null;
  confidence: number | null;
  topic: string | null;
  reasons: HandoffReason[];
  sources: { articleId: string; title: string; score: number }[];
  summary: string | null;
  sentiment: Sentiment | null;
  language: string | null;
  engine: string;
  model: string | null;
  tokens: number | null;
  /** In the currency of the model's prices; null where no price is known. */
  money?: number | null;
  /** Why it went to people, beside the reasons. */
  detail?: PlanDetail | null;
  /** What the confidence had to reach; null or absent where none was judged, or where none is earned. */
  threshold?: number | null;
  /** Why an answer on autopilot is left as a draft; its mode is assist then. */
  heldBack?: HeldBack | null;
  /** The articles that are nearest to the question. */
  nearest?: NearArticle[];
  ms: number;
  /** What heads and knowledge said; null or absent where neither was asked by meaning. */
  insight?: Insight | null;
};

export type FoundTurn = Omit<Turn, 'insight'> & {
  html: string | null;
  /** Sentences of the draft that the cited articles do not carry (N9). */
  unsupported: string[];
  /** The cited articles' files (F4). */
  files: TurnFile[];
  draftId: string | null;
  outcome: TurnOutcome;
  /** The rule or reason behind the outcome, or what is under way. */
  outcomeWhy: string | null;
};

export type Turns = {
  find(id: string): Promise<FoundTurn | null>;
  /** Stores the plan with its draft; throws RequesterErased. `no_reply` is an outcome already: what was seen is covered. */
  record(turn: Turn, html: string | null, unsupported?: readonly string[]): Promise<void>;
  /** A turn that needed no plan; repeating it changes nothing. */
  recordWithoutPlan(turn: Pick<Turn, 'id' | 'sessionId' | 'episode' | 'throughSeq' | 'rule' | 'mode'>): Promise<void>;
  /**
   * The reply or draft is in Freshdesk: what the plan has seen is covered. Repeating it changes nothing. Says what the ticket
   * has yet to show.
   */
  delivered(turn: Pick<Turn, 'id' | 'sessionId' | 'throughSeq'>, kind: 'replied' | 'drafted'): Promise<Owed>;
  /** The same of a reply or draft that turned up after its run had ended. */
  foundDelivered(turn: Pick<Turn, 'sessionId' | 'throughSeq'>, kind: 'replied' | 'drafted'): Promise<Owed>;
  /** What became of the cited articles' files (F4). */
  recordFiles(id: string, files: readonly TurnFile[]): Promise<void>;
  /** What became of it, by which rule or reason. */
  conclude(id: string, outcome: TurnOutcome, why: string | null): Promise<void>;
};

export function createTurns(db: Db): Turns {
  return {
    async find(id) {
      const row = await db.turn.findUnique({ where: { id }, include: { draft: true } });
      if (row === null) return null;
      const { draft, throughSeq, ...rest } = row;
      return {
        ...rest,
        throughSeq: Number(throughSeq),
        mode: rest.mode as WritingMode,
        verdict: rest.verdict as Verdict | null,
        outcome: rest.outcome as TurnOutcome,
        reasons: rest.reasons as HandoffReason[],
        sources: rest.sources as Turn['sources'],
        files: rest.files as TurnFile[],
        sentiment: rest.sentiment as Sentiment | null,
        detail: rest.detail as PlanDetail | null,
        heldBack: rest.heldBack as HeldBack | null,
        nearest: rest.nearest as NearArticle[],
        html: draft?.html ?? null,
        unsupported: draft?.unsupported ?? [],
        draftId: draft?.id ?? null,
      };
    },

    async record(turn, html, unsupported = []) {
      const { throughSeq, sessionId, insight, ...rest } = turn;
      await db.$transaction(async (tx) => {
        if (await isErased(tx, sessionId)) throw new RequesterErased(sessionId);
        await tx.turn.createMany({
          data: {
            ...rest,
            ...(insight == null ? {} : { insight }),
            sessionId,
            throughSeq: BigInt(throughSeq),
            outcome: turn.verdict === 'no_reply' ? 'no_reply' : 'planned',
          },
        });
        if (html !== null)
          await tx.draft.createMany({ data: { turnId: turn.id, html, unsupported: [...unsupported], sessionId } });
        if (turn.sentiment !== null || turn.language !== null) {
          await tx.session.updateMany({
            where: { id: sessionId },
            data: { sentiment: turn.sentiment, ...(turn.language === null ? {} : { language: turn.language }) },
          });
        }
        if (turn.verdict === 'no_reply') {
          await markSilent(tx, sessionId, throughSeq, turn.detail === 'automatic_mail');
          await coverThrough(tx, sessionId, throughSeq);
        }
      });
    },

    async recordWithoutPlan({ throughSeq, ...turn }) {
      await db.turn.createMany({
        data: { ...turn, throughSeq: BigInt(throughSeq), outcome: 'planned', engine: 'rules', ms: 0 },
        skipDuplicates: true,
      });
    },

    delivered: ({ id, sessionId, throughSeq }, kind) =>
      wrote(db, Prisma.sql`"id" = ${id}::uuid`, { sessionId, throughSeq }, kind),

    foundDelivered: (turn, kind) =>
      wrote(
        db,
        Prisma.sql`"sessionId" = ${turn.sessionId}::uuid AND "throughSeq" = ${turn.throughSeq}::bigint
          AND "outcome" = 'planned' AND "verdict" = 'answer'`,
        turn,
        kind,
      ),

    async recordFiles(id, files) {
      await db.turn.update({ where: { id }, data: { files: [...files] } });
    },

    async conclude(id, outcome, why) {
      await db.turn.update({ where: { id }, data: { outcome, outcomeWhy: why } });
    },
  };
}

/**
 * Records what was written with the turns that are `its`, in one statement. The first reply stays the first until the ticket
 * shows it, also where a draft or another reply came after it.
 */
async function wrote(
  db: Db,
  its: Prisma.Sql,
  { sessionId, throughSeq }: Pick<Turn, 'sessionId' | 'throughSeq'>,
  kind: 'replied' | 'drafted',
): Promise<Owed> {
  const replied = kind === 'replied';
  const owed = replied
    ? Prisma.sql`CASE WHEN "aiReplied" THEN 'reply' ELSE 'first_reply' END`
    : Prisma.sql`CASE WHEN "owes" = 'reply' THEN 'reply' ELSE 'draft' END`;
  const orNull = (isNull: Prisma.Sql, column: string) =>
    Prisma.sql`${Prisma.raw(`"${column}"`)} = CASE WHEN ${isNull} THEN NULL ELSE ${Prisma.raw(`"${column}"`)} END`;
  const isNews = Prisma.sql`"coveredThrough" < ${throughSeq}::bigint`;
  const handedOver = Object.keys(HANDED_OVER).map((column) => orNull(isNews, column));
  const [session] = await db.$queryRaw<{ owes: Owed }[]>`
    WITH told AS (UPDATE "Turn" SET "outcome" = ${kind}, "outcomeWhy" = NULL WHERE ${its})
    UPDATE "Session" SET "coveredThrough" = GREATEST("coveredThrough", ${throughSeq}::bigint),
      ${Prisma.join(handedOver)},
      "aiWrote" = true, "owes" = CASE WHEN "owes" = 'first_reply' THEN "owes" ELSE ${owed} END,
      "aiReplied" = "aiReplied" OR ${replied},
      ${orNull(Prisma.sql`${replied}`, 'reopenedFrom')}, ${orNull(Prisma.sql`${replied}`, 'resolveRefused')},
      "updatedAt" = clock_timestamp()
    WHERE "id" = ${sessionId}::uuid RETURNING "owes"`;
  if (session === undefined) throw new Error(`Session ${sessionId} is no more; was it erased?`);
  return session.owes;
}

/**
 * A turn's outcome is recorded: what its plan has seen is covered, and never less than before. A handoff that was refused
 * before is done, or no longer wanted.
 */
export async function coverThrough(tx: Pick<Db, 'session'>, sessionId: string, throughSeq: number): Promise<void> {
  await tx.session.updateMany({
    where: { id: sessionId, coveredThrough: { lt: BigInt(throughSeq) } },
    data: { coveredThrough: BigInt(throughSeq), ...HANDED_OVER },
  });
}

/** E8, E9: what waited was no question, so it does not keep the conversation from being over (R1). */
async function markSilent(
  tx: Prisma.TransactionClient,
  sessionId: string,
  throughSeq: number,
  automatic: boolean,
): Promise<void> {
  const [rule, why] = automatic ? ['E8', 'auto_reply'] : ['E9', 'thanks'];
  await tx.$executeRaw`
    UPDATE "Message" AS m SET "ignoredBy" = ${rule}, "ignoredWhy" = ${why} FROM "Session" AS s
    WHERE s."id" = ${sessionId}::uuid AND m."sessionId" = s."id" AND m."author" = 'customer' AND m."ignoredBy" IS NULL
      AND m."seq" > s."coveredThrough" AND m."seq" <= ${throughSeq}`;
}
