/** The library comes without types: of what it exports, this is what we use. */
declare module 'vader-sentiment' {
  export const SentimentIntensityAnalyzer: {
    /** The shares of negative, neutral and positive words, and the normalised sum of all, -1 to 1. English alone. */
    polarity_scores(text: string): { neg: number; neu: number; pos: number; compound: number };
  };
}
