import type { EpisodesQuery, EpisodeView, Report, ReportName, ReportQuery } from '../../../contract/reports.ts';
import type { Db } from '../../client.ts';
import type { Page, PageRequest } from '../../paging.ts';
import { createEarnedThresholds, type EarnedThresholds } from '../../turns/earned.ts';
import { type Cohort, cohortsOf, type CohortQuery } from './cohort.ts';
import { budgetsOf, costRows, costTotals } from './cost.ts';
import { listEpisodes } from './episode-list.ts';
import { outcomesPart } from './outcomes.ts';
import {
  articleRows,
  calibrationRows,
  draftRows,
  handoffRows,
  notInvolved,
  speedPart,
  subjectsPart,
  volumePart,
  type Head,
  HEAD,
} from './rows.ts';

/** What the ledger says (G). All throw EmptyWindow. */
export type Reports = {
  of<Name extends ReportName>(name: Name, query: Omit<ReportQuery, 'format'>): Promise<Report<Name>>;
  /** The conversations behind a figure; throws InvalidCursor. */
  episodes(query: CohortQuery & Pick<EpisodesQuery, 'figure'>, page: PageRequest): Promise<Page<EpisodeView>>;
};

type Part<Name extends ReportName> = Omit<NonNullable<Report<Name>['previous']>, 'window'>;

/** What a report says of a window, and of the one before it. */
const PART: { [Name in ReportName]: (db: Db, cohort: Cohort) => Promise<Part<Name>> } = {
  outcomes: outcomesPart,
  volume: volumePart,
  handoffs: withHead(handoffRows),
  drafts: withHead(draftRows),
  subjects: subjectsPart,
  speed: speedPart,
  cost: withHead(costRows),
  calibration: withHead(calibrationRows),
  articles: withHead(articleRows),
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
  const partOf = async (name: ReportName, cohort: Cohort) => ({
    window: cohort.window,
    ...(await PART[name](db, cohort)),
  });
  return {
    async of(name, { compare = false, ...query }) {
      const at = now();
      const { asked, before } = await cohortsOf(db, query, at);
      const [part, beside, previous] = await Promise.all([
        partOf(name, asked),
        BESIDE[name](db, asked, earned),
        compare ? partOf(name, before) : null,
      ]);
      return { ...part, ...beside, asOf: at, previous } as Report<typeof name>;
    },

    async episodes({ figure, ...query }, page) {
      const { asked } = await cohortsOf(db, query, now());
      return listEpisodes(db, asked, figure, page);
    },
  };
}

function withHead<Row>(rowsOf: (db: Db, cohort: Cohort) => Promise<Row>) {
  return async (db: Db, cohort: Cohort) => {
    const [head, rows] = await Promise.all([headOf(db, cohort), rowsOf(db, cohort)]);
    return { ...head, rows };
  };
}

async function headOf(db: Db, { rows }: Cohort): Promise<Head> {
  const [found] = await db.$queryRaw<Head[]>`SELECT ${HEAD} FROM ${rows} c`;
  return found ?? { n: 0, seeded: 0 };
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
