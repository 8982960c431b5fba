import type { ReportQuery } from '../../../contract/reports.ts';
import { isDate } from '../../../contract/settings.ts';
import type { Settings } from '../../../domain/settings.ts';
import { Prisma } from '../../../generated/prisma/client.ts';
import type { Db } from '../../client.ts';
import { parseStoredSettings } from '../../connections/settings.ts';
import { classified, SUBJECT } from '../episode-classes.ts';
import { LISTED_CONNECTION, type ListedConnection } from '../session-filter.ts';

export type CohortQuery = Omit<ReportQuery, 'compare' | 'format'>;

/** From, inclusive, to, exclusive; `zone` tells where days begin. */
export type Window = { from: Date; to: Date; zone: string };

/** `to` is not after `from`. */
export class EmptyWindow extends Error {
  constructor() {
    super('The window has no time in it.');
    this.name = 'EmptyWindow';
  }
}

/** The conversations that a report is about: `FROM cohort.rows c`. */
export type Cohort = {
  window: Window;
  rows: Prisma.Sql;
  /** So many of them, the newest; null: all. `where` is a condition on `"Episode" e`. */
  newest: (most: number | null, where: Prisma.Sql) => Prisma.Sql;
  connections: (Omit<ListedConnection, 'settings'> & { settings: Settings })[];
  now: Date;
};

const DEFAULT_DAYS = 28;

/** Of `e` or `c`: an order without ties. */
export function newestFirst(of: 'e' | 'c'): Prisma.Sql {
  const row = Prisma.raw(of);
  return Prisma.sql`ORDER BY ${row}."startedAt" DESC, ${row}."number" DESC, ${row}."sessionId" DESC`;
}

/** The asked-for conversations, and those of the window of the same length before it. Throws EmptyWindow. */
export async function cohortsOf(db: Db, query: CohortQuery, now: Date): Promise<{ asked: Cohort; before: Cohort }> {
  const connections = (await db.connection.findMany({ select: LISTED_CONNECTION }))
    .filter(({ id }) => query.connection === undefined || id === query.connection)
    .map((row) => ({ ...row, settings: parseStoredSettings(row.settings) }));
  const { asked, before } = await windowsOf(db, query, now);
  const of = (window: Window): Cohort => ({
    window,
    connections,
    now,
    rows: Prisma.sql`(${classified(connections, now, conditions(query, window))})`,
    newest: (most, where) => {
      const these = Prisma.sql`${conditions(query, window)} AND ${where}`;
      const part = most === null ? Prisma.empty : Prisma.sql`${newestFirst('e')} LIMIT ${most}`;
      return Prisma.sql`(${classified(connections, now, these, part)})`;
    },
  });
  return { asked: of(asked), before: of(before) };
}

/** A day of the clock on the wall is as long as it is: the days of a daylight-saving change have 23 or 25 hours. */
async function windowsOf(
  db: Db,
  { from, to, zone }: CohortQuery,
  now: Date,
): Promise<{ asked: Window; before: Window }> {
  const day = (at: string) => Prisma.sql`${at}::date::timestamp`;
  const instant = (at: Date) => Prisma.sql`(${at}::timestamptz AT TIME ZONE ${zone})`;
  const end =
    to === undefined
      ? Prisma.sql`(${instant(now)}::date + 1)::timestamp`
      : isDate(to)
        ? Prisma.sql`(${day(to)} + interval '1 day')`
        : instant(new Date(to));
  const start =
    from === undefined
      ? Prisma.sql`(${end} - make_interval(days => ${DEFAULT_DAYS}::int))`
      : isDate(from)
        ? day(from)
        : instant(new Date(from));
  const [found] = await db.$queryRaw<{ start: Date; end: Date; earlier: Date }[]>`
    SELECT w.start AT TIME ZONE ${zone} AS start, w.stop AT TIME ZONE ${zone} AS "end",
      (w.start - (w.stop - w.start)) AT TIME ZONE ${zone} AS earlier
    FROM (SELECT ${start} AS start, ${end} AS stop) w`;
  if (found === undefined || found.start >= found.end) throw new EmptyWindow();
  return {
    asked: { from: found.start, to: found.end, zone },
    before: { from: found.earlier, to: found.start, zone },
  };
}

function conditions({ channel, mode, group, tag, subject }: CohortQuery, { from, to }: Window): Prisma.Sql {
  return Prisma.join(
    [
      Prisma.sql`e."startedAt" >= ${from}::timestamptz AND e."startedAt" < ${to}::timestamptz`,
      channel === undefined ? null : Prisma.sql`e."channel" = ${channel}::"Channel"`,
      mode === undefined ? null : Prisma.sql`e."mode" = ${mode}`,
      group === undefined ? null : Prisma.sql`e."groupId" = ${BigInt(group)}`,
      tag === undefined ? null : Prisma.sql`e."tags" @> ARRAY[${tag}]`,
      subject === undefined ? null : Prisma.sql`${SUBJECT} = ${subject}`,
    ].filter((condition) => condition !== null),
    ' AND ',
  );
}
