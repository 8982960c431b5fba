import type { EpisodesQuery, EpisodeView, Report, ReportName, ReportQuery, Tile } from '../../../contract/reports.ts';
import { type Figure, TILE_OF, TILES } from '../../../domain/figures.ts';
import { wilson } from '../../../domain/wilson.ts';
import type { Db } from '../../client.ts';
import type { Page, PageRequest } from '../../paging.ts';
import { createEarnedThresholds, type EarnedThresholds } from '../../turns/earned.ts';
import { countsOf, FIGURE } from '../episode-classes.ts';
import { type Cohort, cohortsOf, type CohortQuery } from './cohort.ts';
import { budgetsOf, costRows, costTotals } from './cost.ts';
import { listEpisodes } from './episode-list.ts';
import {
  articleRows,
  calibrationRows,
  draftRows,
  handoffRows,
  notInvolved,
  outcomeRows,
  ratio,
  type Rows,
  speedRows,
  subjectRows,
  volumeRows,
} from './rows.ts';

/** What the ledger says (G). All throw EmptyWindow. */
export type Reports = {
  of<Name extends ReportName>(name: Name, query: Omit<ReportQuery, 'format'>): Promise<Report<Name>>;
  /** The conversations behind a figure; throws InvalidCursor. */
  episodes(query: CohortQuery & Pick<EpisodesQuery, 'figure'>, page: PageRequest): Promise<Page<EpisodeView>>;
};

const ROWS: { [Name in ReportName]: (db: Db, cohort: Cohort) => Promise<Rows<Name>> } = {
  outcomes: outcomeRows,
  volume: volumeRows,
  handoffs: handoffRows,
  drafts: draftRows,
  subjects: subjectRows,
  speed: speedRows,
  cost: costRows,
  calibration: calibrationRows,
  articles: articleRows,
};

type Earned = Pick<EarnedThresholds, 'standing'>;

type Beside<Name extends ReportName> = Omit<
  Report<Name>,
  'window' | 'n' | 'seeded' | 'tiles' | 'rows' | 'asOf' | 'previous'
>;

const nothing = async () => ({});

/** What a report says beside its rows, of the asked-for window alone. */
const BESIDE: { [Name in ReportName]: (db: Db, cohort: Cohort, earned: Earned) => Promise<Beside<Name>> } = {
  outcomes: async (db, cohort) => ({ minutesSaved: await minutesSaved(db, cohort) }),
  volume: async (db, cohort) => ({ notInvolved: await notInvolved(db, cohort) }),
  handoffs: nothing,
  drafts: nothing,
  subjects: nothing,
  speed: nothing,
  cost: async (db, cohort) => ({ totals: await costTotals(db, cohort), budgets: await budgetsOf(db, cohort) }),
  calibration: async (_db, { connections }, earned) => ({
    thresholds: await Promise.all(
      connections.map(async ({ id, settings: { handoff } }) => ({
        connection: id,
        threshold:
          handoff.confidenceThreshold === 'earned'
            ? (await earned.standing(id)).threshold
            : handoff.confidenceThreshold,
      })),
    ),
  }),
  articles: nothing,
};

export function createReports(
  db: Db,
  {
    now = () => new Date(),
    earned = createEarnedThresholds(db, { engine: 'embedded' }),
  }: { now?: () => Date; earned?: Earned } = {},
): Reports {
  return {
    async of(name, { compare = false, ...query }) {
      const at = now();
      const { asked, before } = await cohortsOf(db, query, at);
      const [part, beside, previous] = await Promise.all([
        partOf(db, name, asked),
        BESIDE[name](db, asked, earned),
        compare ? partOf(db, name, before) : null,
      ]);
      return { ...part, ...beside, asOf: at, previous } as Report<typeof name>;
    },

    async episodes({ figure, ...query }, page) {
      const { asked } = await cohortsOf(db, query, now());
      return listEpisodes(db, asked, figure, page);
    },
  };
}

async function partOf<Name extends ReportName>(db: Db, name: Name, cohort: Cohort) {
  const [head, rows, tiles] = await Promise.all([
    headOf(db, cohort),
    ROWS[name](db, cohort),
    name === 'outcomes' ? tilesOf(db, cohort) : null,
  ]);
  return { window: cohort.window, ...head, rows, ...(tiles === null ? {} : { tiles }) };
}

async function headOf(db: Db, { rows }: Cohort): Promise<{ n: number; seeded: number }> {
  const [found] = await db.$queryRaw<{ n: number; seeded: number }[]>`
    SELECT count(*)::int AS n, count(*) FILTER (WHERE c."seeded")::int AS seeded FROM ${rows} c WHERE ${FIGURE.counted}`;
  return found ?? { n: 0, seeded: 0 };
}

async function tilesOf(db: Db, { rows }: Cohort): Promise<Tile[]> {
  const figures = [...new Set<Figure>(TILES.flatMap((name) => [TILE_OF[name].hits, TILE_OF[name].n]))];
  const [found] = await db.$queryRaw<Record<Figure, number>[]>`SELECT ${countsOf(figures)} FROM ${rows} c`;
  return TILES.map((name): Tile => {
    const { hits: hitsFigure, n: nFigure } = TILE_OF[name];
    const [hits, n] = [found?.[hitsFigure] ?? 0, found?.[nFigure] ?? 0];
    return { name, hits, n, share: ratio(hits, n), interval: wilson(hits, n), hitsFigure, nFigure };
  });
}

/** Durable resolutions of each connection by its own minutes; null while none has said how many a ticket takes. */
async function minutesSaved(db: Db, { rows, connections }: Cohort): Promise<number | null> {
  const told = connections.filter(({ settings }) => settings.reports.minutesPerTicket !== null);
  if (told.length === 0) return null;
  const found = await db.$queryRaw<{ connection: string; durable: number }[]>`
    SELECT c."connectionId" AS connection, count(*)::int AS durable FROM ${rows} c WHERE c.returned = 'durable' GROUP BY 1`;
  return told.reduce(
    (sum, { id, settings }) =>
      sum +
      (found.find(({ connection }) => connection === id)?.durable ?? 0) * (settings.reports.minutesPerTicket ?? 0),
    0,
  );
}
