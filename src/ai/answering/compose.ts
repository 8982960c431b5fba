import type { Passage } from '../../domain/knowledge.ts';
import { onceEach } from '../knowledge/beside.ts';
import type { Found } from '../knowledge/retrieval.ts';
import type { Source } from '../port.ts';
import { withCourtesy } from './courtesy.ts';

const SOURCE: Readonly<Record<string, { one: string; several: string }>> = {
  de: { one: 'Quelle', several: 'Quellen' },
  en: { one: 'Source', several: 'Sources' },
  es: { one: 'Fuente', several: 'Fuentes' },
  fr: { one: 'Source', several: 'Sources' },
  it: { one: 'Fonte', several: 'Fonti' },
  nl: { one: 'Bron', several: 'Bronnen' },
  pl: { one: 'Źródło', several: 'Źródła' },
  pt: { one: 'Fonte', several: 'Fontes' },
};
const ENGLISH = { one: 'Source', several: 'Sources' };

/** An answer in the knowledge's own words (N2, N9): the passages as they are written, between courtesy, and the titles they come from. */
export function composeAnswer(matches: readonly Found[], language: string | null): string {
  const passages = onceEach(matches.flatMap((match) => match.passages));
  const body = passages.map((passage) => (passages.length > 1 ? withHeading(passage) : passage.text));
  return [withCourtesy(body.join('\n\n'), language), sourceLine(sourcesOf(passages), language)].join('\n\n');
}

/** The articles of these passages, each once with its best score, in their order. */
export function sourcesOf(passages: readonly Passage[]): Source[] {
  const sources = new Map<string, Source>();
  for (const { articleId, title, coverage } of passages) {
    const score = Math.max(coverage, sources.get(articleId)?.score ?? 0);
    sources.set(articleId, { articleId, title, score });
  }
  return [...sources.values()];
}

function withHeading({ heading, text }: Passage): string {
  return heading === '' ? text : `### ${escapeMarkdown(heading)}\n\n${text}`;
}

/** An answer in a model's words, with the titles it rests on. */
export function composeCited(answer: string, sources: readonly { title: string }[], language: string | null): string {
  const titles = [...new Map(sources.map((source) => [source.title, source])).values()];
  return titles.length === 0 ? answer.trim() : `${answer.trim()}\n\n${sourceLine(titles, language)}`;
}

function sourceLine(sources: readonly { title: string }[], language: string | null): string {
  const word = SOURCE[language ?? 'en'] ?? ENGLISH;
  const titles = sources.map((source) => escapeMarkdown(source.title)).join(' · ');
  return `*${sources.length > 1 ? word.several : word.one}: ${titles}*`;
}

/** The text as Markdown that shows exactly this text: a title is never a link, an image or markup. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]()#+\-.!<>~|&:@/]/g, '\\$&');
}
