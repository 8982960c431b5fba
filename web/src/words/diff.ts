import { diffWordsWithSpace } from 'diff';

/** A part of two texts: of both, of the first alone (`gone`), of the second alone (`new`). */
export type Part = { kind: 'same' | 'gone' | 'new'; text: string };

/** What takes longer differs in so much that nobody reads the difference. */
const LIMIT_MS = 300;

/** The words that a person has changed; null where the texts have too little in common for that to be read. */
export function wordsChanged(draft: string, sent: string): Part[] | null {
  const parts = diffWordsWithSpace(draft, sent, { timeout: LIMIT_MS });
  return (
    parts?.map(({ value, added, removed }) => ({ kind: added ? 'new' : removed ? 'gone' : 'same', text: value })) ??
    null
  );
}
