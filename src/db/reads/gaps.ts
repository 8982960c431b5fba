import type { Gap, GapPatch, GapsQuery } from '../../contract/gaps.ts';
import { ANSWER_PROBLEMS } from '../../domain/plan-detail.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { storable } from '../storable.ts';
import { SUBJECT, SUBJECT_KIND } from './episode-classes.ts';

/** A gap, and what its examples asked. */
export type FoundGap = Omit<Gap, 'state' | 'askedAgain'> & {
  dismissed: boolean;
  /** The knowledge has changed since it was last seen. */
  knowledgeChanged: boolean;
  questions: string[];
};

/** What the knowledge lacks: conversations that went to people for it, by kind and subject area, the most frequent first. */
export type Gaps = {
  list(connectionId: string, query: Pick<GapsQuery, 'days'>): Promise<FoundGap[]>;
  /** False where there is no such gap to be dismissed. */
  mark(connectionId: string, patch: GapPatch, who: string): Promise<boolean>;
};

const EXAMPLES = 9;
const MOST_GAPS = 100;
const DAY_MS = 86_400_000;
const MOST_CHARACTERS = 2_000;

/** By what is refused in an answer, and not by a budget or a model that is down (N5). */
const BY_GUARD = [...ANSWER_PROBLEMS, 'check_failed'];

/** The last plan of an episode that lacked knowledge, with its kind; null for all others. */
const KIND = Prisma.sql`CASE
  WHEN e."draftFate" = 'ignored' OR (e."handoffReasons" && ARRAY['low_confidence', 'insufficient_knowledge']
    AND EXISTS (SELECT 1 FROM "Turn" t WHERE t."sessionId" = e."sessionId" AND t."episode" = e."number" AND t."detail" = ANY(${BY_GUARD})))
    THEN 'rejected'
  WHEN e."handoffReasons" && ARRAY['insufficient_knowledge'] AND e."leadTitle" IS NULL THEN 'nothing_found'
  WHEN e."handoffReasons" && ARRAY['low_confidence', 'insufficient_knowledge'] THEN 'not_sure' END`;

export function createGaps(db: Db, { now = () => new Date() }: { now?: () => Date } = {}): Gaps {
  return {
    async list(connectionId, { days }) {
      const from = new Date(now().getTime() - days * DAY_MS);
      const rows = await db.$queryRaw<
        (Omit<FoundGap, 'examples' | 'questions' | 'dismissed'> & { sessions: string[] })[]
      >`
        WITH lacking AS (
          SELECT e."sessionId", e."startedAt", k.kind, ${SUBJECT} AS subject, ${SUBJECT_KIND} AS "subjectKind"
          FROM "Episode" e CROSS JOIN LATERAL (SELECT ${KIND} AS kind) k
          WHERE e."connectionId" = ${connectionId} AND e."startedAt" >= ${from}::timestamptz AND e."voided" IS NULL
            AND NOT e."backfilled" AND k.kind IS NOT NULL
        ), grouped AS (
          SELECT kind, subject, "subjectKind", count(*)::int AS conversations, min("startedAt") AS "firstSeenAt",
            max("startedAt") AS "lastSeenAt", (array_agg("sessionId"::text ORDER BY "startedAt" DESC))[1:${EXAMPLES}::int] AS sessions
          FROM lacking GROUP BY 1, 2, 3
        )
        SELECT g.*, md5(g.kind || ' ' || g."subjectKind" || ' ' || g.subject) AS id, d."reason",
          EXISTS (SELECT 1 FROM "KnowledgeArticle" a WHERE a."connectionId" = ${connectionId} AND a."updatedAt" > g."lastSeenAt")
            AS "knowledgeChanged"
        FROM grouped g LEFT JOIN "DismissedGap" d ON d."connectionId" = ${connectionId}
          AND d."gap" = md5(g.kind || ' ' || g."subjectKind" || ' ' || g.subject)
        ORDER BY conversations DESC, "lastSeenAt" DESC LIMIT ${MOST_GAPS}`;
      const asked = await askedIn(
        db,
        rows.flatMap(({ sessions }) => sessions),
      );
      return rows.map(({ sessions, ...row }) => {
        const found = sessions.flatMap((id) => asked.get(id) ?? []);
        return {
          ...row,
          dismissed: row.reason !== null,
          examples: found.map(({ question: _question, ...example }) => example),
          questions: found.flatMap(({ question }) => (question === null ? [] : [question])),
        };
      });
    },

    async mark(connectionId, patch, who) {
      const key = { connectionId, gap: patch.gap };
      if (patch.state === 'open') return (await db.dismissedGap.deleteMany({ where: key })).count > 0;
      const data = { reason: storable(patch.reason), who, at: now() };
      await db.dismissedGap.upsert({
        where: { connectionId_gap: key },
        create: { ...key, ...data },
        update: data,
      });
      return true;
    },
  };
}

type Example = Gap['examples'][number] & { question: string | null };

/** By session: what its customer asked first. */
async function askedIn(db: Db, sessionIds: readonly string[]): Promise<Map<string, Example>> {
  const rows = await db.$queryRaw<(Omit<Example, 'ticketId'> & { ticketId: bigint })[]>`
    SELECT s."id" AS session, s."ticketId", s."subject", s."ticketCreatedAt" AS at, (
      SELECT left(m."text", ${MOST_CHARACTERS}::int) FROM "Message" m WHERE m."sessionId" = s."id" AND m."author" = 'customer'
        AND m."ignoredBy" IS NULL ORDER BY m."seq" LIMIT 1) AS question
    FROM "Session" s WHERE s."id" = ANY(${[...sessionIds]}::uuid[]) AND s."erasedAt" IS NULL`;
  return new Map(rows.map((row) => [row.session, { ...row, ticketId: Number(row.ticketId) }]));
}
