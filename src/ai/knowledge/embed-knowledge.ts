import type { Embedder } from '../../domain/embedder.ts';
import { EmbedderUnavailable } from '../../domain/embedder.ts';
import type { KnowledgeVectors, PlacedVector, UnembeddedArticle } from '../../domain/knowledge.ts';
import { sentences } from '../reading/text.ts';

/** A passage is embedded in parts of about so many characters: of more text than that a vector says less. */
const PART_LENGTH = 450;
const TITLE = -1;

/** Embeds up to `limit` articles that lack vectors of this model, and says how many that were. */
export async function embedKnowledge(
  { vectors, embedder }: { vectors: KnowledgeVectors; embedder: Embedder },
  connectionId: string,
  limit: number,
  signal?: AbortSignal,
): Promise<number> {
  const articles = await vectors.unembedded(connectionId, embedder.name, limit);
  for (const article of articles) {
    signal?.throwIfAborted();
    await vectors.store(article, embedder.name, await vectorsOf(article, embedder, signal));
  }
  return articles.length;
}

/** The title as a question is asked, each part of a passage with the title in front of it. */
async function vectorsOf(
  { title, chunks }: UnembeddedArticle,
  embedder: Embedder,
  signal: AbortSignal | undefined,
): Promise<PlacedVector[]> {
  const parts = chunks.flatMap(({ position, heading, text }) =>
    partsOf(text).map((words, part) => ({
      position,
      part,
      text: [title, heading, words].filter((line) => line !== '').join('. '),
    })),
  );
  const texts = parts.map(({ text }) => text);
  const [named, meant] = await Promise.all([
    embedder.embed([title], 'query', signal),
    texts.length === 0 ? [] : embedder.embed(texts, 'passage', signal),
  ]);
  return [{ position: TITLE, part: 0, text: title }, ...parts].map(({ position, part }, index) => {
    const vector = [...named, ...meant][index];
    if (vector === undefined) throw new EmbedderUnavailable('fewer vectors than texts');
    return { position, part, vector };
  });
}

function partsOf(markdown: string): string[] {
  const parts: string[] = [];
  for (const sentence of sentences(plainOf(markdown))) {
    const last = parts.at(-1);
    if (last === undefined || last.length + sentence.length > PART_LENGTH) parts.push(sentence);
    else parts[parts.length - 1] = `${last} ${sentence}`;
  }
  return parts;
}

/** Without what is only there for the eye: marks of Markdown, and where links lead. */
function plainOf(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[ \t]*(?:[#>]+|[-*+]|\d+[.)])[ \t]+/gm, '')
    .replace(/[*_`|]+/g, ' ');
}
