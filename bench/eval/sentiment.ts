import { SentimentIntensityAnalyzer } from 'vader-sentiment';
import { sentimentOf } from '../../src/ai/understanding/sentiment.ts';
import type { Sentiment } from '../../src/domain/handoff.ts';
import { majorityShare, readData, shareOf, type Evaluation, type Figure } from './evaluation.ts';

const FILES = { tweets: 'tweets_GroundTruth.txt', 'product reviews': 'amazonReviewSnippets_GroundTruth.txt' };
/** The lexicon's own threshold, on its own scale of -1 to 1. People rated on -4 to 4: their mean is divided by 4. */
const THRESHOLD = 0.05;

type Rated = { text: string; rated: Sentiment };

/** How a message sounds, as twenty people rated it: `vader`. */
export const sentiment: Evaluation = {
  name: 'vader',
  needs: Object.values(FILES).map((file) => `vader/${file}`),
  measure: () => Object.entries(FILES).map(([what, file]) => figureOf(what, examplesOf(`vader/${file}`))),
};

function figureOf(what: string, examples: readonly Rated[]): Figure {
  const lexicon = shareOf(examples, ({ text, rated }) => lexiconOf(text) === rated);
  return {
    measure: `three-class accuracy, ${what}`,
    ours: shareOf(examples, ({ text, rated }) => sentimentOf([text]) === rated),
    of: examples.length,
    baselines: [
      { name: 'lexicon alone', value: lexicon },
      { name: 'always the majority', value: majorityShare(examples.map(({ rated }) => rated)) },
    ],
    // A tweet or two are in Dutch, and the lexicon is right about them by chance.
    target: { atLeast: lexicon - 0.002 },
  };
}

function lexiconOf(text: string): Sentiment {
  return classOf(SentimentIntensityAnalyzer.polarity_scores(text).compound);
}

function classOf(score: number): Sentiment {
  if (score >= THRESHOLD) return 'happy';
  return score <= -THRESHOLD ? 'angry' : 'neutral';
}

function examplesOf(file: string): Rated[] {
  return readData(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const [, mean, ...text] = line.split('\t');
      const rating = Number(mean);
      if (mean === undefined || text.length === 0 || Number.isNaN(rating))
        throw new Error(`${file}, line ${index + 1}: expected an id, a rating and a text with tabs between them.`);
      return { text: text.join('\t'), rated: classOf(rating / 4) };
    });
}
