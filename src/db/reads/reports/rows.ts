import type { Report, ReportName } from '../../../contract/reports.ts';
import { CHANNELS } from '../../../contract/sessions.ts';
import { WISHED_REASONS } from '../../../domain/episode.ts';
import { wilson } from '../../../domain/wilson.ts';
import { Prisma } from '../../../generated/prisma/client.ts';
import type { Db } from '../../client.ts';
import { FIGURE } from '../episode-classes.ts';
import type { Cohort } from './cohort.ts';

export type Rows<Name extends ReportName> = Report<Name>['rows'];

const LONG_WINDOW_DAYS = 92;
const DAY_MS = 86_400_000;
/** Up to this distance a person has sent what was drafted. */
const CLOSE_ENOUGH = 0.1;
const READY = { drafts: 30, lowerBound: 0.8 };
const MOST_ROWS = 500;

export const count = (condition: Prisma.Sql) => Prisma.sql`count(*) FILTER (WHERE ${condition})::int`;
const percentile = (share: number, seconds: Prisma.Sql) =>
  Prisma.sql`percentile_cont(${share}::float8) WITHIN GROUP (ORDER BY ${seconds})`;
/** How many conversations a report counts, and how many of those the ledger was begun with. */
export type Head = { n: number; seeded: number };
export const HEAD = Prisma.sql`${count(FIGURE.counted)} AS n, ${count(Prisma.sql`c."seeded" AND ${FIGURE.counted}`)} AS seeded`;
export const ratio = (hits: number, n: number) => (n === 0 ? null : hits / n);

export async function volumePart(db: Db, { rows, window }: Cohort): Promise<Head & { rows: Rows<'volume'> }> {
  const { from, to, zone } = window;
  const unit = to.getTime() - from.getTime() > LONG_WINDOW_DAYS * DAY_MS ? 'week' : 'day';
  const found = await db.$queryRaw<(Rows<'volume'>[number] & { seeded: number })[]>`
    WITH steps AS MATERIALIZED (
      SELECT step, step AT TIME ZONE ${zone} AS begins, row_number() OVER (ORDER BY step)::int AS nth
      FROM generate_series(date_trunc(${unit}, ${from}::timestamptz AT TIME ZONE ${zone}),
        (${to}::timestamptz - interval '1 millisecond') AT TIME ZONE ${zone}, ('1 ' || ${unit})::interval) AS step
    ), counted AS (
      SELECT width_bucket(c."startedAt", (SELECT array_agg(begins ORDER BY nth) FROM steps)) AS nth,
        ${count(Prisma.sql`c."trigger" = 'new'`)} AS "new", ${count(Prisma.sql`c."trigger" IS DISTINCT FROM 'new'`)} AS returning,
        ${count(Prisma.sql`c.involved`)} AS involved, ${count(Prisma.sql`c."seeded"`)} AS seeded
      FROM ${rows} c WHERE ${FIGURE.counted} GROUP BY 1
    )
    SELECT steps.step::date::text AS "from", COALESCE(counted."new", 0) AS "new", COALESCE(counted.returning, 0) AS returning,
      COALESCE(counted.involved, 0) AS involved, COALESCE(counted.seeded, 0) AS seeded
    FROM steps LEFT JOIN counted ON counted.nth = steps.nth ORDER BY steps.nth`;
  return {
    n: found.reduce((sum, row) => sum + row.new + row.returning, 0),
    seeded: found.reduce((sum, row) => sum + row.seeded, 0),
    rows: found.map(({ seeded: _seeded, ...row }) => row),
  };
}

export async function notInvolved(db: Db, { rows }: Cohort): Promise<Report<'volume'>['notInvolved']> {
  return db.$queryRaw<Report<'volume'>['notInvolved']>`
    SELECT CASE WHEN c."blocked" THEN 'blocked' WHEN c."firstPersonReplyAt" IS NOT NULL THEN 'answered_by_person'
      WHEN c."takenAt" IS NOT NULL THEN 'taken_by_person' WHEN c."resolvedAt" IS NOT NULL THEN 'closed_in_freshdesk'
      ELSE 'other' END AS why, count(*)::int AS n
    FROM ${rows} c WHERE ${FIGURE.not_involved} GROUP BY 1 ORDER BY 2 DESC, 1`;
}

export async function handoffRows(db: Db, { rows }: Cohort): Promise<Rows<'handoffs'>> {
  const wait = Prisma.sql`date_part('epoch', h."firstPersonReplyAt" - h."handedOffAt")`;
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

export async function subjectsPart(db: Db, { rows }: Cohort): Promise<Head & { rows: Rows<'subjects'> }> {
  const found = await db.$queryRaw<(Rows<'subjects'>[number] & { seeded: number })[]>`
    SELECT c.subject, c."subjectKind" AS kind, count(*)::int AS n, ${count(FIGURE.blocked)} AS blocked,
      ${count(FIGURE.handed_off)} AS "handedOff", ${count(FIGURE.confirmed)} AS confirmed, ${count(FIGURE.assumed)} AS assumed,
      ${count(FIGURE.closed_with_team)} AS "closedWithTeam", ${count(FIGURE.answered_with_draft)} AS "answeredWithDraft",
      ${count(FIGURE.answered_without_draft)} AS "answeredWithoutDraft", ${count(FIGURE.open)} AS open,
      ${count(FIGURE.durable)} AS durable, ${count(FIGURE.came_back)} AS "cameBack", ${count(Prisma.sql`c."seeded"`)} AS seeded
    FROM ${rows} c WHERE ${FIGURE.counted} GROUP BY 1, 2 ORDER BY 3 DESC, 1`;
  return {
    n: found.reduce((sum, { n }) => sum + n, 0),
    seeded: found.reduce((sum, { seeded }) => sum + seeded, 0),
    rows: found.slice(0, MOST_ROWS).map(({ seeded: _seeded, ...row }) => row),
  };
}

const REPLIES = [
  ['ai', Prisma.sql`c."firstAiReplyAt"`],
  ['people', Prisma.sql`c."firstPersonReplyAt"`],
] as const;

/** Each figure by itself and none in groups: what a percentile is grouped by would have to be sorted first. */
export async function speedPart(db: Db, { rows }: Cohort): Promise<Head & { rows: Rows<'speed'> }> {
  const took = REPLIES.map(([who, at]) => {
    const seconds = Prisma.sql`CASE WHEN ${FIGURE.counted} AND ${at} >= c."startedAt" THEN date_part('epoch', ${at} - c."startedAt") END`;
    return Prisma.sql`${seconds} AS ${Prisma.raw(who)}`;
  });
  const places = REPLIES.flatMap(([who]) => (['all', ...CHANNELS] as const).map((channel) => ({ who, channel })));
  const figures = places.map(({ who, channel }) => {
    const seconds = Prisma.raw(`c.${who}`);
    const those =
      channel === 'all'
        ? Prisma.sql`${seconds} >= 0`
        : Prisma.sql`${seconds} >= 0 AND c."channel" = ${channel}::"Channel"`;
    return Prisma.sql`jsonb_build_object('n', ${count(those)},
      'medianSeconds', ${percentile(0.5, seconds)} FILTER (WHERE ${those}),
      'p90Seconds', ${percentile(0.9, seconds)} FILTER (WHERE ${those}))`;
  });
  type Found = Head & { figures: Pick<Rows<'speed'>[number], 'n' | 'medianSeconds' | 'p90Seconds'>[] };
  const [found] = await db.$queryRaw<Found[]>`
    SELECT ${HEAD}, jsonb_build_array(${Prisma.join(figures)}) AS figures
    FROM (SELECT c.outcome, c."seeded", c."channel", ${Prisma.join(took)} FROM ${rows} c OFFSET '0') c`;
  const { figures: of = [], ...head } = found ?? { n: 0, seeded: 0 };
  return {
    ...head,
    rows: places.flatMap(({ who, channel }, nth) => {
      const row = of[nth];
      return row === undefined || row.n === 0 ? [] : [{ who, channel, ...row }];
    }),
  };
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
      SELECT a."articleId", max(a."title") AS title, count(*)::int AS cited, ${count(Prisma.sql`t."outcome" = 'replied'`)} AS answers,
        ${count(Prisma.sql`t."outcome" = 'drafted'`)} AS drafts, ${count(FIGURE.handed_off)} AS "handedOff",
        ${count(Prisma.sql`c."draftFate" = 'ignored'`)} AS ignored, ${count(FIGURE.came_back)} AS "cameBack", max(t."at") AS "lastCitedAt"
      FROM ${rows} c JOIN "Turn" t ON t."sessionId" = c."sessionId" AND t."episode" = c."number"
        CROSS JOIN LATERAL (SELECT s."articleId", max(s."title") AS title
          FROM jsonb_to_recordset(t."sources") AS s ("articleId" text, "title" text)
          WHERE s."articleId" IS NOT NULL GROUP BY 1) a
      WHERE ${FIGURE.counted} GROUP BY 1
    ), known AS (
      SELECT "id"::text AS "articleId", "title" FROM "KnowledgeArticle" WHERE "connectionId" = ANY(${connections.map(({ id }) => id)})
    )
    SELECT "articleId", COALESCE(known.title, cited.title, '') AS title, known.title IS NOT NULL AS known,
      COALESCE(cited.cited, 0) AS cited, COALESCE(cited.answers, 0) AS answers, COALESCE(cited.drafts, 0) AS drafts,
      COALESCE(cited."handedOff", 0) AS "handedOff", COALESCE(cited.ignored, 0) AS ignored,
      COALESCE(cited."cameBack", 0) AS "cameBack", cited."lastCitedAt"
    FROM cited FULL JOIN known USING ("articleId") ORDER BY 4 DESC, 2, 1 LIMIT ${MOST_ROWS}`;
}
