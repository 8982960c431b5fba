// npm run calibrate: fits the embedded engine's confidence, that of full text on the golden tickets of the part `fit` and that
// by meaning on public FAQs as well, and writes the numbers into src/ai/knowledge/calibration.ts and likely.ts. `npm run eval`
// measures on the parts that were not used.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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

type Asked = { ticket: GoldenTicket; readings: Readings };

const server = await startTestServer(process.env['DATABASE_URL']);
const database = await createTestDatabase();
const databases: TestDatabase[] = [database];
const golden = await openGolden(database.url);
try {
  const asked: Asked[] = [];
  for (const ticket of goldenTickets().filter((one) => partOf(one) === 'fit')) {
    const readings = await golden.readings(ticket);
    if (readings !== null) asked.push({ ticket, readings });
  }
  const likelihood = fitLikelihood(asked);
  const confidence = fitConfidence(asked, likelihood);
  write(likelihood, confidence);
  const byMeaning = await calibrateByMeaning(async () => {
    const another = await createTestDatabase();
    databases.push(another);
    return another;
  });
  process.stdout.write(`${byMeaning.join('\n')}\n`);
  process.stdout.write(
    `Fitted on ${asked.length} golden tickets and written to ${path.relative(process.cwd(), FILE)}.\n`,
  );
} finally {
  await golden.close();
  for (const one of databases) await one.drop();
  await server.stop();
}

/** Each way to read a ticket is an example: whether the article it leads to is among the right ones. */
function fitLikelihood(tickets: readonly Asked[]): number[] {
  const examples = tickets.flatMap(({ ticket, readings }) => {
    const matches = [...readings.wholes, ...readings.parts].flatMap(({ match }) => (match === null ? [] : [match]));
    return matches.map((match): Example => ({
      features: featuresOf(match.evidence),
      label: ticket.verdict === 'answer' && ticket.articles.includes(golden.fileOf(match.articleId)),
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
  const examples = tickets.flatMap(({ ticket, readings }): Example[] => {
    const { wholes, parts } = readings;
    const found = weigh({ ...readings, wholes: wholes.map(again), parts: parts.map(again) });
    if (found.likelihood === 0) return [];
    const cited = [...new Set(found.matches.map(({ articleId }) => golden.fileOf(articleId)))];
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
