import { type Outcome, WISHED_REASONS } from '../../domain/episode.ts';
import type { Figure } from '../../domain/figures.ts';
import type { Settings } from '../../domain/settings.ts';
import { Prisma } from '../../generated/prisma/client.ts';

// G3, G9: the ledger holds facts, and here they become classes, when somebody asks. Reports, the lists behind their figures
// and the filter of sessions all read `classified`, so that a figure and its list cannot differ.

/** A connection, as far as classes depend on its settings. */
export type Patience = { id: string; settings: Pick<Settings, 'channels' | 'reports'> };

const HOURS_A_DAY = 24;

/** Of `"Episode" e`: the first match wins. */
const OUTCOME = Prisma.sql`CASE
  WHEN e."voided" IS NOT NULL OR e."backfilled" THEN 'not_counted'
  WHEN e."blocked" THEN 'blocked'
  WHEN e."routed" OR (e."handedOffAt" IS NOT NULL AND e."mode" = 'autopilot') THEN 'handed_off'
  WHEN e."resolvedAt" IS NOT NULL AND e."aiReplies" > 0 THEN CASE
    WHEN e."resolvedBy" = 'ai' AND e."firstPersonReplyAt" IS NULL AND e."closure" = 'resolved' THEN 'confirmed'
    WHEN e."resolvedBy" = 'ai' AND e."firstPersonReplyAt" IS NULL AND e."closure" = 'assumed_resolved' THEN 'assumed'
    ELSE 'closed_with_team' END
  WHEN e."draftFate" IN ('sent', 'edited') THEN 'answered_with_draft'
  WHEN e."firstPersonReplyAt" IS NOT NULL OR e."resolvedAt" IS NOT NULL THEN 'answered_without_draft'
  ELSE 'open' END`;

/** Of `"Session" s`: its present conversation has come to that. */
export function presently(outcome: Outcome): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM "Episode" e
    WHERE e."sessionId" = s."id" AND e."number" = s."episode" AND ${OUTCOME} = ${outcome})`;
}

/** A question, and neither thanks nor spam. */
const IS_QUESTION = Prisma.sql`(later."voided" IS NULL OR later."voided" NOT IN ('nothing_to_answer', 'spam'))`;

/** The customer has reopened the ticket; once its session was removed, that is another session of the same ticket. */
const CAME_BACK_HERE = Prisma.sql`EXISTS (SELECT 1 FROM "Episode" later
  WHERE later."connectionId" = e."connectionId" AND later."ticketId" = e."ticketId"
    AND later."trigger" = 'reopened_by_customer' AND later."startedAt" <= e."resolvedAt" + g.back AND ${IS_QUESTION}
    AND CASE WHEN later."sessionId" = e."sessionId" THEN later."number" > e."number" ELSE later."startedAt" > e."resolvedAt" END)`;

/** The same contact has opened another ticket. */
const CAME_BACK_ELSEWHERE = Prisma.sql`EXISTS (SELECT 1 FROM "Episode" later
  WHERE later."contactKey" = e."contactKey" AND later."connectionId" = e."connectionId"
    AND later."ticketId" <> e."ticketId" AND later."trigger" = 'new' AND later."startedAt" > e."resolvedAt"
    AND later."startedAt" <= e."resolvedAt" + g.back AND ${IS_QUESTION})`;

/** A report by topic alone would be blank: topics are rare. */
export const SUBJECT = Prisma.sql`COALESCE(e."topic", e."leadTitle", e."groupId"::text, '')`;
export const SUBJECT_KIND = Prisma.sql`CASE WHEN e."topic" IS NOT NULL THEN 'topic' WHEN e."leadTitle" IS NOT NULL THEN 'article'
  WHEN e."groupId" IS NOT NULL THEN 'group' ELSE 'none' END`;

/**
 * The episodes that `where` lets through (conditions on `"Episode" e`), each with its `outcome`, with what `returned` (null
 * unless the AI has closed it), its subject area, whether the AI was `involved`, and whether it is `mature`: old enough to have
 * been closed after silence and to have come back after that. Those of connections that are not named are left out. OFFSET 0 has
 * PostgreSQL tell each class once for each row, and not once for each mention of it.
 */
export function classified(connections: readonly Patience[], now: Date, where: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT e.*, ${SUBJECT} AS subject, ${SUBJECT_KIND} AS "subjectKind",
      e."aiReplies" > 0 OR e."drafts" > 0 OR e."handedOffAt" IS NOT NULL AS involved,
      e."startedAt" <= ${now}::timestamptz - g.silence - g.back AS mature,
      o.outcome, r.returned
    FROM "Episode" e
    JOIN (${patienceOf(connections)}) g ON g.connection = e."connectionId" AND g.channel = e."channel"::text
    CROSS JOIN LATERAL (SELECT ${OUTCOME} AS outcome OFFSET 0) o
    CROSS JOIN LATERAL (SELECT CASE
      WHEN o.outcome NOT IN ('confirmed', 'assumed') THEN NULL
      WHEN e."resolvedAt" > ${now}::timestamptz - g.back THEN 'too_early'
      WHEN ${CAME_BACK_HERE} THEN 'came_back_here'
      WHEN ${CAME_BACK_ELSEWHERE} THEN 'came_back_elsewhere'
      ELSE 'durable' END AS returned OFFSET 0) r
    WHERE ${where}`;
}

/** By connection and channel: how long after its end a conversation may come back, and how long silence has to last. */
function patienceOf(connections: readonly Patience[]): Prisma.Sql {
  const rows = connections.flatMap(({ id, settings: { channels, reports } }) =>
    Object.entries(channels).map(
      ([channel, { autoResolveAfterHours }]) =>
        Prisma.sql`(${id}::text, ${channel}::text, ${reports.returnWindowDays * HOURS_A_DAY}::float8, ${autoResolveAfterHours}::float8)`,
    ),
  );
  const none = Prisma.sql`SELECT ''::text, ''::text, 0::float8, 0::float8 WHERE false`;
  return Prisma.sql`SELECT p.connection, p.channel, make_interval(secs => p.back * 3600) AS back,
      make_interval(secs => p.silence * 3600) AS silence
    FROM (${rows.length === 0 ? none : Prisma.sql`VALUES ${Prisma.join(rows)}`}) AS p (connection, channel, back, silence)`;
}

const CLOSED_DRAFT = Prisma.sql`c."draftFate" IN ('sent', 'edited', 'ignored')`;
const COUNTED = Prisma.sql`c.outcome <> 'not_counted'`;
const AUTOPILOT = Prisma.sql`c.involved AND ${COUNTED} AND c."mode" = 'autopilot'`;
const ASSIST = Prisma.sql`c.involved AND ${COUNTED} AND c."mode" IS DISTINCT FROM 'autopilot'`;
const RESOLVED = Prisma.sql`c.outcome IN ('confirmed', 'assumed')`;
const ALL_WISHED = Prisma.sql`c."handoffReasons" <@ ${[...WISHED_REASONS]}::text[]`;
const being = (outcome: string) => Prisma.sql`c.outcome = ${outcome}`;

/** Each figure as a condition on `classified` c. */
export const FIGURE: Record<Figure, Prisma.Sql> = {
  all: Prisma.sql`true`,
  counted: COUNTED,
  not_counted: being('not_counted'),
  blocked: being('blocked'),
  handed_off: being('handed_off'),
  confirmed: being('confirmed'),
  assumed: being('assumed'),
  closed_with_team: being('closed_with_team'),
  answered_with_draft: being('answered_with_draft'),
  answered_without_draft: being('answered_without_draft'),
  open: being('open'),
  involved: Prisma.sql`c.involved AND ${COUNTED}`,
  not_involved: Prisma.sql`NOT c.involved AND ${COUNTED}`,
  involved_autopilot: AUTOPILOT,
  involved_assist: ASSIST,
  mature: Prisma.sql`c.mature AND ${AUTOPILOT}`,
  mature_durable: Prisma.sql`c.mature AND ${AUTOPILOT} AND c.returned = 'durable'`,
  resolved_autopilot: Prisma.sql`${RESOLVED} AND ${AUTOPILOT}`,
  settled: Prisma.sql`${RESOLVED} AND c.returned <> 'too_early'`,
  came_back: Prisma.sql`c.returned IN ('came_back_here', 'came_back_elsewhere')`,
  came_back_here: Prisma.sql`c.returned = 'came_back_here'`,
  came_back_elsewhere: Prisma.sql`c.returned = 'came_back_elsewhere'`,
  durable: Prisma.sql`c.returned = 'durable'`,
  too_early: Prisma.sql`c.returned = 'too_early'`,
  handed_off_autopilot: Prisma.sql`${being('handed_off')} AND ${AUTOPILOT}`,
  handed_off_assist: Prisma.sql`${being('handed_off')} AND ${ASSIST}`,
  handed_off_wished: Prisma.sql`${being('handed_off')} AND ${ALL_WISHED}`,
  handed_off_fixable: Prisma.sql`${being('handed_off')} AND NOT ${ALL_WISHED}`,
  drafts_closed: Prisma.sql`${COUNTED} AND ${CLOSED_DRAFT}`,
  drafts_used: Prisma.sql`${COUNTED} AND c."draftFate" IN ('sent', 'edited')`,
  drafts_sent: Prisma.sql`${COUNTED} AND c."draftFate" = 'sent'`,
  drafts_edited: Prisma.sql`${COUNTED} AND c."draftFate" = 'edited'`,
  drafts_ignored: Prisma.sql`${COUNTED} AND c."draftFate" = 'ignored'`,
  drafts_superseded: Prisma.sql`${COUNTED} AND c."draftFate" = 'superseded'`,
  drafts_open: Prisma.sql`${COUNTED} AND c."drafts" > 0 AND c."draftFate" IS NULL`,
};

/** How many of each figure, in one reading. */
export function countsOf(figures: readonly Figure[]): Prisma.Sql {
  return Prisma.join(
    figures.map((figure) => Prisma.sql`count(*) FILTER (WHERE ${FIGURE[figure]})::int AS ${Prisma.raw(`"${figure}"`)}`),
  );
}
