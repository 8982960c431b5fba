import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Paying } from '../../../src/accounts/accounts.ts';
import type { Accounts } from '../../../src/accounts/accounts.ts';
import { prepareArticle } from '../../../src/ai/knowledge/markdown-knowledge.ts';
import { createKnowledge, type Knowledge } from '../../../src/db/knowledge/knowledge.ts';
import { createKnowledgeSyncs, type KnowledgeSyncs } from '../../../src/db/background/knowledge-syncs.ts';
import { RateLimited } from '../../../src/domain/rate-limit.ts';
import { syncSolutions } from '../../../src/knowledge-import/solutions.ts';
import { syncEveryHour } from '../../../src/loops/knowledge-sync.ts';
import { until } from '../../../testbed/until.ts';
import { openMirror, type Mirror } from '../../../testbed/activities.ts';

let mirror: Mirror;
let knowledge: Knowledge;
let syncs: KnowledgeSyncs;
const paid: (Paying | undefined)[] = [];

beforeAll(async () => {
  mirror = await openMirror();
  knowledge = createKnowledge(mirror.db);
  syncs = createKnowledgeSyncs(mirror.db);
});
afterAll(() => mirror.close());
beforeEach(async () => {
  const { solutions } = mirror.account.state;
  for (const part of [solutions.categories, solutions.folders, solutions.articles, solutions.hidden]) part.clear();
  solutions.listsCarryText = true;
  mirror.simulator.faults.clear();
  await mirror.db.knowledgeArticle.deleteMany();
  await mirror.db.knowledgeSync.deleteMany();
});

const account: Accounts = (id, share) => {
  paid.push(share);
  return mirror.deps.account(id);
};
const sync = () => syncSolutions({ account, knowledge }, 'default');
const found = async (question: string, includeInternal = false) =>
  (await knowledge.search({ connectionId: 'default', question, language: null, includeInternal, limit: 10 })).map(
    ({ title }) => title,
  );
const asked = (path: RegExp) => mirror.simulator.requests.all.filter((request) => path.test(request.path)).length;

/** A folder below a category of its own. */
function folder(visibility = 1, parentId: number | null = null) {
  const { account: people } = mirror;
  const categoryId =
    parentId === null
      ? people.addSolutionCategory('Shop').id
      : (people.state.solutions.folders.get(parentId)?.categoryId ?? 0);
  return people.addSolutionFolder({ categoryId, name: 'Folder', visibility, parentId }).id;
}

test('N4 published articles in folders for everybody are public, everything else is internal', async () => {
  const { account: people } = mirror;
  const open = folder(1);
  people.addArticle({
    folderId: open,
    title: 'Kayak prices',
    html: '<p>If you want to rent a kayak with us, it costs <b>40 EUR</b> a day.</p>',
  });
  people.addArticle({ folderId: open, title: 'Kayak drafts', text: 'A kayak that nobody has published.', status: 1 });
  for (const [visibility, who] of [
    [2, 'members'],
    [3, 'agents'],
    [4, 'companies'],
    [5, 'others'],
  ] as const)
    people.addArticle({ folderId: folder(visibility), title: `Kayak ${who}`, text: 'A kayak, but not for all.' });
  const inside = folder(1, folder(3));
  people.addArticle({
    folderId: inside,
    title: 'Kayak inside',
    text: 'A kayak in an open folder inside a closed one.',
  });
  people.addArticle({
    folderId: folder(1, open),
    title: 'Kayak below',
    text: 'A kayak in an open folder in an open one.',
  });

  expect(await sync()).toEqual({ added: 8, changed: 0, unchanged: 0, removed: 0 });
  expect((await found('kayak')).toSorted()).toEqual(['Kayak below', 'Kayak prices']);
  expect(await found('kayak', true)).toHaveLength(8);
  const [stored] = await mirror.db.knowledgeArticle.findMany({ where: { title: 'Kayak prices' } });
  expect(stored).toMatchObject({
    origin: 'freshdesk',
    markdown: 'If you want to rent a kayak with us, it costs **40 EUR** a day.',
    language: 'en',
  });
});

test('N4 a sync takes in what changed and removes what went, and leaves the rest and its ids alone', async () => {
  const { account: people } = mirror;
  const open = folder();
  const kept = people.addArticle({ folderId: open, title: 'Kayaks', text: 'A kayak costs 40 EUR.' });
  const edited = people.addArticle({ folderId: open, title: 'Tents', text: 'A tent costs 20 EUR.' });
  const deleted = people.addArticle({ folderId: open, title: 'Skis', text: 'Skis cost 30 EUR.' });
  await sync();
  const before = await mirror.db.knowledgeArticle.findMany({ orderBy: { title: 'asc' }, include: { chunks: true } });
  people.editArticle(edited.id, { html: '<p>A tent costs 25 EUR.</p>' });
  people.deleteArticle(deleted.id);
  expect(await sync()).toEqual({ added: 0, changed: 1, unchanged: 1, removed: 1 });
  const after = await mirror.db.knowledgeArticle.findMany({ orderBy: { title: 'asc' }, include: { chunks: true } });
  expect(after[0]).toEqual(before.find(({ sourceId }) => sourceId === String(kept.id)));
  expect(after[1]?.id).toBe(before.find(({ sourceId }) => sourceId === String(edited.id))?.id);
  expect(after[1]?.markdown).toBe('A tent costs 25 EUR.');
  expect(await sync()).toEqual({ added: 0, changed: 0, unchanged: 2, removed: 0 });
});

test('N4 a folder that is closed takes its articles out of public answers, though they did not change', async () => {
  const open = folder();
  mirror.account.addArticle({ folderId: open, title: 'Kayaks', text: 'A kayak costs 40 EUR.' });
  await sync();
  expect(await found('kayak')).toEqual(['Kayaks']);
  mirror.account.setFolderVisibility(open, 3);
  expect(await sync()).toMatchObject({ changed: 1 });
  expect(await found('kayak')).toEqual([]);
});

test('N4 Solutions and folder live beside each other, also with the same ids', async () => {
  const { id } = mirror.account.addArticle({ folderId: folder(), title: 'Kayaks', text: 'A kayak costs 40 EUR.' });
  const file = prepareArticle(String(id), '# Boats\n\nA boat is no kayak.');
  await knowledge.replaceFolder('default', [file]);
  await sync();
  expect((await found('kayak')).toSorted()).toEqual(['Boats', 'Kayaks']);
  mirror.account.deleteArticle(id);
  await sync();
  expect(await found('kayak')).toEqual(['Boats']);
  await knowledge.replaceFolder('default', [prepareArticle('other.md', '# Oars\n\nFor a kayak.')]);
  expect(await found('kayak')).toEqual(['Oars']);
});

test('N4 lists are read to their end, thirty a page', async () => {
  const open = folder();
  for (let number = 1; number <= 65; number += 1)
    mirror.account.addArticle({ folderId: open, title: `Kayak ${number}`, text: 'A kayak for one.' });
  const pages = asked(/\/solutions\/folders\/\d+\/articles/);
  expect(await sync()).toMatchObject({ added: 65 });
  expect(asked(/\/solutions\/folders\/\d+\/articles/) - pages).toBe(3);
});

test('N4 where lists carry no text, articles are asked for once and again when they were edited', async () => {
  mirror.account.setListsCarryText(false);
  const open = folder();
  const { id } = mirror.account.addArticle({ folderId: open, title: 'Kayaks', text: 'A kayak costs 40 EUR.' });
  const gone = mirror.account.addArticle({ folderId: open, title: 'Secret', text: 'Of a kayak.' });
  mirror.account.hideSolution(gone.id);
  const before = asked(/\/solutions\/articles\//);
  expect(await sync()).toMatchObject({ added: 1 });
  expect(await found('kayak')).toEqual(['Kayaks']);
  mirror.account.state.solutions.articles.delete(gone.id);
  expect(await sync()).toMatchObject({ unchanged: 1 });
  expect(asked(/\/solutions\/articles\//) - before).toBe(2);
  mirror.later(2_000);
  mirror.account.editArticle(id, { html: '<p>A kayak costs 50 EUR.</p>' });
  expect(await sync()).toMatchObject({ changed: 1 });
});

test('N4 folders that are hidden or deleted while they are read are empty', async () => {
  const hidden = folder();
  mirror.account.addArticle({ folderId: hidden, title: 'Hidden', text: 'A kayak.' });
  mirror.account.addArticle({ folderId: folder(), title: 'Shown', text: 'A kayak.' });
  await sync();
  mirror.account.hideSolution(hidden);
  expect(await sync()).toMatchObject({ removed: 1, unchanged: 1 });
  mirror.simulator.faults.add({
    kind: 'status',
    status: 404,
    match: { path: /\/solutions\/categories\/\d+\/folders/ },
  });
  await sync();
  expect(await found('kayak')).toEqual(['Shown']);
});

test.each([
  ['a server that is down', { kind: 'status', status: 502, match: { path: /\/solutions\/folders/ } }],
  ['a refusal of the categories', { kind: 'status', status: 403, match: { path: /\/solutions\/categories$/ } }],
  ['a key that stopped working', { kind: 'status', status: 401, match: { path: /\/solutions\/folders/ } }],
] as const)('N4 %s changes nothing, and says so', async (_what, fault) => {
  mirror.account.addArticle({ folderId: folder(), title: 'Kayaks', text: 'A kayak costs 40 EUR.' });
  await sync();
  mirror.simulator.faults.add({ ...fault });
  await expect(sync()).rejects.toThrow('/solutions/');
  expect(await found('kayak')).toEqual(['Kayaks']);
});

test('N4 articles without text, with scripts and without a title', async () => {
  const open = folder();
  mirror.account.addArticle({ folderId: open, title: 'Video', html: '<iframe src="https://v.example"></iframe>' });
  mirror.account.addArticle({ folderId: open, title: '', html: '<p>A kayak.</p><script>steal()</script>' });
  expect(await sync()).toMatchObject({ added: 1 });
  const [stored] = await mirror.db.knowledgeArticle.findMany();
  expect(stored).toMatchObject({ title: expect.stringMatching(/^Article \d+$/), markdown: 'A kayak.' });
});

test('N4 a sync waits for its share of the rate limit instead of failing', async () => {
  mirror.account.addArticle({ folderId: folder(), title: 'Kayaks', text: 'A kayak costs 40 EUR.' });
  let refusals = 0;
  const impatient: Accounts = async (id, share) => {
    paid.push(share);
    const real = await mirror.deps.account(id);
    const solutionArticles = async (...args: Parameters<typeof real.freshdesk.solutionArticles>) => {
      refusals += 1;
      if (refusals <= 2) throw new RateLimited(5);
      return real.freshdesk.solutionArticles(...args);
    };
    return { ...real, freshdesk: { ...real.freshdesk, solutionArticles } };
  };
  expect(await syncSolutions({ account: impatient, knowledge }, 'default')).toMatchObject({ added: 1 });
  expect(paid.at(-1)).toMatchObject({ lane: 'background' });
});

test('N4 of a failure that could hold anything its name alone is stored and logged', async () => {
  mirror.account.addArticle({ folderId: folder(), title: 'Kayaks', text: 'A kayak costs 40 EUR.' });
  const logLines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const broken = {
    ...knowledge,
    replaceSolutions: () => Promise.reject(new TypeError('cannot insert "A kayak costs 40 EUR."')),
  };
  await syncs.released('default');
  const loop = syncEveryHour({ account, knowledge: broken, syncs, connections: mirror.connections, log, lookMs: 5 });
  await until('the sync has ended', async () => (await syncs.last('default'))?.endedAt != null);
  await loop.stop();
  expect(await syncs.last('default')).toMatchObject({ failure: 'TypeError' });
  expect(logLines.join('')).toContain('could not sync Freshdesk Solutions');
  expect(logLines.join('')).not.toContain('kayak');
  await syncs.released('default');
});

test('N4 the service syncs each connection when its hour is over, once however many processes there are', async () => {
  mirror.account.addArticle({ folderId: folder(), title: 'Kayaks', text: 'A kayak costs 40 EUR.' });
  const before = asked(/\/solutions\/categories$/);
  const log = pino({ level: 'silent' });
  const loop = { account, knowledge, syncs, connections: mirror.connections, log, everyMs: 3_600_000, lookMs: 5 };
  const loops = [syncEveryHour(loop), syncEveryHour(loop), syncEveryHour(loop)];
  await until('the sync has ended', async () => (await syncs.last('default'))?.endedAt != null);
  expect(await found('kayak')).toEqual(['Kayaks']);
  expect(asked(/\/solutions\/categories$/) - before).toBe(1);
  await mirror.db
    .$executeRaw`UPDATE "KnowledgeSync" SET "startedAt" = "startedAt" - interval '1 hour', "endedAt" = NULL`;
  mirror.simulator.faults.add({ kind: 'status', status: 502, match: { path: /\/solutions\/categories$/ } });
  await until('the sync has ended', async () => (await syncs.last('default'))?.endedAt != null);
  expect(await syncs.last('default')).toMatchObject({ failure: expect.stringContaining('http_502') });
  await Promise.all(loops.map((one) => one.stop()));
  expect(await found('kayak')).toEqual(['Kayaks']);
});
