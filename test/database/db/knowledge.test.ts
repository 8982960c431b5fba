import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createEmbeddedEngine } from '../../../src/ai/embedded.ts';
import { guardedPlan } from '../../../src/ai/guards/guarded-plan.ts';
import { prepareArticle, readMarkdownFolder } from '../../../src/ai/knowledge/markdown-knowledge.ts';
import type { PlanInput } from '../../../src/ai/port.ts';
import { createCitedArticles } from '../../../src/db/knowledge/cited-articles.ts';
import { createDb, type Db } from '../../../src/db/client.ts';
import { planImport } from '../../../src/knowledge-import/folder.ts';
import { createKnowledge, type Knowledge } from '../../../src/db/knowledge/knowledge.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import type { WritingMode } from '../../../src/domain/ticket.ts';
import { createTestDatabase, type TestDatabase } from '../../../testbed/database.ts';

const demo = path.join(import.meta.dirname, '../../../demo/knowledge');

let database: TestDatabase;
let db: Db;
let knowledge: Knowledge;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  knowledge = createKnowledge(db);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});
beforeEach(async () => {
  await db.connection.deleteMany();
  for (const id of ['shop', 'other']) {
    await db.connection.create({
      data: {
        id,
        domain: `${id}.freshdesk.com`,
        baseUrl: `https://${id}.freshdesk.com`,
        apiKeyCiphertext: '',
        apiKeyKeyId: '',
        webhookSecretHash: '',
        agentId: 1n,
        agentName: '',
        agentEmail: '',
        connectedAt: new Date(0),
      },
    });
  }
});

const article = (file: string, text: string) => prepareArticle(file, text);
const KAYAKS = article('kayaks.md', '# Renting kayaks\n\nA kayak costs 40 EUR a day.');
const SECRET = article(
  'secret.md',
  '---\nvisibility: internal\n---\n# Discount on kayaks\n\nRegular guests get a kayak discount of 50 percent.',
);

function find(
  question: string,
  change: { connectionId?: string; includeInternal?: boolean; language?: string; among?: string[] } = {},
) {
  return knowledge.search({
    connectionId: 'shop',
    question,
    language: null,
    includeInternal: false,
    limit: 10,
    ...change,
  });
}

async function plan(text: string, mode: WritingMode = 'autopilot') {
  const input: PlanInput = {
    connectionId: 'shop',
    ticketId: 7,
    channel: 'email',
    mode,
    subject: '',
    thread: [{ author: 'customer', visibility: 'public', text, at: new Date(0), waiting: true }],
    settings: { ...DEFAULT_SETTINGS, handoff: { ...DEFAULT_SETTINGS.handoff, confidenceThreshold: 0.6 } },
    now: new Date(0),
  };
  return createEmbeddedEngine({ knowledge }).plan(input);
}

test('N4 an import adds, changes and removes what differs, and leaves the rest untouched', async () => {
  const boats = article('boats.md', '# Boats\n\nWe rent boats.');
  expect(await knowledge.replaceFolder('shop', [KAYAKS, SECRET])).toEqual({
    added: 2,
    changed: 0,
    unchanged: 0,
    removed: 0,
  });
  const before = await db.knowledgeArticle.findMany({ orderBy: { sourceId: 'asc' }, include: { chunks: true } });
  const changed = article('secret.md', '# Discount on kayaks\n\nNobody gets one.');
  expect(await knowledge.replaceFolder('shop', [KAYAKS, changed, boats])).toEqual({
    added: 1,
    changed: 1,
    unchanged: 1,
    removed: 0,
  });
  const after = await db.knowledgeArticle.findMany({ orderBy: { sourceId: 'asc' }, include: { chunks: true } });
  expect(after.find(({ sourceId }) => sourceId === 'kayaks.md')).toEqual(
    before.find(({ sourceId }) => sourceId === 'kayaks.md'),
  );
  expect(after.map(({ sourceId, visibility }) => [sourceId, visibility])).toEqual([
    ['boats.md', 'public'],
    ['kayaks.md', 'public'],
    ['secret.md', 'public'],
  ]);
  expect(after[2]?.id).toBe(before[1]?.id);
  expect(await knowledge.replaceFolder('shop', [boats])).toEqual({ added: 0, changed: 0, unchanged: 1, removed: 2 });
  expect(await knowledge.count('shop')).toBe(1);
  expect(await find('kayak')).toEqual([]);
});

test('N4 what an import would do is told beforehand, and is what it then does', async () => {
  const old = article('old.md', '# Old\n\nIt is not so any more.');
  await knowledge.replaceFolder('shop', [KAYAKS, SECRET, old]);
  const folder = await mkdtemp(path.join(tmpdir(), 'articles-'));
  try {
    await writeFile(path.join(folder, 'kayaks.md'), '# Renting kayaks\n\nA kayak costs 40 EUR a day.');
    await writeFile(path.join(folder, 'secret.md'), '# Discount on kayaks\n\nNobody gets one.');
    await writeFile(path.join(folder, 'boats.md'), '# Boats\n\nWe rent boats.');
    expect(await planImport({ knowledge }, 'shop', folder)).toEqual({
      added: ['Boats (boats.md)'],
      changed: ['Discount on kayaks (secret.md)'],
      unchanged: ['Renting kayaks (kayaks.md)'],
      removed: ['Old (old.md)'],
    });
    expect(await knowledge.count('shop')).toBe(3);
    const [boats, changed] = [
      article('boats.md', '# Boats\n\nWe rent boats.'),
      article('secret.md', '# Discount on kayaks\n\nNobody gets one.'),
    ];
    const counts = { added: 1, changed: 1, unchanged: 1, removed: 1 };
    expect(await knowledge.replaceFolder('shop', [KAYAKS, changed, boats])).toEqual(counts);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('N4 an import that fails changes nothing', async () => {
  await knowledge.replaceFolder('shop', [KAYAKS]);
  const twice = { ...SECRET, chunks: SECRET.chunks.flatMap((chunk) => [chunk, chunk]) };
  await expect(knowledge.replaceFolder('shop', [twice])).rejects.toThrow();
  expect((await find('kayak')).map(({ title }) => title)).toEqual(['Renting kayaks']);
});

test('N4 imports of one connection that start together end as one of them', async () => {
  const results = await Promise.all([1, 2, 3].map(() => knowledge.replaceFolder('shop', [KAYAKS, SECRET])));
  expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(2);
  expect(await knowledge.count('shop')).toBe(2);
});

test('N4 knowledge for a connection that does not exist is refused', async () => {
  await expect(knowledge.replaceFolder('nowhere', [KAYAKS])).rejects.toThrow('There is no connection "nowhere"');
});

test('N4 knowledge of another connection is never found', async () => {
  await knowledge.replaceFolder('other', [KAYAKS]);
  await knowledge.replaceFolder('shop', [article('x.md', '# Tents\n\nA tent costs 20 EUR.')]);
  expect(await find('What does a kayak cost?', { includeInternal: true })).toEqual([
    expect.objectContaining({ title: 'Tents' }),
  ]);
  expect((await find('kayak', { connectionId: 'other' })).length).toBe(1);
  const [other] = await db.knowledgeArticle.findMany({ where: { connectionId: 'other' } });
  expect(await createCitedArticles(db)('shop', [other?.id ?? ''])).toEqual([]);
});

test('N4 internal knowledge is found for drafts only', async () => {
  await knowledge.replaceFolder('shop', [SECRET]);
  const question = 'Is there a discount on kayaks for regular guests?';
  expect(await find(question)).toEqual([]);
  expect((await find(question, { includeInternal: true })).map(({ visibility }) => visibility)).toEqual(['private']);
  expect(await plan(question, 'autopilot')).toMatchObject({ verdict: 'handoff', reasons: ['insufficient_knowledge'] });
  expect(await plan(question, 'assist')).toMatchObject({
    verdict: 'answer',
    sources: [{ title: 'Discount on kayaks' }],
  });
});

test('N4 an article that becomes internal leaves public answers with the import', async () => {
  const text = '# Renting kayaks\n\nRenting a kayak costs 40 EUR a day, and the second day is half of that.';
  await knowledge.replaceFolder('shop', [article('kayaks.md', text)]);
  expect((await plan('What does renting a kayak cost?')).verdict).toBe('answer');
  await knowledge.replaceFolder('shop', [article('kayaks.md', `---\nvisibility: internal\n---\n${text}`)]);
  expect((await plan('What does renting a kayak cost?')).verdict).toBe('handoff');
});

test('N2 words are stemmed in the language of the article, title and heading count, stop words do not', async () => {
  await knowledge.replaceFolder('shop', [article('x.md', '# Renting kayaks\n\n## Long trips\n\nThey cost 40 EUR.')]);
  const [found] = await find('How long is the trip when I rent a kayak in Norway?');
  expect(found).toMatchObject({
    title: 'Renting kayaks',
    heading: 'Long trips',
    language: 'en',
    position: 0,
    words: ['long', 'trip', 'rent', 'kayak'].map((word) => expect.objectContaining({ word, named: true })),
  });
  expect(found?.coverage).toBeGreaterThan(0.7);
  expect(found?.coverage).toBeLessThan(1); // nothing is said of Norway
});

test('N2 a misspelt word is read as the one it was meant to be, and less of the question than the right one', async () => {
  await knowledge.replaceFolder('shop', [article('x.md', '# Subscription\n\nPause your subscription at any time.')]);
  const [right] = await find('pause subscription');
  for (const question of ['puase subscripton', 'pausse subscriptiom', 'PAUSE subcsription']) {
    const [found] = await find(question);
    expect([question, found?.words.length]).toEqual([question, 2]);
    expect(found?.coverage).toBeLessThanOrEqual(right?.coverage ?? 0);
  }
  expect(await find('horse prescription')).toEqual([]);
});

test('N2 German compounds are found by their parts, and their parts by them', async () => {
  await knowledge.replaceFolder('shop', [
    article('x.md', '# Versandkosten\n\nSie zahlen für jede Lieferung mit der Maschine 4 EUR, und das überall.'),
  ]);
  for (const question of ['Versand', 'Kaffeemaschine', 'Kosten'])
    expect([question, (await find(question)).length]).toEqual([question, 1]);
  expect(await find('Sandkasten')).toEqual([]);
});

test('N2 accents that the customer leaves out are no obstacle', async () => {
  await knowledge.replaceFolder('shop', [
    article('x.md', '# Suscripción\n\nPuede cancelar su suscripción cuando quiera, sin coste y sin permanencia.'),
  ]);
  expect((await find('suscripcion')).length).toBe(1);
});

test('N2 a rare word is more of a question than one that stands everywhere', async () => {
  const about = (what: string) =>
    article(`${what}.md`, `# About ${what}\n\nThe machine comes with a ${what} in the box.`);
  await knowledge.replaceFolder('shop', ['filter', 'brush', 'spoon', 'cable', 'manual', 'sticker'].map(about));
  const [found] = await find('machine brush');
  expect(found?.title).toBe('About brush');
  const share = (word: string) => found?.words.find((one) => one.word === word)?.share ?? 0;
  expect(share('brush')).toBeGreaterThan(share('machine'));
});

test('N2 N4 among the articles that are named nothing else is found, and none of those that may not be seen', async () => {
  await knowledge.replaceFolder('other', [KAYAKS]);
  await knowledge.replaceFolder('shop', [KAYAKS, SECRET, article('more.md', '# Kayaks for two\n\nA kayak for two.')]);
  const rows = await db.knowledgeArticle.findMany({ select: { id: true, title: true } });
  const found = async (...titles: string[]) => {
    const among = rows.filter(({ title }) => titles.includes(title)).map(({ id }) => id);
    return (await find('What does a kayak cost?', { among })).map(({ title }) => title).toSorted();
  };
  expect(await found('Kayaks for two', 'Discount on kayaks')).toEqual(['Kayaks for two']);
  expect(await found('Renting kayaks', 'Kayaks for two')).toEqual(['Kayaks for two', 'Renting kayaks']);
  expect(await found()).toEqual([]);
});

test('N2 among equally good passages those in the language of the customer come first', async () => {
  const german = article(
    'de.md',
    '# Kajak Zelt\n\nDas Kajak und das Zelt sind für die Gäste da, die länger bleiben wollen.',
  );
  const english = article(
    'en.md',
    '# Kajak Zelt\n\nThe kajak and the zelt are for guests who want to stay for longer.',
  );
  await knowledge.replaceFolder('shop', [english, german]);
  expect((await find('Kajak Zelt', { language: 'de' })).map(({ language }) => language)).toEqual(['de', 'en']);
  expect((await find('Kajak Zelt', { language: 'en' })).map(({ language }) => language)).toEqual(['en', 'de']);
});

const HOSTILE = [
  '\'; DROP TABLE "KnowledgeChunk"; --',
  "kayak' | 'x",
  "kayak & ! ( | : * <-> \\ '' \\'",
  'kayak:*A',
  '\0kayak',
  '\ud83d kayak',
  '%s ${x} $1 kayak',
  'kayak '.repeat(100_000),
  Array.from({ length: 20_000 }, (_, index) => `w${index}`).join(' '),
  "'".repeat(10_000),
  '\\'.repeat(10_000),
  'https://x.example/a?b=c&d=e kayak user@x.example',
];

test.each(HOSTILE.map((question) => [question.slice(0, 40), question]))(
  'N5 a question is never query syntax: %j',
  async (_short, question) => {
    await knowledge.replaceFolder('shop', [KAYAKS]);
    const found = await find(question);
    expect(found.length).toBe(question.includes('kayak') ? 1 : 0);
    expect(await knowledge.count('shop')).toBe(1);
  },
);

test('N2 a question with no word in it finds nothing', async () => {
  await knowledge.replaceFolder('shop', [KAYAKS]);
  for (const question of ['', '   ', '🤔', 'the and of', '???']) expect(await find(question)).toEqual([]);
});

test('A7 markup in an article reaches the customer as harmless text, and links to where it links', async () => {
  const hostile = article(
    'x.md',
    '---\ntitle: "<img src=x onerror=alert(1)> [Kayak](https://evil.example/t) rules"\n---\n' +
      'Kayak rules: see [the list](https://shop.example/rules).<script>alert(2)</script> ![](https://evil.example/p.png)',
  );
  await knowledge.replaceFolder('shop', [hostile]);
  const answer = await plan('What are the kayak rules?');
  const asked = { connectionId: 'shop', mode: 'autopilot' as const, settings: DEFAULT_SETTINGS };
  const { body: html } = await guardedPlan(answer, asked, createCitedArticles(db));
  expect(html).toContain('<a href="https://shop.example/rules">the list</a>');
  expect(html).not.toMatch(/<(?!\/?(?:p|em|a)\b)|evil\.example\/p|href="https:\/\/evil/);
});

const DEMO: [string, string | null][] = [
  ['How long does shipping take?', 'Shipping times and costs'],
  ['What is your return policy?', 'Returns and refunds'],
  ['Can I return my jacket?', 'Returns and refunds'],
  [
    'Hello,\n\nI forgot my password and cannot log in. How do I reset it?\n\nThanks,\nAnna',
    'Reset your account password',
  ],
  ['My zipper is broken. Is that covered by the warranty?', 'Warranty and repairs'],
  ['How long is a gift card valid?', 'Gift cards'],
  ['I would like to cancel my order please.', 'Cancel or change an order'],
  ['Wie lange dauert der Versand?', 'Versand und Lieferzeit'],
  ['Wie kann ich einen Artikel zurückgeben?', 'Rückgabe und Erstattung'],
  ['Where is my order 4711?', null],
  ['Do you sell kayaks?', null],
  ['What are your opening hours?', null],
  ['How long does shipping take? And do you sell kayaks?', null],
  ['Can I get a goodwill voucher because my delivery is late?', null],
  ['Wo finde ich meine Rechnung?', null],
  ['Combien de temps prend la livraison ?', null],
];

test('N2 the demo knowledge answers what it holds, in its language, and nothing else', async () => {
  await knowledge.replaceFolder('shop', await readMarkdownFolder(demo));
  for (const [question, title] of DEMO) {
    const { verdict, sources } = await plan(question);
    const rested = verdict === 'answer' ? sources.map((source) => source.title) : [];
    expect([question, verdict, rested]).toEqual([
      question,
      title === null ? 'handoff' : 'answer',
      title === null ? [] : [title],
    ]);
  }
});
