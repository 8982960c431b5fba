// npm run calibrate: fits the confidence by meaning, on public FAQs and the golden tickets of the part `fit`, and writes it into
// src/ai/knowledge/likely.ts; with --full-text that of full text instead, on those tickets, into calibration.ts. `npm run eval`
// measures on the parts that were not used.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { logistic, logOdds, topicOf, wordsOf, type Evidence } from '../../src/ai/knowledge/calibration.ts';
import type { Match } from '../../src/ai/knowledge/confidence.ts';
import { weigh, type Reading, type Readings } from '../../src/ai/knowledge/retrieval.ts';
import { createTestDatabase, type TestDatabase } from '../../testbed/database.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { calibrateByMeaning } from './calibrate-meaning.ts';
import { goldenTickets, isRight, openGolden, partOf, type GoldenTicket } from '../golden/golden.ts';
import { fitLogistic, type Example } from '../golden/logistic.ts';

const FILE = path.join(import.meta.dirname, '../../src/ai/knowledge/calibration.ts');
/** How much the weights are pulled towards nothing: there are only some eighty tickets. */
const PENALTY = 0.3;

type Asked = { ticket: GoldenTicket; readings: Readings; fileOf: (articleId: string) => string };

const { values: chosen } = parseArgs({ options: { 'full-text': { type: 'boolean', default: false } } });
const server = await startTestServer(process.env['DATABASE_URL']);
const databases: TestDatabase[] = [];
try {
  const lines = chosen['full-text'] ? await calibrateByWords() : await calibrateByMeaning(nextDatabase);
  process.stdout.write(`${lines.join('\n')}\n`);
} finally {
  for (const one of databases) await one.drop();
  await server.stop();
}

async function nextDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  databases.push(database);
  return database;
}

async function calibrateByWords(): Promise<string[]> {
  const golden = await openGolden((await nextDatabase()).url);
  const asked: Asked[] = [];
  try {
    for (const ticket of goldenTickets().filter((one) => partOf(one) === 'fit')) {
      const readings = await golden.readings(ticket);
      if (readings !== null) asked.push({ ticket, readings, fileOf: golden.fileOf });
    }
  } finally {
    await golden.close();
  }
  const likelihood = fitLikelihood(asked);
  write(likelihood, fitConfidence(asked, likelihood));
  return [`Fitted on ${asked.length} golden tickets and written to ${path.relative(process.cwd(), FILE)}.`];
}

/** Each way to read a ticket is an example: whether the article it leads to is among the right ones. */
function fitLikelihood(tickets: readonly Asked[]): number[] {
  const examples = tickets.flatMap(({ ticket, readings, fileOf }) => {
    const matches = [...readings.wholes, ...readings.parts].flatMap(({ match }) => (match === null ? [] : [match]));
    return matches.map((match): Example => ({
      features: featuresOf(match.evidence),
      label: ticket.verdict === 'answer' && ticket.articles.includes(fileOf(match.articleId)),
      weight: 1 / matches.length,
    }));
  });
  // More of anything that speaks for an article never makes it less likely.
  return fitLogistic(examples, PENALTY, [Number.NEGATIVE_INFINITY, 0, 0, 0, 0, 0, 0]);
}

function featuresOf(evidence: Evidence): number[] {
  const { passage, named, known, margin } = evidence;
  return [passage, named, topicOf(evidence), known, wordsOf(evidence), margin];
}

/** Each ticket is an example: whether the answer that the most likely reading gives is right. */
function fitConfidence(tickets: readonly Asked[], weights: readonly number[]): number[] {
  const relikely = (match: Match | null): Match | null =>
    match === null
      ? null
      : {
          ...match,
          likelihood: logistic(
            [1, ...featuresOf(match.evidence)].reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0),
          ),
        };
  const again = ({ match, foreign }: Reading): Reading => ({ match: relikely(match), foreign: relikely(foreign) });
  const examples = tickets.flatMap(({ ticket, readings, fileOf }): Example[] => {
    const { wholes, parts } = readings;
    const found = weigh({ ...readings, wholes: wholes.map(again), parts: parts.map(again) });
    if (found.likelihood === 0) return [];
    const cited = [...new Set(found.matches.map(({ articleId }) => fileOf(articleId)))];
    return [
      {
        features: [logOdds(found.likelihood), readings.aboutOwn ? 1 : 0, found.doubts.disputed ? 1 : 0],
        label: isRight(ticket, cited),
        weight: 1,
      },
    ];
  });
  return fitLogistic(examples, PENALTY);
}

function write(likelihood: readonly number[], confidence: readonly number[]): void {
  const numbers = (names: readonly string[], values: readonly number[]) =>
    names.map((name, index) => `${name}: ${(values[index] ?? 0).toFixed(3).replace(/\.?0+$/, '')}`).join(', ');
  const fitted = `export const FITTED = {
  likelihood: { ${numbers(['bias', 'passage', 'named', 'topic', 'known', 'words', 'margin'], likelihood)} },
  confidence: { ${numbers(['bias', 'likelihood', 'aboutOwn', 'disputed'], confidence)} },
};`;
  writeFileSync(
    FILE,
    readFileSync(FILE, 'utf8').replace(/export const FITTED = \{[\s\S]*?\n\};/, () => fitted),
  );
}
