import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { confidenceOf, valuesOf, type Features } from '../../src/ai/knowledge/likely.ts';
import { readMarkdownFolder } from '../../src/ai/knowledge/markdown-knowledge.ts';
import type { TestDatabase } from '../../testbed/database.ts';
import { goldenTickets, partOf } from '../golden/golden.ts';
import { fitLogistic, type Example } from '../golden/logistic.ts';
import { calibrationError } from './calibration-error.ts';
import { openCorpus, readCorpus, shopCorpus, SHOPS, type Corpus } from './corpora.ts';
import { CORPORA } from './faq.ts';
import { missing } from './evaluation.ts';

const FILE = path.join(import.meta.dirname, '../../src/ai/knowledge/likely.ts');
const GOLDEN = path.join(import.meta.dirname, '../golden/knowledge');
const PENALTY = 1;
const MOST_QUESTIONS = 450;
const BOTS = ['curekart', 'powerplay11'];
/** How much a corpus counts beside a FAQ's hundred: a shop bot's intents are no articles, and our own tickets are kind. */
const WEIGHTS = { faq: 100, golden: 50, shop: 20 };
/** More of anything that speaks for an article never makes it less likely. */
const LEAST = [Number.NEGATIVE_INFINITY, 0, 0, 0, 0];

type Seen = { features: Features; right: boolean };
type Sample = { seen: Seen[]; weight: number };

/**
 * Fits the confidence by meaning on the public FAQs, what people wrote to two shop bots, and the golden tickets of the part
 * `fit`, and writes it into the source. Says how far it is off on a corpus that it was not fitted on.
 * @returns what there is to say, a line each
 */
export async function calibrateByMeaning(database: () => Promise<TestDatabase>): Promise<string[]> {
  const files = Object.keys(CORPORA);
  const absent = missing({ needs: [...files, SHOPS] });
  if (absent.length > 0) return [`By meaning nothing is fitted: ../shared/data lacks ${absent.join(', ')}.`];
  const samples = new Map<string, Sample>();
  const add = async (name: string, corpus: Corpus, weight: number) => {
    samples.set(name, { seen: await seenIn(corpus, database), weight });
  };
  for (const file of files) await add(file, readCorpus(file, MOST_QUESTIONS), WEIGHTS.faq);
  for (const bot of BOTS) await add(bot, shopCorpus(bot), WEIGHTS.shop);
  await add('golden tickets', await goldenCorpus(), WEIGHTS.golden);
  const lines = [...samples].map(([name, { seen }]) => {
    const { bias, weights } = fit([...samples].flatMap(([other, sample]) => (other === name ? [] : [sample])));
    const errorOf = (confidence: (features: Features) => number) =>
      calibrationError(
        name,
        seen.map(({ features, right }) => ({ confidence: confidence(features), right })),
      ).ours.toFixed(3);
    const left = errorOf((features) => confidenceOf(features, { bias, weights }));
    return `${name} (${seen.length}): calibration error ${left} fitted on the others, ${errorOf(confidenceOf)} as it was.`;
  });
  write(fit([...samples.values()]));
  return lines;
}

function fit(samples: readonly Sample[]) {
  const examples = samples.flatMap(({ seen, weight }) =>
    seen.map(({ features, right }): Example => ({
      features: valuesOf(features),
      label: right,
      weight: weight / seen.length,
    })),
  );
  const [bias = 0, ...weights] = fitLogistic(examples, PENALTY, LEAST);
  return { bias, weights };
}

/** What was compared for each question, and whether the article on top is the right one. */
async function seenIn({ articles, questions }: Corpus, database: () => Promise<TestDatabase>): Promise<Seen[]> {
  const opened = await openCorpus((await database()).url, articles);
  const seen: Seen[] = [];
  try {
    for (const { text, articles: right, alike = [] } of questions) {
      const { file, features } = await opened.byMeaning(text);
      if (features !== null) seen.push({ features, right: [...right, ...alike].includes(file) });
    }
  } finally {
    await opened.close();
  }
  return seen;
}

/** Tickets with a question of their own: what thanks or rages is settled before the knowledge is asked. */
async function goldenCorpus(): Promise<Corpus> {
  return {
    articles: await readMarkdownFolder(GOLDEN),
    questions: goldenTickets()
      .filter((ticket) => partOf(ticket) === 'fit' && ticket.verdict !== 'no_reply')
      .map(({ subject, text, articles }) => ({ text: `${subject}\n\n${text}`, articles })),
  };
}

function write({ bias, weights }: { bias: number; weights: readonly number[] }): void {
  const fitted = `export const LIKELY = { bias: ${bias.toFixed(3)}, weights: [${weights.map((weight) => weight.toFixed(3)).join(', ')}] };`;
  writeFileSync(
    FILE,
    readFileSync(FILE, 'utf8').replace(/export const LIKELY = [^;]*;/, () => fitted),
  );
}
