import type { Report, ReportName } from '../../../contract/reports.ts';
import { WISHED_REASONS } from '../../../domain/episode.ts';
import { wilson } from '../../../domain/wilson.ts';
import { Prisma } from '../../../generated/prisma/client.ts';
import type { Db } from '../../client.ts';
import { FIGURE } from '../episode-classes.ts';
import { waitingOnAny } from '../session-filter.ts';
import type { Cohort } from './cohort.ts';

export type Rows<Name extends ReportName> = Report<Name>['rows'];

const LONG_WINDOW_DAYS = 92;
const DAY_MS = 86_400_000;
/** Up to this distance a person has sent what was drafted. */
const CLOSE_ENOUGH = 0.1;
const READY = { drafts: 30, lowerBound: 0.8 };
const MOST_ROWS = 500;

const count = (condition: Prisma.Sql) => Prisma.sql`count(*) FILTER (WHERE ${condition})::int`;
const percentile = (share: number, seconds: Prisma.Sql) =>
  Prisma.sql`percentile_cont(${share}::float8) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM ${seconds})::float8)`;
export const ratio = (hits: number, n: number) => (n === 0 ? null : hits / n);

/** Whom an open conversation waits for. */
const STATE = Prisma.sql`CASE WHEN s."id" IS NULL THEN 'went_on' WHEN s."heldSince" IS NOT NULL THEN 'held'
  WHEN w."id" IS NOT NULL THEN 'waits_for_ai' WHEN c."drafts" > 0 AND c."draftFate" IS NULL THEN 'draft_waits'
  WHEN c."takenAt" IS NOT NULL OR s."status" = 'handed_off' THEN 'with_people' ELSE 'waits_for_customer' END`;

export async function outcomeRows(db: Db, { rows, connections }: Cohort): Promise<Rows<'outcomes'>> {
  const found = await db.$queryRaw<Omit<Rows<'outcomes'>[number], 'share'>[]>`
    SELECT c.outcome, CASE WHEN c.outcome = 'open' THEN ${STATE} ELSE c.returned END AS detail, count(*)::int AS n
    FROM ${rows} c
      LEFT JOIN "Session" s ON c.outcome = 'open' AND s."id" = c."sessionId" AND s."episode" = c."number"
      LEFT JOIN (${waitingOnAny(connections)}) w ON w."id" = s."id"
    GROUP BY 1, 2 ORDER BY 1, 2`;
  const counted = found.reduce((sum, { outcome, n }) => sum + (outcome === 'not_counted' ? 0 : n), 0);
  return found.map((row) => ({ ...row, share: row.outcome === 'not_counted' ? null : ratio(row.n, counted) }));
}

export async function volumeRows(db: Db, { rows, window }: Cohort): Promise<Rows<'volume'>> {
  const { from, to, zone } = window;
  const unit = to.getTime() - from.getTime() > LONG_WINDOW_DAYS * DAY_MS ? 'week' : 'day';
  return db.$queryRaw<Rows<'volume'>>`
    WITH steps AS (
      SELECT generate_series(date_trunc(${unit}, ${from}::timestamptz AT TIME ZONE ${zone}),
        (${to}::timestamptz - interval '1 millisecond') AT TIME ZONE ${zone}, ('1 ' || ${unit})::interval)::date AS step
    ), counted AS (
      SELECT date_trunc(${unit}, c."startedAt" AT TIME ZONE ${zone})::date AS step, c."trigger", c.involved
      FROM ${rows} c WHERE ${FIGURE.counted}
    )
    SELECT steps.step::text AS "from", ${count(Prisma.sql`counted."trigger" = 'new'`)} AS "new",
      ${count(Prisma.sql`counted.step IS NOT NULL AND counted."trigger" IS DISTINCT FROM 'new'`)} AS returning,
      ${count(Prisma.sql`counted.involved`)} AS involved
    FROM steps LEFT JOIN counted ON counted.step = steps.step GROUP BY steps.step ORDER BY steps.step`;
}

export async function notInvolved(db: Db, { rows }: Cohort): Promise<Report<'volume'>['notInvolved']> {
  return db.$queryRaw<Report<'volume'>['notInvolved']>`
    SELECT CASE WHEN c."blocked" THEN 'blocked' WHEN c."firstPersonReplyAt" IS NOT NULL THEN 'answered_by_person'
      WHEN c."takenAt" IS NOT NULL THEN 'taken_by_person' WHEN c."resolvedAt" IS NOT NULL THEN 'closed_in_freshdesk'
      ELSE 'other' END AS why, count(*)::int AS n
    FROM ${rows} c WHERE ${FIGURE.not_involved} GROUP BY 1 ORDER BY 2 DESC, 1`;
}

export async function handoffRows(db: Db, { rows }: Cohort): Promise<Rows<'handoffs'>> {
  const wait = Prisma.sql`h."firstPersonReplyAt" - h."handedOffAt"`;
  const answered = Prisma.sql`h."firstPersonReplyAt" >= h."handedOffAt"`;
  const found = await db.$queryRaw<Omit<Rows<'handoffs'>[number], 'wished' | 'share'>[]>`
    WITH h AS (SELECT * FROM ${rows} c WHERE ${FIGURE.handed_off})
    SELECT r.reason, count(*)::int AS n, ${count(answered)} AS answered,
      ${count(Prisma.sql`h."firstPersonReplyAt" IS NULL AND h."resolvedAt" IS NULL AND h."endedAt" IS NULL`)} AS "stillWaiting",
      ${percentile(0.5, wait)} FILTER (WHERE ${answered}) AS "medianWaitSeconds",
      ${percentile(0.9, wait)} FILTER (WHERE ${answered}) AS "p90WaitSeconds"
    FROM h CROSS JOIN LATERAL unnest(ARRAY['all'] || h."handoffReasons") AS r (reason)
    GROUP BY r.reason ORDER BY r.reason <> 'all', 2 DESC, 1`;
  const all = found.find(({ reason }) => reason === 'all')?.n ?? 0;
  const wished = new Set<string>(WISHED_REASONS);
  return found.map((row) => ({ ...row, wished: wished.has(row.reason), share: ratio(row.n, all) }));
}

/** Somebody of the desk says that a draft of it would have done harm. */
const HARMFUL = Prisma.sql`EXISTS (SELECT 1 FROM "Turn" t JOIN "Review" r ON r."turnId" = t."id"
  WHERE t."sessionId" = c."sessionId" AND t."episode" = c."number" AND r."harmful")`;

export async function draftRows(db: Db, { rows }: Cohort): Promise<Rows<'drafts'>> {
  type Found = Pick<
    Rows<'drafts'>[number],
    'subject' | 'channel' | 'sent' | 'edited' | 'ignored' | 'superseded' | 'open'
  > & {
    closeEnough: number;
    harmful: number;
    distance: number | null;
  };
  const found = await db.$queryRaw<Found[]>`
    SELECT c.subject, c."channel", ${count(FIGURE.drafts_sent)} AS sent, ${count(FIGURE.drafts_edited)} AS edited,
      ${count(FIGURE.drafts_ignored)} AS ignored, ${count(FIGURE.drafts_superseded)} AS superseded,
      ${count(FIGURE.drafts_open)} AS open,
      ${count(Prisma.sql`${FIGURE.drafts_closed} AND c."distance" <= ${CLOSE_ENOUGH}`)} AS "closeEnough",
      ${count(HARMFUL)} AS harmful,
      avg(c."distance") FILTER (WHERE ${FIGURE.drafts_closed}) AS distance
    FROM ${rows} c WHERE ${FIGURE.counted} AND c."drafts" > 0
    GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT ${MOST_ROWS}`;
  return found.map(({ distance, ...row }) => {
    const closed = row.sent + row.edited + row.ignored;
    const lowerBound = wilson(row.closeEnough, closed)?.from ?? null;
    const missing = [
      ...(closed < READY.drafts ? ['drafts'] : []),
      ...(lowerBound === null || lowerBound < READY.lowerBound ? ['closeness'] : []),
      ...(row.harmful > 0 ? ['review'] : []),
    ];
    return {
      ...row,
      acceptance: ratio(row.sent + row.edited, closed),
      asIs: ratio(row.sent, closed),
      fidelity: distance === null ? null : 1 - distance,
      lowerBound,
      ready: missing.length === 0,
      missing: missing.join(', '),
    };
  });
}

export async function subjectRows(db: Db, { rows }: Cohort): Promise<Rows<'subjects'>> {
  return db.$queryRaw<Rows<'subjects'>>`
    SELECT c.subject, c."subjectKind" AS kind, count(*)::int AS n, ${count(FIGURE.blocked)} AS blocked,
      ${count(FIGURE.handed_off)} AS "handedOff", ${count(FIGURE.confirmed)} AS confirmed, ${count(FIGURE.assumed)} AS assumed,
      ${count(FIGURE.closed_with_team)} AS "closedWithTeam", ${count(FIGURE.answered_with_draft)} AS "answeredWithDraft",
      ${count(FIGURE.answered_without_draft)} AS "answeredWithoutDraft", ${count(FIGURE.open)} AS open,
      ${count(FIGURE.durable)} AS durable, ${count(FIGURE.came_back)} AS "cameBack"
    FROM ${rows} c WHERE ${FIGURE.counted} GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT ${MOST_ROWS}`;
}

export async function speedRows(db: Db, { rows }: Cohort): Promise<Rows<'speed'>> {
  return db.$queryRaw<Rows<'speed'>>`
    SELECT v.who, COALESCE(c."channel"::text, 'all') AS channel, count(*)::int AS n,
      ${percentile(0.5, Prisma.sql`v.at - c."startedAt"`)} AS "medianSeconds",
      ${percentile(0.9, Prisma.sql`v.at - c."startedAt"`)} AS "p90Seconds"
    FROM ${rows} c CROSS JOIN LATERAL (VALUES ('ai', c."firstAiReplyAt"), ('people', c."firstPersonReplyAt")) AS v (who, at)
    WHERE ${FIGURE.counted} AND v.at >= c."startedAt"
    GROUP BY GROUPING SETS ((v.who), (v.who, c."channel")) ORDER BY 1, 2`;
}

export async function calibrationRows(db: Db, { rows }: Cohort): Promise<Rows<'calibration'>> {
  const found = await db.$queryRaw<{ from: number; to: number; n: number; mean: number; good: number }[]>`
    SELECT min(g."confidence") AS "from", max(g."confidence") AS "to", count(*)::int AS n, avg(g."confidence") AS mean,
      count(*) FILTER (WHERE g.good)::int AS good
    FROM (
      SELECT c."confidence", COALESCE(c."distance" <= ${CLOSE_ENOUGH} OR c.returned = 'durable', false) AS good,
        ntile(5) OVER (ORDER BY c."confidence") AS part
      FROM ${rows} c WHERE c."confidence" IS NOT NULL AND ((${FIGURE.drafts_closed}) OR (${FIGURE.settled}))
    ) g GROUP BY g.part ORDER BY g.part`;
  return found.map((row) => {
    const reach = wilson(row.good, row.n);
    return { ...row, share: ratio(row.good, row.n), lower: reach?.from ?? null, upper: reach?.to ?? null };
  });
}

export async function articleRows(db: Db, { rows, connections }: Cohort): Promise<Rows<'articles'>> {
  return db.$queryRaw<Rows<'articles'>>`
    WITH cited AS (
      SELECT a."articleId", max(a."title") AS title, count(DISTINCT t."id")::int AS cited,
        count(DISTINCT t."id") FILTER (WHERE t."outcome" = 'replied')::int AS answers,
        count(DISTINCT t."id") FILTER (WHERE t."outcome" = 'drafted')::int AS drafts,
        count(DISTINCT t."id") FILTER (WHERE c.outcome = 'handed_off')::int AS "handedOff",
        count(DISTINCT t."id") FILTER (WHERE c."draftFate" = 'ignored')::int AS ignored,
        count(DISTINCT t."id") FILTER (WHERE ${FIGURE.came_back})::int AS "cameBack", max(t."at") AS "lastCitedAt"
      FROM ${rows} c JOIN "Turn" t ON t."sessionId" = c."sessionId" AND t."episode" = c."number"
        CROSS JOIN LATERAL jsonb_to_recordset(t."sources") AS a ("articleId" text, "title" text)
      WHERE ${FIGURE.counted} AND a."articleId" IS NOT NULL GROUP BY 1
    ), known AS (
      SELECT "id"::text AS "articleId", "title" FROM "KnowledgeArticle" WHERE "connectionId" = ANY(${connections.map(({ id }) => id)})
    )
    SELECT "articleId", COALESCE(known.title, cited.title, '') AS title, known.title IS NOT NULL AS known,
      COALESCE(cited.cited, 0) AS cited, COALESCE(cited.answers, 0) AS answers, COALESCE(cited.drafts, 0) AS drafts,
      COALESCE(cited."handedOff", 0) AS "handedOff", COALESCE(cited.ignored, 0) AS ignored,
      COALESCE(cited."cameBack", 0) AS "cameBack", cited."lastCitedAt"
    FROM cited FULL JOIN known USING ("articleId") ORDER BY 4 DESC, 2, 1 LIMIT ${MOST_ROWS}`;
}
