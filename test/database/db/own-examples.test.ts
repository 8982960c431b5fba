import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXAMPLES_FOLDER, readExamples } from '../../../src/ai/understanding/examples.ts';
import { loadHeads } from '../../../src/ai/understanding/fitted.ts';
import { contradicted } from '../../../src/ai/understanding/own-heads.ts';
import { createUnderstand } from '../../../src/ai/understanding/understand.ts';
import { createDb, type Db } from '../../../src/db/client.ts';
import { createOwnExamples, type OwnExamples } from '../../../src/db/knowledge/own-examples.ts';
import { UNUSED_CONNECTION } from '../../../bench/golden/golden.ts';
import { cli, opening } from '../../../testbed/cli.ts';
import { createTestDatabase, type TestDatabase } from '../../../testbed/database.ts';
import { testEmbedder } from '../../../testbed/understanding.ts';

const embedder = testEmbedder();
let database: TestDatabase;
let db: Db;
let own: OwnExamples;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  for (const id of ['shop', 'other']) await db.connection.create({ data: { id, ...UNUSED_CONNECTION } });
  own = createOwnExamples(db);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

async function heard(text: string, connectionId: string, head: string) {
  const load = () => loadHeads(embedder, [EXAMPLES_FOLDER]);
  const understand = createUnderstand(embedder, load, (id) => own.list(id));
  const { heard: all } = await understand({ connectionId, waiting: [text], before: '', subject: '' });
  return all.find((one) => one.head === head);
}

function run(...args: string[]) {
  const open = opening({
    ownExamples: own,
    contradictedExamples: async (examples) =>
      new Set([...contradicted(examples, readExamples(EXAMPLES_FOLDER).examples)].map(({ id }) => id)),
  });
  return cli(['examples', ...args, '--connection', 'shop'], { open });
}

test('N8 a sentence that a connection teaches counts there and nowhere else, until it is taken back', async () => {
  const code = 'Code blue at the till, over.';
  expect((await heard(code, 'shop', 'person'))?.verdict).toBe('no');
  const added = await run('add', 'person', code);
  expect([added.status, added.out]).toEqual([0, expect.stringContaining('count as "asks for a person"')]);
  expect(await heard(code, 'shop', 'person')).toMatchObject({
    verdict: 'sure',
    nearest: { text: code, positive: true },
  });
  expect((await heard('Hello! Code blue at the till please.', 'shop', 'person'))?.verdict).not.toBe('no');
  expect((await heard('How long does delivery to Austria take?', 'shop', 'person'))?.verdict).toBe('no');
  expect((await heard(code, 'other', 'person'))?.verdict).toBe('no');

  const id = (await own.list('shop'))[0]?.id ?? '';
  expect((await run('list')).out).toMatch(new RegExp(`person +is .*${id} +Code blue`));
  expect((await run('remove', id)).out).toBe('Removed.\n');
  expect((await run('remove', id)).status).toBe(1);
  expect((await heard(code, 'shop', 'person'))?.verdict).toBe('no');
});

test('N8 an example that says the opposite of the product’s own is named, and counts', async () => {
  const text = 'I want to talk to a human';
  expect((await heard(text, 'shop', 'person'))?.verdict).toBe('sure');
  const { examples } = readExamples(EXAMPLES_FOLDER);
  const shipped = examples.find(({ positive, before }) => positive.includes('person') && before === '')?.text ?? '';
  expect((await run('add', 'person', shipped, '--not')).out).toContain('says the opposite; yours counts');
  expect((await heard(shipped, 'shop', 'person'))?.verdict).not.toBe('sure');
  expect((await run('list')).out).toContain("contradicts the product's own");
  // Given again the other way round it is one again, and no contradiction any more.
  await run('add', 'person', shipped);
  expect(await own.list('shop')).toMatchObject([{ text: shipped, positive: true }]);
  expect((await run('list')).out).not.toContain('contradicts');
  expect((await heard(shipped, 'shop', 'person'))?.verdict).toBe('sure');
});

test('N8 what is no head, no sentence or no example is refused', async () => {
  const unknown = await run('add', 'persons', 'Hello');
  expect([unknown.status, unknown.err]).toEqual([2, expect.stringContaining('Name one of person, self_harm')]);
  expect((await run('add', 'person', ' ')).status).toBe(2);
  expect((await run('add', 'person', 'x'.repeat(1_001))).status).toBe(2);
  expect((await run('remove', 'none')).status).toBe(1);
});
