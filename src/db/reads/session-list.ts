import type { SessionCounts, SessionFilter, SessionSort, SessionView } from '../../contract/sessions.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { decodeTime, type Page, type PageRequest, toPage } from '../paging.ts';
import {
  LISTED_CONNECTION,
  type ListedConnection,
  matching,
  ONGOING,
  OPEN_DRAFT,
  OWNED,
  waitingOnAny,
} from './session-filter.ts';
import { groupsOf, viewsOf, withItsConnection } from './session-view.ts';

/** Tags and groups in the counts. */
const MOST_FREQUENT = 30;

type Order = { key: Prisma.Sql; ascending: boolean };

const ORDER: Record<SessionSort, Order> = {
  changed: { key: Prisma.sql`s."updatedAt"`, ascending: false },
  unchanged: { key: Prisma.sql`s."updatedAt"`, ascending: true },
  began: { key: Prisma.sql`s."ticketCreatedAt"`, ascending: false },
  waiting: { key: Prisma.sql`w.since`, ascending: true },
};

/** Throws InvalidCursor. */
export async function listSessions(
  db: Db,
  { sort, ...filter }: SessionFilter & { sort: SessionSort },
  { cursor, limit }: PageRequest,
  now: Date,
): Promise<Page<SessionView>> {
  const connections = await listed(db);
  const { key, ascending } = ORDER[sort];
  const waits =
    sort === 'waiting'
      ? Prisma.sql`JOIN (${waitingOnAny(connections, filter.connection)}) w ON w."id" = s."id"`
      : Prisma.empty;
  const direction = ascending ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const places = await db.$queryRaw<{ id: string; key: Date }[]>`
    SELECT s."id", ${key} AS "key" FROM "Session" s JOIN "Connection" k ON k."id" = s."connectionId" ${waits}
    WHERE ${matching(filter, connections)} AND ${cursor === null ? Prisma.sql`true` : beyond(cursor, key, ascending)}
    ORDER BY ${key} ${direction}, s."id" ${direction} LIMIT ${limit + 1}`;
  const page = toPage(
    places,
    limit,
    (place) => BigInt(place.key.getTime()),
    ({ id }) => id,
  );
  const rows = await db.session.findMany({ where: { id: { in: page.items } }, include: withItsConnection });
  const placeOf = new Map(page.items.map((id, place) => [id, place]));
  const sorted = rows.toSorted((one, other) => (placeOf.get(one.id) ?? 0) - (placeOf.get(other.id) ?? 0));
  return { items: await viewsOf(db, sorted, now), nextCursor: page.nextCursor };
}

function beyond(cursor: string, key: Prisma.Sql, ascending: boolean): Prisma.Sql {
  const { at, id } = decodeTime(cursor);
  const than = ascending ? Prisma.sql`>` : Prisma.sql`<`;
  return Prisma.sql`(${key}, s."id") ${than} (${at}::timestamptz, ${id}::uuid)`;
}

/** How many sessions each value of a filter would show, the other filters kept. */
export async function countSessions(db: Db, filter: SessionFilter): Promise<SessionCounts> {
  const connections = await listed(db);
  const among = (without: (keyof SessionFilter)[]) => {
    const kept = { ...filter, ...Object.fromEntries(without.map((name) => [name, undefined])) };
    // Only the owner is told by the connection; joining it all the same costs as much as counting.
    const joined = kept.owner === undefined ? Prisma.empty : WITH_CONNECTION;
    return Prisma.sql`FROM "Session" s ${joined} WHERE ${matching(kept, connections)}`;
  };
  const count = async (without: (keyof SessionFilter)[], condition: Prisma.Sql) => {
    const [found] = await db.$queryRaw<
      { count: number }[]
    >`SELECT count(*)::int AS count ${among(without)} AND ${condition}`;
    return found?.count ?? 0;
  };
  /** These count the same sessions: one pass over them by what an index has, and then one over what they have in common. */
  const together = async (
    names: Facet[],
    without: (keyof SessionFilter)[],
  ): Promise<Map<Facet | 'total', Counted[]>> => {
    const raw = (text: (name: Facet, nth: number) => string) => names.map((name, nth) => Prisma.raw(text(name, nth)));
    const keys = names.map((name) => Prisma.sql`${FACETS[name].key} AS ${Prisma.raw(`"${name}"`)}`);
    const which = raw((name) => `WHEN GROUPING("${name}") = 0 THEN '${name}'`);
    const values = raw((name) => `WHEN GROUPING("${name}") = 0 THEN ${FACETS[name].value}`);
    const rows = await db.$queryRaw<(Counted & { facet: Facet | 'total' })[]>`
      SELECT CASE WHEN false THEN '' ${Prisma.join([...which, Prisma.sql`ELSE 'total'`], ' ')} END AS facet,
        CASE WHEN false THEN '' ${Prisma.join([...values, Prisma.empty], ' ')} END AS value, sum(alike)::int AS count
      FROM (SELECT ${Prisma.join([Prisma.sql`s.alike`, ...keys])}
        FROM (SELECT ${ALIKE}, count(*) AS alike ${among(without)} GROUP BY ${ALIKE}) s ${WITH_CONNECTION}) counted
      GROUP BY GROUPING SETS (${Prisma.join([Prisma.sql`()`, ...raw((name) => `("${name}")`)])}) ORDER BY 3 DESC, 2`;
    return Map.groupBy(rows, ({ facet }) => facet);
  };
  const free = FACET_NAMES.filter((name) => filter[name] === undefined);
  /** One that a filter is set on counts what that filter leaves out as well. */
  const alone = async (name: Facet) => (free.includes(name) ? [] : ((await together([name], [name])).get(name) ?? []));
  const [counted, status, owners, channel, groups, tags, held, waiting, openDrafts] = await Promise.all([
    together(free, []),
    alone('status'),
    alone('owner'),
    alone('channel'),
    alone('group'),
    db.$queryRaw<Counted[]>`
      SELECT value, sum(alike)::int AS count
      FROM (SELECT s."tags", count(*) AS alike ${among(['tag'])} GROUP BY 1) s CROSS JOIN unnest(s."tags") AS value
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MOST_FREQUENT}`,
    count(['held'], Prisma.sql`s."heldSince" IS NOT NULL`),
    count(['waiting'], Prisma.sql`s."id" IN (SELECT w."id" FROM (${waitingOnAny(connections, filter.connection)}) w)`),
    // Open sessions are few, and asked one by one for theirs: without the OFFSET all turns of all time are joined.
    count(
      ['draft'],
      Prisma.sql`${ONGOING} AND EXISTS (SELECT 1 FROM "Draft" d JOIN "Turn" t ON t."id" = d."turnId"
        WHERE d."sessionId" = s."id" AND t."episode" = s."episode" AND ${OPEN_DRAFT} OFFSET 0)`,
    ),
  ]);
  const of = (name: Facet, own: Counted[]) => (free.includes(name) ? (counted.get(name) ?? []) : own);
  const names = new Map(connections.flatMap(groupsOf).map(({ id, name }) => [id, name]));
  return {
    total: counted.get('total')?.[0]?.count ?? 0,
    status: { ...NO_STATUS, ...valued(of('status', status)) },
    owner: { ...NO_OWNER, ...valued(of('owner', owners)) },
    channel: { ...NO_CHANNEL, ...valued(of('channel', channel)) },
    waiting,
    held,
    openDrafts,
    groups: of('group', groups)
      .slice(0, MOST_FREQUENT)
      .flatMap(({ value, count: n }) =>
        value === null ? [] : [{ id: Number(value), name: names.get(Number(value)) ?? null, count: n }],
      ),
    tags: tags.map(({ value, count: n }) => ({ tag: value ?? '', count: n })),
  };
}

const WITH_CONNECTION = Prisma.sql`JOIN "Connection" k ON k."id" = s."connectionId"`;
/** All that the facets are told by: the columns of one index, in its order. */
const ALIKE = Prisma.sql`s."connectionId", s."status", s."channel", s."groupId", s."responderId"`;

type Facet = 'status' | 'owner' | 'channel' | 'group';
type Counted = { value: string | null; count: number };

/** By what a facet is grouped, and what that is called. */
const FACETS: Record<Facet, { key: Prisma.Sql; value: string }> = {
  status: { key: Prisma.sql`s."status"`, value: '"status"::text' },
  owner: {
    key: OWNED.ai,
    value: `CASE WHEN "owner" IS NULL THEN 'none' WHEN "owner" THEN 'ai' ELSE 'human' END`,
  },
  channel: { key: Prisma.sql`s."channel"`, value: '"channel"::text' },
  group: { key: Prisma.sql`s."groupId"`, value: '"group"::text' },
};
const FACET_NAMES = Object.keys(FACETS) as Facet[];

const NO_STATUS = { open: 0, handed_off: 0, closed_resolved: 0, closed_unresolved: 0 };
const NO_OWNER = { ai: 0, human: 0, none: 0 };
const NO_CHANNEL = { email: 0, web: 0, phone: 0, other: 0 };

function valued(rows: readonly Counted[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ value, count }) => [value ?? '', count]));
}

async function listed(db: Db): Promise<ListedConnection[]> {
  return db.connection.findMany({ select: LISTED_CONNECTION });
}
