/** How many different words of one text are in another, whatever their case. */
export function inCommon(one: string, other: string): number {
  const known = wordsOf(other);
  return [...wordsOf(one)].filter((word) => known.has(word)).length;
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
}
