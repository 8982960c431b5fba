import { createEmbeddedEngine } from '../../src/ai/embedded.ts';
import { embedKnowledge } from '../../src/ai/knowledge/embed-knowledge.ts';
import { findByMeaning } from '../../src/ai/knowledge/by-meaning.ts';
import { prepareArticle } from '../../src/ai/knowledge/markdown-knowledge.ts';
import { createMeaning, likenessOf } from '../../src/ai/knowledge/meaning.ts';
import { find, searchOf, type Findings } from '../../src/ai/knowledge/retrieval.ts';
import { questionsOf } from '../../src/ai/understanding/question.ts';
import { read } from '../../src/ai/understanding/before-any-engine.ts';
import { EXAMPLES_FOLDER } from '../../src/ai/understanding/examples.ts';
import { loadHeads } from '../../src/ai/understanding/fitted.ts';
import { createUnderstand } from '../../src/ai/understanding/understand.ts';
import { createDb } from '../../src/db/client.ts';
import { createKnowledge } from '../../src/db/knowledge/knowledge.ts';
import { createKnowledgeVectors } from '../../src/db/knowledge/knowledge-vectors.ts';
import type { PreparedArticle } from '../../src/domain/knowledge.ts';
import { remembering } from '../../testbed/remembering.ts';
import { testEmbedder } from '../../testbed/understanding.ts';
import { inputOf, UNUSED_CONNECTION } from '../golden/golden.ts';
import { isHeldOut, readData } from './evaluation.ts';

/**
 * Articles and what people ask about them; of a question that none of them answers `articles` is empty. `alike` are those that
 * say what one of `articles` says, though no label names them.
 */
export type Corpus = {
  articles: PreparedArticle[];
  questions: { text: string; articles: readonly string[]; alike?: readonly string[] }[];
};

/** Pairs of articles of the German corpus in which two authorities answer the same question, as read by hand. */
const SAME = 'd0 d41, d4 d43, d5 d44, d7 d46, d9 d50, d11 d57, d12 d58, d13 d59, d15 d63'
  .split(', ')
  .map((pair) => pair.split(' '));

type Stored = {
  articles: { id: string; title: string; body: string }[];
  questions: { text: string; in_scope: boolean; articles: string[] }[];
};

/** A corpus of the shared data; of more than so many questions a part, by their hash. */
export function readCorpus(file: string, most: number): Corpus {
  const { articles, questions } = JSON.parse(readData(file)) as Stored;
  return {
    articles: articles.map(({ id, title, body }) =>
      prepareArticle(`${id}.md`, `---\ntitle: ${JSON.stringify(title)}\n---\n${body}`),
    ),
    questions: questions
      .filter(({ text }) => isHeldOut(text, most / questions.length))
      .map(({ text, in_scope: inScope, articles: right }) => ({
        text,
        articles: inScope ? right.map((id) => `${id}.md`) : [],
        alike: SAME.filter((pair) => inScope && right.some((id) => pair.includes(id)))
          .flat()
          .map((id) => `${id}.md`),
      })),
  };
}

/** What people wrote to two shop bots, by intent. */
export const SHOPS = 'intents/hint3-two-bots.json';
const MESSAGES_ASKED = 0.4;
const OF_NO_INTENT = 0.25;

/**
 * A shop as a corpus: of each intent's training messages the first is an article's title and the next few its text; asked is a
 * part of the test messages, of which at most a quarter belong to none.
 */
export function shopCorpus(bot: string): Corpus {
  type Message = { bot: string; part: string; text: string; label: string };
  const messages = (JSON.parse(readData(SHOPS)) as Message[]).filter((message) => message.bot === bot);
  const said = Map.groupBy(
    messages.filter(({ part }) => part === 'train'),
    ({ label }) => label,
  );
  const asked = messages.filter(({ part, text }) => part === 'test' && isHeldOut(text, MESSAGES_ASKED));
  const answered = asked.filter(({ label }) => said.has(label));
  const share = (answered.length * OF_NO_INTENT) / (1 - OF_NO_INTENT) / (asked.length - answered.length);
  const others = asked.filter(({ label, text }) => !said.has(label) && isHeldOut(`none ${text}`, share));
  return {
    articles: [...said].map(([label, [title, ...rest]]) =>
      prepareArticle(
        `${label}.md`,
        `---\ntitle: ${JSON.stringify(title?.text)}\n---\n${rest
          .slice(0, 7)
          .map(({ text }) => text)
          .join('. ')}.`,
      ),
    ),
    questions: [...answered, ...others].map(({ text, label }) => ({
      text,
      articles: said.has(label) ? [`${label}.md`] : [],
    })),
  };
}

export type OpenCorpus = Awaited<ReturnType<typeof openCorpus>>;

/** A corpus as the only knowledge of a database of its own, embedded. */
export async function openCorpus(databaseUrl: string, articles: readonly PreparedArticle[]) {
  const connectionId = 'golden';
  const db = createDb(databaseUrl, { poolSize: 2 });
  await db.connection.create({ data: { id: connectionId, ...UNUSED_CONNECTION } });
  const knowledge = createKnowledge(db);
  await knowledge.replaceFolder(connectionId, articles);
  const [vectors, embedder] = [createKnowledgeVectors(db), remembering(testEmbedder())];
  while ((await embedKnowledge({ vectors, embedder }, connectionId, 50)) > 0);
  const rows = await db.knowledgeArticle.findMany({ select: { id: true, sourceId: true } });
  const files = new Map(rows.map(({ id, sourceId }) => [id, sourceId]));
  const understand = createUnderstand(embedder, () => loadHeads(embedder, [EXAMPLES_FOLDER]));
  const meaning = createMeaning({ vectors, embedder });
  const byMeaning = { meaning, vectors };
  const turn = { connectionId, includeInternal: false };
  const readingOf = async (text: string) => {
    const input = inputOf({ id: 'g1', subject: '', text });
    return read(input, { engine: 'embedded', classifies: false, understand });
  };
  const fileOf = (articleId: string | undefined) => files.get(articleId ?? '') ?? '';
  const firstOf = ({ matches, confidence, features }: Findings) => ({
    file: fileOf(matches[0]?.articleId),
    confidence,
    features,
  });
  return {
    engine: createEmbeddedEngine({ knowledge, understand, byMeaning }),
    /** The article the engine would answer with, whatever else it makes of the message. */
    async byMeaning(text: string) {
      const { reading, understood } = await readingOf(text);
      if (understood === null) throw new Error('there is no embedder');
      return firstOf(await findByMeaning({ ...byMeaning, knowledge }, turn, reading, understood));
    },
    /** The same by full text alone, as without an embedder. */
    async byWords(text: string) {
      const { reading } = await readingOf(text);
      const questions = questionsOf(reading.waiting);
      return firstOf(await find(searchOf(knowledge, { ...turn, ...reading }), { ...reading, questions }));
    },
    /** The model and nothing else: the nearest title and passage to the whole text. */
    async byVectors(text: string) {
      const [vector = new Float32Array()] = await embedder.embed([text], 'query');
      const alike = (await meaning.articles(connectionId, false)).map((article) => likenessOf(article, vector));
      return fileOf(alike.toSorted((a, b) => b.title + b.passage - a.title - a.passage)[0]?.article.articleId);
    },
    fileOf,
    close: () => db.$disconnect(),
  };
}
