/** Zero-width and other invisible format characters (a joiner inside an emoji is one too: nothing here needs it). */
const INVISIBLE = /[\p{Cf}\p{Variation_Selector}\u115F\u1160\u3164]|\u034F/gu;
/** Those that no script and no emoji needs: soft hyphens, zero-width spaces, and what turns the direction of others about. */
const NEEDLESS = /[\u00AD\u200B\u2060-\u2064\u2066-\u2069\u202A-\u202E\uFEFF]/g;
const MARKS = /\p{Mn}/gu;

/** The text without characters that nobody sees, or needs to see the others. */
export function withoutInvisible(text: string): string {
  return text.replace(NEEDLESS, '');
}

/** The text without characters that cannot be seen, compatibility forms unified, control characters as spaces. */
export function visible(text: string): string {
  return seen(text.normalize('NFKC'));
}

function seen(text: string): string {
  return text.replace(INVISIBLE, '').replace(/[^\P{Cc}\n\t]/gu, ' ');
}

/** As a reader sees it: letters and digits in their plain form, and "9½", "m²", "nº" and "，" as they were written. */
export function printed(text: string): string {
  return seen(text.normalize('NFC').replace(/[^\p{No}\p{P}\p{S}ªº]+/gu, (part) => part.normalize('NFKC')));
}

/**
 * The text as phrase lists are compared with it: lower case, without accents, straight quotes, single spaces. Customers
 * leave accents out and phones put curly quotes in.
 */
export function folded(text: string): string {
  return visible(text)
    .toLowerCase()
    .normalize('NFD')
    .replace(MARKS, '')
    .normalize('NFC')
    .replaceAll('ß', 'ss')
    .replace(
      /[\u2018\u2019\u201A\u201B\u02B9\u02BB\u02BC\u02BD\u02C8\u02CA\u02CB\u2032\u2035\u00B4\u0060\uFF07\uA78C]/g,
      "'",
    )
    .replace(/[\u201C\u201D\u201E\u201F\u00AB\u00BB\u2033\u3003\uFF02]/g, '"')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The words of a text, in order. Digits count as words. */
export function words(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
}

/** Sentences with their closing mark; a line break ends one too. */
export function sentences(text: string): string[] {
  const parts = text.match(/[^.!?\n…]+(?:[.!?…]+(?=\s|$)|[.!?…]+|\n|$)/gu) ?? [];
  return parts.map((part) => part.trim()).filter((part) => /[\p{L}\p{N}]/u.test(part));
}

/** At most so many characters, cut at a space where there is one near, with an ellipsis. */
export function shortened(text: string, maxLength: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= maxLength) return line;
  const cut = line.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '');
  const space = cut.lastIndexOf(' ');
  return `${(space > maxLength / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
