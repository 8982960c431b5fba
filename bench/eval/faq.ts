import { calibrationError } from './calibration-error.ts';
import { openCorpus, readCorpus, type Corpus, type OpenCorpus } from './corpora.ts';
import { shareOf, type Evaluation, type Figure } from './evaluation.ts';

/** Both were seen while the confidence was fitted and the passages were cut. */
export const CORPORA = { 'faq/stackfaq-en.json': 'StackFAQ, English', 'faq/covid-qa-de.json': 'COVID-QA, German' };
/** More of one corpus take minutes. */
export const MOST_QUESTIONS = 120;
/** At which full text counts as answering: what a connection that is not measured would have been set to. */
const THRESHOLD = 0.6;

/** What people say around a question. */
const AROUND: Record<string, (text: string) => string> = {
  en: (text) =>
    `Hi there,\n\nI hope you are doing well. I have been a happy customer for years.\n${text}\n\nThanks a lot and have a nice day!\nMaria`,
  de: (text) =>
    `Guten Tag,\n\nich hoffe, es geht Ihnen gut. Ich bin schon lange zufriedene Kundin bei Ihnen.\n${text}\n\nVielen Dank und einen schönen Tag noch!\nMaria`,
};

type Result = {
  answerable: boolean;
  confidence: number;
  right: boolean;
  /** Right, or an article that says the same as the right one. */
  alike: boolean;
  chatted: boolean;
  words: { confidence: number; right: boolean };
  vectors: boolean;
};

/** Public FAQs with what people asked: whether the right article is found, and whether the confidence is true (N2). */
export const faq: Evaluation = {
  name: 'faq',
  needs: Object.keys(CORPORA),
  async measure({ database }) {
    const figures: Figure[] = [];
    for (const [file, name] of Object.entries(CORPORA)) {
      const corpus = readCorpus(file, MOST_QUESTIONS);
      const opened = await openCorpus((await database()).url, corpus.articles);
      try {
        figures.push(...figuresOf(name, await resultsOf(opened, corpus, file.slice(-7, -5))));
      } finally {
        await opened.close();
      }
    }
    return figures;
  },
};

async function resultsOf(opened: OpenCorpus, { questions }: Corpus, language: string): Promise<Result[]> {
  const around = AROUND[language] ?? ((text: string) => text);
  const results: Result[] = [];
  for (const { text, articles, alike = [] } of questions) {
    const [found, chatted, words] = [
      await opened.byMeaning(text),
      await opened.byMeaning(around(text)),
      await opened.byWords(text),
    ];
    results.push({
      answerable: articles.length > 0,
      confidence: found.confidence,
      right: articles.includes(found.file),
      alike: [...articles, ...alike].includes(found.file),
      chatted: articles.includes(chatted.file),
      words: { confidence: words.confidence, right: articles.includes(words.file) },
      vectors: articles.includes(await opened.byVectors(text)),
    });
  }
  return results;
}

function figuresOf(name: string, results: readonly Result[]): Figure[] {
  const inScope = results.filter(({ answerable }) => answerable);
  const byWords = results.filter(({ words }) => words.confidence >= THRESHOLD);
  const asMany = results.toSorted((a, b) => b.confidence - a.confidence).slice(0, byWords.length);
  const given = results.filter(({ confidence }) => confidence >= THRESHOLD);
  const words = { name: 'full text alone', value: shareOf(inScope, (result) => result.words.right) };
  const wrongByWords = { name: 'full text alone', value: shareOf(byWords, (result) => !result.words.right) };
  return [
    {
      measure: `right article on top, ${name}`,
      ours: shareOf(inScope, ({ right }) => right),
      of: inScope.length,
      baselines: [
        { name: 'embedding model alone', value: shareOf(inScope, ({ vectors }) => vectors) },
        words,
        { name: 'or one that says the same', value: shareOf(inScope, ({ alike }) => alike) },
      ],
    },
    {
      measure: `the same with small talk around, ${name}`,
      ours: shareOf(inScope, ({ chatted }) => chatted),
      of: inScope.length,
      baselines: [{ name: 'without', value: shareOf(inScope, ({ right }) => right) }],
      target: { atLeast: shareOf(inScope, ({ right }) => right) - 0.04 },
    },
    {
      measure: `wrong at as many answers as full text gives, ${name}`,
      ours: shareOf(asMany, ({ right }) => !right),
      of: asMany.length,
      baselines: [wrongByWords, { name: 'none that says the same', value: shareOf(asMany, ({ alike }) => !alike) }],
    },
    {
      measure: `wrong at confidence ${THRESHOLD} and more, ${name}`,
      ours: shareOf(given, ({ right }) => !right),
      of: given.length,
      baselines: [wrongByWords],
    },
    calibrationError(name, results),
  ];
}
