import { signalsByMeaning } from '../../src/ai/understanding/signals.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import type { Sentiment } from '../../src/domain/handoff.ts';
import { testUnderstand } from '../../testbed/understanding.ts';
import { isHeldOut, majorityShare, readData, shareOf, type Evaluation, type Figure } from './evaluation.ts';

const FILES = { tweets: 'tweets_GroundTruth.txt', 'product reviews': 'amazonReviewSnippets_GroundTruth.txt' };
/** People rated on -4 to 4: where their mean is a fourth of that or more, the text is clearly glad or clearly annoyed. */
const CLEAR = 1;
/** Each is understood in a tenth of a second. */
const MOST = 500;

type Rated = { text: string; rated: Sentiment; heard: Sentiment };

/** How clearly a message sounds glad or annoyed, as twenty people rated it, and as the heads hear it (H2): `vader`. */
export const sentiment: Evaluation = {
  name: 'vader',
  needs: Object.values(FILES).map((file) => `vader/${file}`),
  async measure({ database }) {
    await database();
    const figures: Figure[] = [];
    for (const [what, file] of Object.entries(FILES)) figures.push(...figuresOf(what, await heardOf(`vader/${file}`)));
    return figures;
  },
};

function figuresOf(what: string, examples: readonly Rated[]): Figure[] {
  const heard = (mood: Sentiment) => examples.filter((example) => example.heard === mood);
  return [
    {
      measure: `three-class accuracy, ${what}`,
      ours: shareOf(examples, ({ rated, heard: mood }) => mood === rated),
      of: examples.length,
      baselines: [{ name: 'always the majority', value: majorityShare(examples.map(({ rated }) => rated)) }],
    },
    ...(['angry', 'happy'] as const).map((mood) => ({
      measure: `heard as ${mood}, and not rated the opposite, ${what}`,
      ours: shareOf(heard(mood), ({ rated }) => rated === mood || rated === 'neutral'),
      of: heard(mood).length,
      baselines: [],
    })),
  ];
}

async function heardOf(file: string): Promise<Rated[]> {
  const understand = testUnderstand();
  const all = examplesOf(file);
  const heard: Rated[] = [];
  for (const { text, rated } of all.filter((example) => isHeldOut(example.text, MOST / all.length))) {
    const understood = await understand({ waiting: [text], before: '', subject: '' });
    const said = { texts: [text], waiting: [text], before: null };
    heard.push({ text, rated, heard: signalsByMeaning(understood, said, DEFAULT_SETTINGS.handoff.triggers).mood });
  }
  return heard;
}

function classOf(mean: number): Sentiment {
  if (mean >= CLEAR) return 'happy';
  return mean <= -CLEAR ? 'angry' : 'neutral';
}

function examplesOf(file: string): Omit<Rated, 'heard'>[] {
  return readData(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const [, mean, ...text] = line.split('\t');
      const rating = Number(mean);
      if (mean === undefined || text.length === 0 || Number.isNaN(rating))
        throw new Error(`${file}, line ${index + 1}: expected an id, a rating and a text with tabs between them.`);
      return { text: text.join('\t'), rated: classOf(rating) };
    });
}
