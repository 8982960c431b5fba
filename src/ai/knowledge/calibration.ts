/** What speaks for an article being the answer to a question; each is 0–1 but for the number of words. */
export type Evidence = {
  /** How much of the question the best passage of the article holds. */
  passage: number;
  /** How much of it the title and the headings name: what the article is about. */
  named: number;
  /** How much of it the knowledge holds at all, in whichever articles. */
  known: number;
  /** How many of its words that rests on. */
  words: number;
  /** How far the next best article is behind: 1 when there is none, 0 when it fits as well. */
  margin: number;
};

/**
 * How evidence becomes a probability. Made by `npm run calibrate -- --full-text` from the golden tickets of the part `fit`
 * (docs/evaluation.md): a logistic regression on what each way to read a ticket found, and a second one that says how often
 * the whole answer is right, given the likelihood of the reading that was chosen. Do not edit by hand.
 */
export const FITTED = {
  likelihood: { bias: -6.06, passage: 0.992, named: 0.487, topic: 1.107, known: 1.441, words: 1.717, margin: 1.67 },
  confidence: { bias: -0.345, likelihood: 1.554, aboutOwn: -2.059, disputed: -1.657 },
};

/** How likely an article with this evidence is the one that answers the question, 0–1. */
export function likelihoodOf(evidence: Evidence): number {
  const { bias, passage, named, topic, known, words, margin } = FITTED.likelihood;
  return logistic(
    bias +
      passage * evidence.passage +
      named * evidence.named +
      topic * topicOf(evidence) +
      known * evidence.known +
      words * wordsOf(evidence) +
      margin * evidence.margin,
  );
}

/** What makes an answer less likely to be right than what was found lets hope. */
export type Doubts = {
  /** The customer asks about something of their own, which no article knows. */
  aboutOwn: boolean;
  /** Read in another way, the same message leads to another article. */
  disputed: boolean;
};

/** The share of such answers that is right, 0–1 (N2). */
export function confidenceOf(likelihood: number, { aboutOwn, disputed }: Doubts): number {
  if (likelihood <= 0) return 0;
  const { confidence } = FITTED;
  return logistic(
    confidence.bias +
      confidence.likelihood * logOdds(likelihood) +
      (aboutOwn ? confidence.aboutOwn : 0) +
      (disputed ? confidence.disputed : 0),
  );
}

/** Whether title or headings are about what is asked at all. */
export function topicOf({ named }: Pick<Evidence, 'named'>): number {
  return named > 0 ? 1 : 0;
}

/** One shared word proves little, a third says less than a second: the first four count. */
export function wordsOf({ words }: Pick<Evidence, 'words'>): number {
  return Math.log2(1 + Math.min(words, 4));
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function logOdds(probability: number): number {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, probability));
  return Math.log(p / (1 - p));
}
