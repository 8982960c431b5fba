import type { CitedArticle } from '../../domain/knowledge.ts';
import type { AnswerProblem } from '../../domain/plan-detail.ts';
import { plainText } from '../answering/plain-text.ts';
import { markdownToHtml } from '../answering/reply-html.ts';
import { blocksOf } from '../reading/blocks.ts';
import { detectLanguage } from '../reading/language.ts';
import { isCourtesy } from './courtesy.ts';
import { turnAlike } from './bounds.ts';
import { piecesOf, statementsOf, wordsOf, type Statement } from './statements.ts';
import { problemOf } from './support.ts';

/** A line that ends so stands by itself. */
const INTRODUCED = /(?<=[:;])[ \t]*\n/;
/** What a reply may say without a source: which article it comes from. */
const SOURCE_LINE = /^(?:sources?|quellen?|fuentes?|fontes?|fonti|bronn?en|bron|źródł[oa])\s*:\s*(.+)$/iu;

/** The articles a reply cites, as what it says is compared with them. */
export type Sources = {
  /**
   * The sentences of a reply, as a reader sees it, that are not the sources' own, word by word with every negation (N9).
   * Values count as the same in any notation ("9 am", "9:00"). The line that names the sources and courtesy need no source.
   */
  ownWords(text: string): Statement[];
  /** What is wrong with a sentence in other words than the sources'; null where they say the same. */
  problemOf(statement: Statement): AnswerProblem | null;
};

/**
 * @param hosts that links of the reply may lead to
 * @param language what the reply has to be in, null where it is not known: courtesy counts in no other
 */
export function sourcesOf({
  cited,
  hosts,
  language: spoken,
}: {
  cited: readonly CitedArticle[];
  hosts: readonly string[];
  language: string | null;
}): Sources {
  const language = detectLanguage(cited.map(({ markdown }) => markdown).join('\n'));
  const titles = cited.map(({ title }) => title);
  const known = cited.flatMap((article) => statementsOfArticle(article, language, hosts));
  const quotes = new Set([...known, ...known.flatMap((whole) => harmlessPieces(whole, language))].map(keyOf));
  return {
    ownWords(text) {
      const lines = text.split(/\n+/).filter((line) => !isSourceLine(line, titles));
      const isOurs = (statement: Statement) => quotes.has(keyOf(statement)) || isCourtesy(statement.text, spoken);
      return statementsOf(lines.join('\n'), language).filter(
        (statement) => !isOurs(statement) && !isOurs(withoutGreeting(statement, spoken)),
      );
    },
    problemOf: (statement) => problemOf(statement, known, language),
  };
}

/** Every statement of an article as a reply with that part of it would show it: block by block, and list items by themselves. */
function statementsOfArticle(
  { title, markdown }: Pick<CitedArticle, 'title' | 'markdown'>,
  language: string | null,
  hosts: readonly string[],
): Statement[] {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  const blocks = blocksOf(markdown);
  const definitions = blocks.filter(({ type }) => type === 'def').map(({ raw }) => raw);
  const parts = blocks.flatMap((block) => [
    block.raw,
    ...(block.type === 'list' ? itemsOf(block.raw) : []),
    ...(block.type === 'paragraph' && INTRODUCED.test(block.raw) ? block.raw.split(INTRODUCED) : []),
  ]);
  const shown = parts.flatMap((part) => [
    plainText(markdownToHtml(part, allowed)),
    ...(definitions.length === 0 ? [] : [plainText(markdownToHtml(`${part}\n\n${definitions.join('\n')}`, allowed))]),
  ]);
  return [title, ...shown].flatMap((part) => statementsOf(part, language));
}

/** The pieces of a sentence that take nothing from it that it turns on. */
function harmlessPieces(whole: Statement, language: string | null): Statement[] {
  return piecesOf(whole).filter((piece) => turnAlike(piece.words, whole.words, language));
}

/** "Dear Anna, " before the first word of a sentence takes nothing from it. */
function withoutGreeting({ text, words }: Statement, language: string | null): Statement {
  const [greeting = '', rest] = /^([^,]{1,60}),\s+(\S.*)$/su.exec(text)?.slice(1) ?? [];
  return rest !== undefined && isCourtesy(greeting, language) ? { text: rest, words: wordsOf(rest) } : { text, words };
}

/** Each line of a list as it is written, and without its number. */
function itemsOf(list: string): string[] {
  return list.split('\n').flatMap((line) => [line.trim(), line.replace(/^\s*(?:\d+[.)]|[-*+])\s+/, '').trim()]);
}

function keyOf({ words }: Statement): string {
  return words.join(' ');
}

function isSourceLine(line: string, titles: readonly string[]): boolean {
  const named = SOURCE_LINE.exec(line.trim())?.[1]?.trim();
  if (named === undefined) return false;
  const rest = titles
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, title) => left.replace(title.replace(/\s+/g, ' ').trim(), ''), named);
  return !/[\p{L}\p{N}]/u.test(rest);
}
