import { CHANNELS } from '../../contract/sessions.ts';
import { type Outcome, WISHED_REASONS } from '../../domain/episode.ts';
import type { Figure } from '../../domain/figures.ts';
import type { Settings } from '../../domain/settings.ts';
import { Prisma } from '../../generated/prisma/client.ts';

// G3, G9: the ledger holds facts, and here they become classes, when somebody asks. Reports, the lists behind their figures
// and the filter of sessions all read `classified`, so that a figure and its list cannot differ.

/** A connection, as far as classes depend on its settings. */
export type Patience = { id: string; settings: Pick<Settings, 'channels' | 'reports'> };

const HOURS_A_DAY = 24;
const SECONDS_AN_HOUR = 3_600;

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

/** The same contact has opened another ticket with a question: neither thanks nor spam. */
const CAME_BACK_ELSEWHERE = Prisma.sql`EXISTS (SELECT 1 FROM "Episode" later
  WHERE later."contactKey" = s."contactKey" AND later."connectionId" = s."connectionId"
    AND later."ticketId" <> s."ticketId" AND later."trigger" = 'new' AND later."startedAt" > s."resolvedAt"
    AND later."startedAt" <= s."resolvedAt" + s.back AND (later."voided" IS NULL OR later."voided" NOT IN ('nothing_to_answer', 'spam')))`;

/** A report by topic alone would be blank: topics are rare. */
export const SUBJECT = Prisma.sql`COALESCE(e."topic", e."leadTitle", e."groupId"::text, '')`;
export const SUBJECT_KIND = Prisma.sql`CASE WHEN e."topic" IS NOT NULL THEN 'topic' WHEN e."leadTitle" IS NOT NULL THEN 'article'
  WHEN e."groupId" IS NOT NULL THEN 'group' ELSE 'none' END`;

/**
 * The episodes that `where` lets through (conditions on `"Episode" e`), each with its `outcome`, with what `returned` (null
 * unless the AI has closed it), its subject area, whether the AI was `involved`, and whether it is `mature`: old enough to have
 * been closed after silence and to have come back after that. Those of connections that are not named are left out.
 *
 * OFFSET has PostgreSQL tell each class once for each row, and not once for each mention of it. It is a word and no number
 * because only then may several processes tell them at once. `part`: ORDER BY and LIMIT, where not all are wanted.
 */
export function classified(
  connections: readonly Patience[],
  now: Date,
  where: Prisma.Sql,
  part: Prisma.Sql = Prisma.empty,
): Prisma.Sql {
  return Prisma.sql`
    SELECT s.*, CASE
      WHEN s.outcome NOT IN ('confirmed', 'assumed') THEN NULL
      WHEN s."resolvedAt" > ${now}::timestamptz - s.back THEN 'too_early'
      WHEN s."cameBackAt" <= s."resolvedAt" + s.back THEN 'came_back_here'
      WHEN ${CAME_BACK_ELSEWHERE} THEN 'came_back_elsewhere'
      ELSE 'durable' END AS returned
    FROM (
      SELECT e.*, ${SUBJECT} AS subject, ${SUBJECT_KIND} AS "subjectKind", ${OUTCOME} AS outcome,
        e."aiReplies" > 0 OR e."drafts" > 0 OR e."handedOffAt" IS NOT NULL AS involved,
        e."startedAt" <= ${now}::timestamptz - ${silenceOf(connections)} - ${backOf(connections)} AS mature,
        ${backOf(connections)} AS back
      FROM "Episode" e WHERE e."connectionId" = ANY(${connections.map(({ id }) => id)}) AND ${where} ${part} OFFSET '0'
    ) s OFFSET '0'`;
}

/** How long after its end a conversation may come back. */
function backOf(connections: readonly Patience[]): Prisma.Sql {
  return hours(connections, ({ reports }) => reports.returnWindowDays * HOURS_A_DAY);
}

/** How long silence has to last. */
function silenceOf(connections: readonly Patience[]): Prisma.Sql {
  return Prisma.sql`CASE e."channel" ${Prisma.join(
    CHANNELS.map(
      (channel) =>
        Prisma.sql`WHEN ${channel}::"Channel" THEN ${hours(connections, ({ channels }) => channels[channel].autoResolveAfterHours)}`,
    ),
    ' ',
  )} END`;
}

/** A span of time by connection. Most say the same: only those that do not are looked at for each row. */
function hours(connections: readonly Patience[], of: (settings: Patience['settings']) => number): Prisma.Sql {
  const span = (value: number) => Prisma.sql`make_interval(secs => ${value * SECONDS_AN_HOUR}::float8)`;
  const [most, ...others] = [...Map.groupBy(connections, ({ settings }) => of(settings))].toSorted(
    ([, one], [, other]) => other.length - one.length,
  );
  if (most === undefined) return span(0);
  if (others.length === 0) return span(most[0]);
  const cases = others.map(
    ([value, some]) => Prisma.sql`WHEN e."connectionId" = ANY(${some.map(({ id }) => id)}) THEN ${span(value)}`,
  );
  return Prisma.sql`CASE ${Prisma.join(cases, ' ')} ELSE ${span(most[0])} END`;
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

/** How many of each figure, in one reading of rows that stand for `n` conversations each. */
export function countsOf(figures: readonly Figure[]): Prisma.Sql {
  return Prisma.join(
    figures.map(
      (figure) =>
        Prisma.sql`COALESCE(sum(c.n) FILTER (WHERE ${FIGURE[figure]}), 0)::int AS ${Prisma.raw(`"${figure}"`)}`,
    ),
  );
}
