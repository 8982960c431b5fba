import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Response, Router } from 'express';
import { episode, episodesQuery, reportQuery, type ReportName, reports as schemas } from '../contract/reports.ts';
import type { Reports } from '../db/reads/reports/reports.ts';
import { csvLine } from './csv.ts';
import { documented, type Operation } from './document.ts';
import { given } from './request-parsing.ts';
import { onlyMethods } from './problems.ts';

const ABOUT = {
  outcomes: ['reportOutcomes', 'What became of the conversations: each has one outcome'],
  volume: ['reportVolume', 'How many there were by day or week, new apart from returning'],
  handoffs: ['reportHandoffs', 'Why they went to people, and how long people took'],
  drafts: ['reportDrafts', 'What people made of the drafts, and which subject areas are ready for autopilot'],
  subjects: ['reportSubjects', 'The outcomes by subject area'],
  speed: ['reportSpeed', 'The time to the first reply, of the AI and of people'],
  cost: ['reportCost', 'Tokens and money by day and model'],
  calibration: ['reportCalibration', 'How often the AI was right, by how sure it was'],
  articles: ['reportArticles', 'Which articles answers rest on, and what became of those'],
} as const satisfies Record<ReportName, readonly [string, string]>;
const NAMES = Object.keys(ABOUT) as ReportName[];

const CSV = { 'text/csv': { schema: { type: 'string' as const } } };

export const reportOperations: Operation[] = [
  ...NAMES.map((name) => {
    const [operation, summary] = ABOUT[name];
    return documented(operation, {
      tag: 'Reports',
      summary,
      description: 'Definitions are in docs/reports.md. With `format=csv` the rows alone.',
      ok: 'The report',
      problems: [400],
      besides: CSV,
    });
  }),
  documented('listEpisodes', {
    tag: 'Reports',
    summary: 'The conversations behind a figure, the newest first',
    description: 'With `format=csv` all of them, not a page.',
    ok: 'A page',
    problems: [400],
    besides: CSV,
  }),
];

const columns = episode.keyof().options;

/** Conversations read at once for a file. */
const BATCH = 1_000;

/** The ledger in numbers, and the lists behind them (G1). */
export function reportRoutes(reports: Reports): Router {
  const router = Router();
  router
    .route('/reports/episodes')
    .get(async ({ query }, response) => {
      const { cursor, limit, format, ...asked } = given(episodesQuery, query, 'query');
      if (format === 'json')
        return void response.json(await reports.episodes(asked, { cursor: cursor ?? null, limit }));
      let page = await reports.episodes(asked, { cursor: cursor ?? null, limit: BATCH });
      async function* lines() {
        yield csvLine(Object.keys(episode.shape));
        for (;;) {
          yield page.items.map((item) => csvLine(columns.map((column) => item[column]))).join('');
          if (page.nextCursor === null) return;
          page = await reports.episodes(asked, { cursor: page.nextCursor, limit: BATCH });
        }
      }
      await sendCsv(response, 'episodes', lines());
    })
    .all(onlyMethods('GET'));

  for (const name of NAMES) {
    router
      .route(`/reports/${name}`)
      .get(async ({ query }, response) => {
        const { format, ...asked } = given(reportQuery, query, 'query');
        const report = await reports.of(name, asked);
        if (format === 'json') return void response.json(report);
        const names = Object.keys(schemas[name].shape.rows.element.shape);
        const rows: readonly Record<string, unknown>[] = report.rows;
        await sendCsv(response, name, [
          csvLine(names),
          ...rows.map((row) => csvLine(names.map((column) => row[column] as Parameters<typeof csvLine>[0][number]))),
        ]);
      })
      .all(onlyMethods('GET'));
  }
  return router;
}

async function sendCsv(
  response: Response,
  name: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  response.type('text/csv').attachment(`${name}.csv`);
  await pipeline(Readable.from(lines), response);
}
