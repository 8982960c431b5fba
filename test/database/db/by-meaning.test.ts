import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createEmbeddedEngine } from '../../../src/ai/embedded.ts';
import { embedKnowledge } from '../../../src/ai/knowledge/embed-knowledge.ts';
import { prepareArticle, readMarkdownFolder } from '../../../src/ai/knowledge/markdown-knowledge.ts';
import { createExplainSearch } from '../../../src/ai/knowledge/explain.ts';
import { createMeaning } from '../../../src/ai/knowledge/meaning.ts';
import { retrieve } from '../../../src/ai/model/passages.ts';
import type { Plan, PlanInput } from '../../../src/ai/port.ts';
import { createDb, type Db } from '../../../src/db/client.ts';
import { createKnowledgeVectors } from '../../../src/db/knowledge/knowledge-vectors.ts';
import { createKnowledge } from '../../../src/db/knowledge/knowledge.ts';
import { EXAMPLES_FOLDER } from '../../../src/ai/understanding/examples.ts';
import { loadHeads } from '../../../src/ai/understanding/fitted.ts';
import { read } from '../../../src/ai/understanding/before-any-engine.ts';
import { createUnderstand } from '../../../src/ai/understanding/understand.ts';
import { EmbedderUnavailable, type Embedder } from '../../../src/domain/embedder.ts';
import type { PreparedArticle } from '../../../src/domain/knowledge.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { inputOf, UNUSED_CONNECTION } from '../../../bench/golden/golden.ts';
import { createTestDatabase, type TestDatabase } from '../../../testbed/database.ts';
import { testEmbedder, testUnderstand } from '../../../testbed/understanding.ts';

const embedder = testEmbedder();
const understand = testUnderstand();
let database: TestDatabase;
let db: Db;
let articles: PreparedArticle[];
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  await db.connection.create({ data: { id: 'shop', ...UNUSED_CONNECTION } });
  articles = (await readMarkdownFolder(path.join(import.meta.dirname, '../../../demo/knowledge'))).filter(
    ({ article }) =>
      /^(?:care|gift-cards|invoice|payment|returns|shipping|sizing|warranty)\.md$/.test(article.sourceId),
  );
  await createKnowledge(db).replaceFolder('shop', articles);
  const vectors = createKnowledgeVectors(db);
  while ((await embedKnowledge({ vectors, embedder }, 'shop', 20)) > 0);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

function planOf(text: string, { threshold = 0.6, subject = 'Hello', by = understand } = {}): Promise<Plan> {
  const knowledge = createKnowledge(db);
  const vectors = createKnowledgeVectors(db);
  const engine = createEmbeddedEngine({
    knowledge,
    understand: by,
    byMeaning: { vectors, meaning: createMeaning({ vectors, embedder }) },
  });
  const input: PlanInput = {
    connectionId: 'shop',
    ticketId: 7,
    channel: 'email',
    mode: 'autopilot',
    subject,
    thread: [{ author: 'customer', visibility: 'public', text, at: new Date(0), waiting: true }],
    settings: {
      reply: DEFAULT_SETTINGS.reply,
      handoff: { ...DEFAULT_SETTINGS.handoff, confidenceThreshold: threshold },
    },
    now: new Date(0),
  };
  return engine.plan(input);
}

const titles = (plan: Plan) => plan.sources.map(({ title }) => title);

test('N2 N7 what an article means is found where no word of it is said', async () => {
  const plan = await planOf('I do not like the shirt. Until when may I send it back to you?', { threshold: 0.3 });
  expect(plan.verdict).toBe('answer');
  expect(titles(plan).join()).toMatch(/return/i);
});

test('A9 N8 a plan says what each head said, with its nearest example, and how near articles came by meaning and by words', async () => {
  const text = 'Until when may I send the shirt back to you? I want to talk to a real person.';
  const asked = (await planOf(text)).insight;
  expect(asked?.heads.find(({ head }) => head === 'person')).toMatchObject({
    verdict: 'sure',
    nearest: { positive: true, text: expect.stringMatching(/\p{L}/u) },
  });
  const { insight } = await planOf('Until when may I send the shirt back to you?', { threshold: 0.3 });
  expect(insight?.heads.map(({ verdict, score, doubt }) => [verdict, score < doubt])).toContainEqual(['no', true]);
  expect(insight?.articles[0]?.title).toMatch(/return/i);
  expect(insight?.articles.length).toBe(3);
  for (const { meaning, words } of insight?.articles ?? []) {
    expect(meaning).toBeGreaterThan(1);
    expect(words).toBeLessThan(1);
  }
  expect(JSON.stringify(insight)).not.toContain('shirt back');
});

test('N7 a search, and with it a model, is given the passages by meaning, with what the full text says of them', async () => {
  const knowledge = createKnowledge(db);
  const vectors = createKnowledgeVectors(db);
  const asked = {
    connectionId: 'shop',
    question: 'It is not what I hoped for, I would rather have my money',
    includeInternal: false,
  };
  const byMeaning = { vectors, meaning: createMeaning({ vectors, embedder }) };
  const meant = await createExplainSearch({ knowledge, understand, byMeaning })(asked);
  expect(meant.passages[0]?.title).toMatch(/return/i);
  expect(meant.passages.length).toBeGreaterThan(3);
  expect(meant.passages.length).toBeLessThanOrEqual(10);
  const question = 'Bis wann darf ich das Hemd zurückschicken? Und ab wann ist der Versand kostenlos?';
  const input = inputOf({ id: 'g1', subject: '', text: question });
  const seen = await read({ ...input, connectionId: 'shop' }, { engine: 'model', classifies: true, understand });
  const given = await retrieve({ knowledge, byMeaning }, { ...input, connectionId: 'shop' }, seen);
  expect(given.length).toBeLessThanOrEqual(8);
  // The best of each question comes first, in whichever language.
  expect(
    given
      .slice(0, 2)
      .map(({ title }) => title)
      .join(),
  ).toMatch(/return.*(?:ship|deliver)/i);
  // Without an embedder: the words that are said, of which no article holds one.
  const byWords = await createExplainSearch({ knowledge })({ ...asked, question: 'Rücksendung' });
  expect(byWords.passages.map(({ title }) => title)).not.toContain('Returns');
});

test('N2 N7 a model is given the passage that answers the question first, whatever the subject is near, and nothing of knowledge about something else', async () => {
  const vectors = createKnowledgeVectors(db);
  const byMeaning = { vectors, meaning: createMeaning({ vectors, embedder }) };
  const given = async (text: string, subject = '') => {
    const input = { ...inputOf({ id: 'g1', subject, text }), connectionId: 'shop' };
    const seen = await read(input, { engine: 'model', classifies: true, understand });
    return retrieve({ knowledge: createKnowledge(db), byMeaning }, input, seen);
  };
  const [first] = await given('Hello, how many days do I have to return a jacket?', 'Exchange of an item');
  expect(first?.text).toContain('30 days');
  expect(await given('Does the moon landing module support Bluetooth pairing with my toaster?')).toEqual([]);
});

test('N2 a subject names the article, and the passage is the one that answers the question', async () => {
  const plan = await planOf('Where do I enter the code of a gift card?', { subject: 'Gift card', threshold: 0.3 });
  expect(plan).toMatchObject({ verdict: 'answer', markdown: expect.stringContaining('at checkout') });
});

test('N2 small talk around a question changes nothing', async () => {
  const question = 'How long do I have to return something?';
  const bare = await planOf(question);
  const chatty = await planOf(
    `Hello dear team,\n\nI hope you are well. My dog is asleep beside me and it has been raining all week.\n${question}\n\nThank you in advance!\nBest regards\nMia`,
  );
  expect(bare.verdict).toBe('answer');
  expect(titles(chatty)).toEqual(titles(bare));
  expect(chatty.verdict).toBe('answer');
});

test('N2 what the knowledge is not about gets no answer, however far one article is ahead', async () => {
  for (const text of ['Does the moon landing module pair with my toaster?', 'Who won the football world cup in 1990?'])
    expect(await planOf(text, { threshold: 0.3 })).toMatchObject({ verdict: 'handoff' });
});

test('N10 a question said twice is one question; more than five different ones go to people', async () => {
  const question = 'How long do I have to return something?';
  expect(await planOf(`${question} ${question}`)).toMatchObject({ verdict: 'answer' });
  const many =
    'How long do returns take? Do you ship to Norway? Can I pay by invoice? Which size should I take? Is the shop open on Sunday? Where is my parcel from?';
  expect(await planOf(many, { threshold: 0 })).toMatchObject({ verdict: 'handoff', detail: 'many_questions' });
});

test('N7 an article that changed is embedded anew, and another model sees nothing of these vectors', async () => {
  const vectors = createKnowledgeVectors(db);
  const [first] = articles;
  if (first === undefined) throw new Error('there is no article');
  const before = await vectors.state('shop', embedder.name);
  expect(before.unembedded).toBe(0);
  expect(await vectors.load('shop', 'another model')).toEqual([]);
  const changed = prepareArticle(first.article.sourceId, '# Lighthouse\n\nThe lighthouse is open to visitors in May.');
  await createKnowledge(db).replaceFolder('shop', [changed, ...articles.slice(1)]);
  const after = await vectors.state('shop', embedder.name);
  expect(after.unembedded).toBe(1);
  expect(after.stamp).not.toBe(before.stamp);
  // Nobody has embedded it in the background: the question does.
  expect(await planOf('When can I see the lighthouse?', { threshold: 0 })).toMatchObject({ verdict: 'answer' });
  await createKnowledge(db).replaceFolder('shop', articles);
});

test('N7 while much of the knowledge is not embedded yet, nothing is answered by the nearest of the rest, and nothing in public', async () => {
  await db.knowledgeArticle.updateMany({ where: { title: { not: 'Gift cards' } }, data: { embeddedBy: null } });
  const many = Array.from({ length: 26 }, (_, n) => prepareArticle(`boat-${n}.md`, `# Boat ${n}\n\nBoat ${n} floats.`));
  await createKnowledge(db).replaceFolder('shop', [...articles, ...many]);
  const vectors = createKnowledgeVectors(db);
  expect(await createMeaning({ vectors, embedder }).ready('shop')).toBe(false);
  const plan = await planOf('How long do I have to return something?', { threshold: 0 });
  expect(titles(plan).join()).toMatch(/return/i);
  expect(plan).toMatchObject({ verdict: 'answer', draftOnly: true });
  await createKnowledge(db).replaceFolder('shop', articles);
  while ((await embedKnowledge({ vectors, embedder }, 'shop', 20)) > 0);
  expect(await createMeaning({ vectors, embedder }).ready('shop')).toBe(true);
  expect(await planOf('How long do I have to return something?')).not.toHaveProperty('draftOnly');
});

test('N7 what was embedded while the article changed is not kept', async () => {
  const vectors = createKnowledgeVectors(db);
  const [last] = articles.slice(-1);
  if (last === undefined) throw new Error('there is no article');
  const { id } = await db.knowledgeArticle.findFirstOrThrow({ where: { sourceId: last.article.sourceId } });
  await vectors.store({ articleId: id, contentHash: 'of an older text', title: '', chunks: [] }, 'm', []);
  expect(await db.knowledgeArticle.findUniqueOrThrow({ where: { id } })).not.toMatchObject({ embeddedBy: 'm' });
});

test('N6 N7 an embedding server that is down fails the plan, which is tried again, and answers nothing', async () => {
  const down: Embedder = {
    name: embedder.name,
    embed: () => Promise.reject(new EmbedderUnavailable('it cannot be reached')),
  };
  const heads = () => loadHeads(embedder, [EXAMPLES_FOLDER]);
  await expect(planOf('How long do returns take?', { by: createUnderstand(down, heads) })).rejects.toThrow(
    'cannot be reached',
  );
});
