import { HEADS } from './heads.ts';

/** What a head said of what waited (N8): believed from `sure` on, a doubt from `doubt` on. No word of the customer. */
export type Heard = {
  head: string;
  verdict: 'sure' | 'doubt' | 'no';
  /** Of the sentence or the message that it is highest for; of thanks and automatic mail the message it is lowest for. */
  score: number;
  doubt: number;
  sure: number;
  /** The labelled example nearest in meaning, and whether it is one of what the head looks for; null where there are none. */
  nearest: { text: string; positive: boolean } | null;
};

/** An article beside what was asked, as both ways to look for it see it (N2). */
export type Nearest = {
  articleId: string;
  title: string;
  /** Cosines of the question with the title and with the best passage, added: -2 to 2. */
  meaning: number;
  /** How much of the question's words its best passage holds, 0–1. */
  words: number;
};

/** What a plan was made from, for who asks why (A9). */
export type Insight = { heads: Heard[]; articles: Nearest[] };

function headInWords(head: string): string {
  return (HEADS as Readonly<Record<string, string>>)[head] ?? head;
}

/** "asks for a person: sure, 0.83 (doubt from 0, sure from 0.5); nearest example: “…”" */
export function heardInWords({ head, verdict, score, doubt, sure, nearest }: Heard): string {
  const far = `${headInWords(head)}: ${verdict}, ${score.toFixed(2)} (doubt from ${doubt}, sure from ${sure})`;
  if (nearest === null) return far;
  return `${far}; nearest ${nearest.positive ? 'example' : 'counter-example'}: “${nearest.text}”`;
}

/** What speaks, each with its example; the other heads by their scores alone, in one line. */
export function headsInWords(heads: readonly Heard[]): { heard: string[]; notHeard: string } {
  const quiet = heads.filter(({ verdict }) => verdict === 'no');
  return {
    heard: heads.filter(({ verdict }) => verdict !== 'no').map(heardInWords),
    notHeard: quiet.map(({ head, score }) => `${headInWords(head)} ${score.toFixed(1)}`).join(', '),
  };
}

/** "Returns: meaning 1.83, words 0.42" */
export function nearestInWords({ title, meaning, words }: Nearest): string {
  return `${title}: meaning ${meaning.toFixed(2)}, words ${words.toFixed(2)}`;
}
