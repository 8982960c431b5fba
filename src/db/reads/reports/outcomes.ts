import type { Report, Tile } from '../../../contract/reports.ts';
import { type Figure, TILE_OF, TILES } from '../../../domain/figures.ts';
import { wilson } from '../../../domain/wilson.ts';
import { Prisma } from '../../../generated/prisma/client.ts';
import type { Db } from '../../client.ts';
import { countsOf, FIGURE } from '../episode-classes.ts';
import { waitingOnAny } from '../session-filter.ts';
import type { Cohort } from './cohort.ts';
import { ratio, type Rows } from './rows.ts';

/** Whom an open conversation waits for. */
const STATE = Prisma.sql`CASE WHEN s."id" IS NULL THEN 'went_on' WHEN s."heldSince" IS NOT NULL THEN 'held'
  WHEN w."id" IS NOT NULL THEN 'waits_for_ai' WHEN c."drafts" > 0 AND c."draftFate" IS NULL THEN 'draft_waits'
  WHEN c."takenAt" IS NOT NULL OR s."status" = 'handed_off' THEN 'with_people' ELSE 'waits_for_customer' END`;

/** What the tiles are made of, and how many there are at all. */
const COUNTED = [...new Set<Figure>(['all', ...TILES.flatMap((name) => [TILE_OF[name].hits, TILE_OF[name].n])])];

type Group = Pick<Rows<'outcomes'>[number], 'outcome' | 'detail'> & Record<Figure | 'seeded', number>;
type Outcomes = Pick<Report<'outcomes'>, 'n' | 'seeded' | 'rows' | 'tiles'>;

/**
 * Rows, tiles and head. What all of them ask for is first counted together: of many conversations there are few kinds, and
 * each figure is asked of a kind once. Only the open ones are looked for among the sessions.
 */
export async function outcomesPart(db: Db, cohort: Cohort): Promise<Outcomes> {
  const reading = db.$queryRaw<Group[]>`
    WITH kinds AS (
      SELECT c.outcome, c.returned, c.involved, c.mature, c."mode", c."draftFate", c."seeded", count(*) AS n
      FROM ${cohort.rows} c GROUP BY 1, 2, 3, 4, 5, 6, 7
    )
    SELECT c.outcome, c.returned AS detail, COALESCE(sum(c.n) FILTER (WHERE c."seeded" AND ${FIGURE.counted}), 0)::int AS seeded,
      ${countsOf(COUNTED)}
    FROM kinds c GROUP BY 1, 2 ORDER BY 1, 2`;
  // PostgreSQL cannot know how few kinds there are, and would sort all of them on disk for want of room.
  const [[, groups], open] = await Promise.all([
    db.$transaction([db.$executeRaw`SET LOCAL work_mem = '64MB'`, reading]),
    openStates(db, cohort),
  ]);
  const sum = (of: Figure | 'seeded') => groups.reduce((total, group) => total + group[of], 0);
  return {
    n: sum('counted'),
    seeded: sum('seeded'),
    rows: groups
      .flatMap(({ outcome, detail, all: n }) => (outcome === 'open' ? open : [{ outcome, detail, n }]))
      .map((row) => ({ ...row, share: row.outcome === 'not_counted' ? null : ratio(row.n, sum('counted')) })),
    tiles: TILES.map((name): Tile => {
      const { hits: hitsFigure, n: nFigure } = TILE_OF[name];
      const [hits, n] = [sum(hitsFigure), sum(nFigure)];
      return { name, hits, n, share: ratio(hits, n), interval: wilson(hits, n), hitsFigure, nFigure };
    }),
  };
}

async function openStates(db: Db, { rows, connections }: Cohort) {
  return db.$queryRaw<Pick<Rows<'outcomes'>[number], 'outcome' | 'detail' | 'n'>[]>`
    SELECT c.outcome, ${STATE} AS detail, count(*)::int AS n
    FROM ${rows} c
      LEFT JOIN "Session" s ON s."id" = c."sessionId" AND s."episode" = c."number"
      LEFT JOIN (${waitingOnAny(connections)}) w ON w."id" = s."id"
    WHERE c.outcome = 'open' GROUP BY 1, 2 ORDER BY 1, 2`;
}
