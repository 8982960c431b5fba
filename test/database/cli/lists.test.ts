import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createHandoffActivities } from '../../../src/activities/handoff.ts';
import { plainText } from '../../../src/ai/answering/plain-text.ts';
import { createAsk } from '../../../src/app/ask.ts';
import { createExplainSearch } from '../../../src/ai/knowledge/explain.ts';
import { prepareArticle } from '../../../src/ai/knowledge/markdown-knowledge.ts';
import { createKnowledge } from '../../../src/db/knowledge/knowledge.ts';
import { openRepositories } from '../../../src/db/index.ts';
import { createKeyring } from '../../../src/db/connections/secrets.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { cli, opening } from '../../../testbed/cli.ts';
import { takeTurn } from '../../../testbed/turns.ts';

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror();
});
afterAll(() => mirror.close());

let temporalAnswers = true;
function run(...args: string[]) {
  const { connections, deps, db } = mirror;
  const repositories = openRepositories(db, createKeyring([new Uint8Array(32)]));
  const open = opening({
    ...repositories,
    connections,
    account: deps.account,
    searchKnowledge: (connectionId, question, includeInternal) =>
      createExplainSearch(repositories)({ connectionId, question, includeInternal }),
    async askKnowledge(connectionId, question) {
      const plan = await createAsk(
        { ai: { provider: 'embedded' } },
        { ...repositories, connections },
        { understand: null, byMeaning: null },
        pino({ level: 'silent' }),
      )(connectionId, question);
      return { ...plan, text: plan.html === null ? null : plainText(plan.html) };
    },
    failingWorkflows: async () => {
      if (!temporalAnswers) throw new Error('no answer');
      return [{ connection: 'default', ticketId: 77, since: new Date('2026-01-05T09:00:00Z'), state: 'failed' }];
    },
  });
  return cli(args, { open });
}

async function newTicket(subject: string): Promise<number> {
  const { id } = mirror.account.customerCreatesTicket({ email: 'mia@customer.example', subject, text: `${subject}?` });
  mirror.later(SECOND_MS);
  return id;
}

test('what is empty says so, and what to do', async () => {
  expect((await run('ticket', 'list')).out).toBe('No tracked ticket is like that.\n');
  expect((await run('drafts')).out).toBe('No drafts in the last 30 days.\n');
  expect((await run('knowledge', 'list')).out).toContain('"knowledge import FOLDER"');
  const { out } = await run('status');
  expect(out).toContain('waiting for the AI: nothing\n');
  expect(out).toContain('Nothing in the database needs a person');
});

test('status is one screen: who is answered, what waits, what was done today and why people got it, what needs a person', async () => {
  await takeTurn(mirror, await newTicket('Shipping'), 'autopilot', 'It is on its way');
  const handed = await newTicket('Refund');
  await mirror.sync(handed);
  const { handOff } = createHandoffActivities(mirror.deps);
  await handOff({
    connectionId: 'default',
    ticketId: handed,
    turnId: null,
    reasons: ['low_confidence'],
    throughSeq: 0,
  });
  const waiting = await newTicket('Sizes');
  await mirror.sync(waiting);
  await mirror.deps.sessions.resolveRefused((await mirror.session(waiting))?.id ?? '', 'cf_reason');

  const { out } = await run('status');
  expect(out).toMatch(/^default  default\.freshdesk\.com  active, no webhook yet\n/);
  expect(out).toContain(
    'public replies on email; drafts for people on web, phone; mirrored only on other. Tickets taken: ',
  );
  expect(out).toMatch(/waiting for the AI: 1 ticket, the first for \d+ s\n/);
  expect(out).toContain('today: 1 replied, 0 drafted, 0 handed off (low confidence 1), 0 resolved');
  expect(out).toContain('1 thing needs a person (refused_resolve 1): "attention" says what to do.');
  expect(JSON.parse((await run('status', '--json')).out)).toMatchObject({
    connections: [{ id: 'default', waiting: { tickets: 1 }, today: { replied: 1 }, backfill: null, paused: false }],
    attention: { refused_resolve: 1 },
  });
  await run('pause');
  expect((await run('status')).out).toContain('active, PAUSED, ');
  await run('resume');
});

test('attention lists what needs a person with what to do, and says when Temporal cannot be asked', async () => {
  const { out } = await run('attention');
  expect(out).toMatch(
    / {2}refused_resolve, ticket \d+, default\n {2}The ticket is done, .*cf_reason\.\n {2}What to do: /,
  );
  expect(out).toContain('  failing_workflow, ticket 77, default\n');
  expect(out).toContain('2 things. ');
  temporalAnswers = false;
  const without = JSON.parse((await run('attention', '--json')).out) as { items: { kind: string }[] };
  temporalAnswers = true;
  expect(without.items.map(({ kind }) => kind)).toEqual(['temporal_unreachable', 'refused_resolve']);
});

test('ticket list takes the filters of the API, one line for each ticket, and refuses what is none', async () => {
  const all = await run('ticket', 'list', '--sort', 'began');
  expect(all.out.split('\n').length).toBe(6);
  expect(all.out).toMatch(/^ticket {2}changed +channel {2}status +what the AI did +subject\n/);
  expect(all.out).toContain('3 tickets.\n');
  const handed = await run('ticket', 'list', '--status', 'handed_off', '--reason', 'low_confidence');
  expect(handed.out).toMatch(/handed_off {2}handed off: low confidence +Refund\n1 ticket\.\n$/);
  const first = JSON.parse((await run('ticket', 'list', '--limit', '2', '--json')).out) as { nextCursor: string };
  expect((await run('ticket', 'list', '--limit', '2', '--cursor', first.nextCursor)).out).toContain('\n1 ticket.\n');
  expect((await run('ticket', 'list', '--waiting', '--q', 'sizes')).out).toContain('1 ticket.');
  const wrong = await run('ticket', 'list', '--status', 'opne', '--updated-since', 'yesterday');
  expect(wrong).toMatchObject({ status: 2, out: '' });
  expect(wrong.err).toContain('--status must be one of open, handed_off');
  expect(wrong.err).toContain('--updated-since must be a time such as ');
});

test('A10 drafts counts what people made of them, by channel and article', async () => {
  await mirror.set({ channels: { email: { mode: 'assist' } } });
  const used = await newTicket('Delivery');
  await takeTurn(mirror, used, 'assist', 'It has left our house yesterday');
  mirror.later(SECOND_MS);
  mirror.account.agentReplies(used, { text: 'It has left our house yesterday' });
  await mirror.sync(used);
  await takeTurn(mirror, await newTicket('Colours'), 'assist', 'Blue and green');
  const { out } = await run('drafts');
  expect(out).toMatch(
    /\nemail +2 +1 +0 +0 +0 +1 +0\.00 +Answer\n2 drafts in the last 30 days; 1 of 1 that were answered were used\.\n$/,
  );
  expect(JSON.parse((await run('drafts', '--days', '7', '--json')).out)).toMatchObject({
    items: [{ channel: 'email', article: 'Answer', drafts: 2, sent: 1, open: 1, distance: 0 }],
  });
  expect(await run('drafts', '--days', '0')).toMatchObject({ status: 2 });
});

test('N4 knowledge list says what may be quoted in public, and from where it comes', async () => {
  await createKnowledge(mirror.db).replaceFolder('default', [
    prepareArticle('returns.md', '# Returns\n\nYou have 30 days.'),
    prepareArticle('goodwill.md', '---\nvisibility: internal\n---\n# Goodwill\n\nUp to 10 €.'),
  ]);
  const { out } = await run('knowledge', 'list');
  expect(out).toMatch(/internal {2}\S+ +1 +0 +goodwill\.md {2}.* {2}Goodwill\n/);
  expect(out).toMatch(/public {4}\S+ +1 +0 +returns\.md {3}.* {2}Returns\n/);
  expect(out).toContain('2 articles, 1 of them internal');
});

test('N2 knowledge ask says what would become of a message: the reply as it would be sent, or why people would get it', async () => {
  await mirror.set({ channels: { email: { greeting: 'Hello,', signature: 'Acme' } } });
  const answered = await run('knowledge', 'ask', 'How many days do I have to return a jacket?', '--subject', 'Returns');
  expect(answered.out).toMatch(
    /^Would leave this draft for people on email: confidence 0\.\d\d, the threshold is 0\.60, from Returns:\nLeft as a draft: without an embedding server .*\n\n {2}\| Hello,\n[^]*\| .*30 days[^]*\| Acme\n$/,
  );
  const unknown = await run('knowledge', 'search', 'Can I pay with shells in the moonlight bazaar?');
  expect(unknown.out).toMatch(
    /^Would hand over: confidence 0\.\d\d, the threshold is 0\.60; nothing near it was found\.\n/,
  );
  expect(unknown.out).toContain('(insufficient_knowledge)');
  const card = await run(
    'knowledge',
    'ask',
    'My card is 4111 1111 1111 1111',
    '--channel',
    'web',
    '--mode',
    'assist',
    '--json',
  );
  expect(JSON.parse(card.out)).toMatchObject({
    verdict: 'handoff',
    html: null,
    reasons: ['safety'],
  });
  expect((await run('knowledge', 'ask', 'Thank you!')).out).toContain('Would write nothing: thanks alone');
  expect(await run('knowledge', 'ask', 'Hi', '--channel', 'fax')).toMatchObject({ status: 2 });
  expect(await mirror.db.turn.count({ where: { session: { ticketId: 0 } } })).toBe(0);
});

test('account lists what settings name, and settings take the names; a name that two share is asked back', async () => {
  const billing = mirror.account.group('Billing');
  const grace = mirror.account.humans.find(({ name }) => name === 'Grace Miller');
  const { out } = await run('account');
  expect(out).toContain(`  ${billing.id}  Billing\n`);
  expect(out).toContain(`  ${grace?.id}  Grace Miller <grace@acme.example>\n`);
  expect(out).toContain('Acme Shop');
  expect(out).toMatch(/Statuses\n {2}2 +Open\n/);

  const set = async (path: string, value: string) => run('settings', 'set', path, value, '--yes', '--json');
  expect((await set('intake.defaultGroupId', 'billing')).out).toBe(`${billing.id}\n`);
  expect((await set('handoff.routing', '{"kind":"agent","agentId":"Grace@acme.example"}')).out).toContain(
    `"agentId": ${grace?.id}`,
  );
  expect((await set('reply.statusAfterReply', 'Pending')).out).toBe('3\n');
  expect((await set('intake.exclude.groupIds', '["Billing","Returns"]')).out).toContain(String(billing.id));
  const mistyped = await set('intake.defaultGroupId', 'Biling');
  expect(mistyped).toMatchObject({
    status: 1,
    err: expect.stringContaining('no group \\"Biling\\". Did you mean \\"Billing\\"?'),
  });

  mirror.account.state.groups.set(99, { ...billing, id: 99 });
  const shared = await set('intake.defaultGroupId', 'Billing');
  mirror.account.state.groups.delete(99);
  expect(shared.status).toBe(1);
  expect(shared.err).toContain(
    `2 groups of the account are called \\"Billing\\": give the number, one of ${billing.id}, 99.`,
  );
  expect((await run('settings', 'get', 'intake.defaultGroupId')).out).toBe(`${billing.id}\n`);
});
