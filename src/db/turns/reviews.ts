import type { ReviewBody, ReviewQueue, ReviewQueueQuery, ReviewView } from '../../contract/reviews.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { freshdeskIdOf } from '../conversations/messages.ts';
import { isUuid } from '../paging.ts';
import { storable } from '../storable.ts';
import { gradeTurn } from './earned.ts';

/** What people of the desk think of what the AI said. */
export type Reviews = {
  /** Replaces an earlier one of the turn, which it names; null where there is no such turn, or its requester was erased. */
  put(turnId: string, review: ReviewBody, who: string): Promise<ReviewView | null>;
  /** False where there was none. */
  remove(turnId: string, who: string): Promise<boolean>;
  /** What was said to customers or drafted and nobody has graded. */
  queue(query: ReviewQueueQuery): Promise<ReviewQueue>;
};

const DEFAULT_DAYS = 28;
const DAY_MS = 86_400_000;

type Row = Omit<ReviewQueue['items'][number], 'ticketId' | 'question' | 'personHtml' | 'sources'> & {
  ticketId: bigint;
  throughSeq: bigint;
  closedBy: bigint | null;
  sources: { title: string; articleId?: string }[];
};

export function createReviews(db: Db, { now = () => new Date() }: { now?: () => Date } = {}): Reviews {
  return {
    async put(turnId, { note, ...graded }, who) {
      if (!isUuid(turnId)) return null;
      const found = await db.turn.findFirst({
        where: { id: turnId, session: { erasedAt: null } },
        select: { review: { select: { grade: true } }, session: { select: { connectionId: true, ticketId: true } } },
      });
      if (found === null) return null;
      const data = { ...graded, note: note === null || note === '' ? null : storable(note), who, at: now() };
      const row = await db.$transaction(async (tx) => {
        const kept = await tx.review.upsert({ where: { turnId }, create: { turnId, ...data }, update: data });
        await gradeTurn(tx, turnId, now());
        await tx.audit.create({ data: { ...found.session, what: 'turn_graded', by: who, at: data.at } });
        return kept;
      });
      return {
        ...row,
        grade: graded.grade,
        replaced: (found.review?.grade as ReviewBody['grade'] | undefined) ?? null,
      };
    },

    async remove(turnId, who) {
      if (!isUuid(turnId)) return false;
      return db.$transaction(async (tx) => {
        const { count } = await tx.review.deleteMany({ where: { turnId } });
        if (count === 0) return false;
        await gradeTurn(tx, turnId, now());
        const { session } = await tx.turn.findUniqueOrThrow({
          where: { id: turnId },
          select: { session: { select: { connectionId: true, ticketId: true } } },
        });
        await tx.audit.create({ data: { ...session, what: 'grade_taken_back', by: who, at: now() } });
        return true;
      });
    },

    async queue({ order, seed, limit, ...filter }) {
      const from = filter.from ?? new Date(now().getTime() - DEFAULT_DAYS * DAY_MS);
      const among = Prisma.sql`
        FROM "Turn" t JOIN "Draft" d ON d."turnId" = t."id" JOIN "Session" s ON s."id" = t."sessionId"
          LEFT JOIN "Review" r ON r."turnId" = t."id"
        WHERE r."turnId" IS NULL AND t."outcome" IN ('replied', 'drafted') AND t."at" >= ${from}::timestamptz AND ${matching(filter)}`;
      const by =
        order === 'random'
          ? Prisma.sql`md5(t."id"::text || ${seed})`
          : Prisma.sql`d."fate" IS NOT DISTINCT FROM 'ignored' DESC, d."distance" DESC NULLS LAST, t."confidence", t."id"`;
      const [rows, [counted]] = await Promise.all([
        db.$queryRaw<Row[]>`
          SELECT t."id" AS "turnId", s."id" AS session, s."connectionId" AS connection, s."ticketId", t."at", s."channel", t."mode",
            t."outcome", d."html", d."fate", d."distance", d."closedBy", t."confidence", t."threshold", t."sources", t."throughSeq"
          ${among} ORDER BY ${by} LIMIT ${limit}`,
        db.$queryRaw<{ left: number }[]>`SELECT count(*)::int AS left ${among}`,
      ]);
      const [questions, replies] = await Promise.all([questionsOf(db, rows), repliesOf(db, rows)]);
      const items = rows.map(({ throughSeq: _seq, closedBy: _by, ticketId, sources, ...row }) => ({
        ...row,
        ticketId: Number(ticketId),
        question: questions.get(row.turnId) ?? [],
        personHtml: replies.get(row.turnId) ?? null,
        sources: sources.map(({ title, articleId = null }) => ({ title, articleId })),
      }));
      return { items, left: counted?.left ?? 0 };
    },
  };
}

function matching({
  connection,
  channel,
  mode,
}: Pick<ReviewQueueQuery, 'connection' | 'channel' | 'mode'>): Prisma.Sql {
  return Prisma.join(
    [
      Prisma.sql`s."erasedAt" IS NULL`,
      ...(connection === undefined ? [] : [Prisma.sql`s."connectionId" = ${connection}`]),
      ...(channel === undefined ? [] : [Prisma.sql`s."channel" = ${channel}::"Channel"`]),
      ...(mode === undefined ? [] : [Prisma.sql`t."mode" = ${mode}`]),
    ],
    ' AND ',
  );
}

/** The customer's messages since the turn before that said something. */
async function questionsOf(db: Db, rows: readonly Row[]): Promise<Map<string, string[]>> {
  const found = await db.$queryRaw<{ turnId: string; texts: string[] }[]>`
    SELECT t."id" AS "turnId", array_agg(m."text" ORDER BY m."seq") AS texts
    FROM "Turn" t JOIN "Message" m ON m."sessionId" = t."sessionId" AND m."author" = 'customer' AND m."ignoredBy" IS NULL
      AND m."seq" <= t."throughSeq" AND m."seq" > COALESCE((SELECT max(b."throughSeq") FROM "Turn" b
        WHERE b."sessionId" = t."sessionId" AND b."throughSeq" < t."throughSeq"), -1)
    WHERE t."id" = ANY(${rows.map(({ turnId }) => turnId)}::uuid[]) GROUP BY t."id"`;
  return new Map(found.map(({ turnId, texts }) => [turnId, texts]));
}

async function repliesOf(db: Db, rows: readonly Row[]): Promise<Map<string, string>> {
  const closed = rows.flatMap(({ turnId, connection, ticketId, closedBy }) =>
    closedBy === null ? [] : [{ turnId, connection, freshdeskId: freshdeskIdOf(Number(ticketId), Number(closedBy)) }],
  );
  const messages = await db.message.findMany({
    where: { OR: closed.map(({ connection, freshdeskId }) => ({ connectionId: connection, freshdeskId })) },
    select: { connectionId: true, freshdeskId: true, html: true },
  });
  const htmlOf = new Map(messages.map((message) => [`${message.connectionId} ${message.freshdeskId}`, message.html]));
  return new Map(
    closed.flatMap(({ turnId, connection, freshdeskId }) => {
      const html = htmlOf.get(`${connection} ${freshdeskId}`);
      return html === undefined ? [] : [[turnId, html]];
    }),
  );
}
