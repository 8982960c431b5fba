import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { createFreshdesk, type Freshdesk } from '../../../src/freshdesk/client.ts';
import { openLimit } from '../../../testbed/scripted-server.ts';

let simulator: Simulator;
let client: Freshdesk;
beforeEach(async () => {
  simulator = await startSimulator();
  client = clientWith(simulator.apiKey);
});
afterEach(() => simulator.close());

function clientWith(apiKey: string, deadlineMs = 5_000, limit = openLimit()): Freshdesk {
  return createFreshdesk({ baseUrl: simulator.url, apiKey, limit, deadlineMs });
}

function newTicket(): number {
  return simulator.account.customerCreatesTicket({ email: 'jane@customer.example', text: 'Where is my parcel?' }).id;
}

test('C1 the key of an administrator verifies, others are told what is wrong', async () => {
  const { aiAgent } = simulator.account;
  const agent = { id: aiAgent.id, name: aiAgent.name, email: aiAgent.email };
  expect(await client.verify()).toMatchObject({ agent, admin: true });
  await expect(clientWith(simulator.plainApiKey).verify()).rejects.toMatchObject({ reason: 'not_admin' });
  await expect(clientWith('no key of ours').verify()).rejects.toMatchObject({ reason: 'invalid_credentials' });
});

test('a ticket, its thread and its updates come back as they are in the account', async () => {
  const id = newTicket();
  const { value: created } = await client.ticket(id, { stats: true });
  expect(created).toMatchObject({ id, status: 2, source: 1, responderId: null, spam: false, deleted: false });
  expect(created.descriptionText).toContain('Where is my parcel?');
  expect(created.stats).toEqual({ resolvedAtMs: null, closedAtMs: null });

  const customer = simulator.account.customerReplies(id, { text: 'Any news?' });
  const reply = await client.reply(id, { html: '<p>It is on its way.</p>' });
  const note = await client.note(id, { html: '<p>A draft</p>' });
  const { value: thread } = await client.conversations(id, 1);
  const me = (await client.me()).value.id;
  expect(thread.next).toBe(false);
  expect(thread.entries).toMatchObject([
    { id: customer.id, incoming: true, private: false, userId: created.requesterId },
    { id: reply.value.id, incoming: false, private: false, userId: me, source: 0 },
    { id: note.value.id, incoming: false, private: true, userId: me, source: 2 },
  ]);

  const { value: updated } = await client.update(id, { status: 4, responderId: me, tags: ['opencx'] });
  expect(updated).toMatchObject({ id, status: 4, responderId: me, tags: ['opencx'] });
  const freed = await client.update(id, { responderId: null, customFields: { cf_opencx_handed_off: true } });
  expect(freed.value).toMatchObject({ responderId: null, customFields: { cf_opencx_handed_off: true } });
});

test('I6 a thread of more than a hundred messages has a next page', async () => {
  const id = newTicket();
  for (let n = 0; n < 101; n += 1) simulator.account.agentNotes(id, { text: `note ${n}` });
  const first = (await client.conversations(id, 1)).value;
  const second = (await client.conversations(id, 2)).value;
  expect([first.entries.length, first.next, second.entries.length, second.next]).toEqual([100, true, 1, false]);
});

test('S1 the account’s own statuses are read', async () => {
  expect(await client.statuses()).toContainEqual({ id: 7, label: 'Job Application' });
});

test('A6 refusals: an unknown agent, a ticket in the spam folder, a ticket that never was', async () => {
  const id = newTicket();
  await expect(client.update(id, { responderId: 1 })).rejects.toMatchObject({
    name: 'Rejected',
    status: 400,
    fields: [{ field: 'responder_id', code: 'invalid_value' }],
  });
  simulator.account.markSpam(id);
  await expect(client.update(id, { status: 4 })).rejects.toMatchObject({ name: 'Rejected', status: 405 });
  expect((await client.ticket(id)).value.spam).toBe(true);
  await expect(client.ticket(987_654)).rejects.toMatchObject({ name: 'NotFound' });
});

test('S3 a ticket in the trash says so', async () => {
  const id = newTicket();
  simulator.account.deleteTicket(id);
  expect((await client.ticket(id)).value.deleted).toBe(true);
});

test('A5 a reply whose answer is lost is unknown, and the thread shows that it was posted once', async () => {
  const id = newTicket();
  const faults = [
    { kind: 'lose_response' },
    { kind: 'apply_then_status', status: 502 },
    { kind: 'stall', when: 'after' },
  ] as const;
  const impatient = clientWith(simulator.apiKey, 1_000);
  for (const fault of faults) {
    simulator.faults.add({ ...fault, match: { path: '/tickets/:id/reply' } });
    await expect(impatient.reply(id, { html: fault.kind })).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  }
  const { entries } = (await client.conversations(id, 1)).value;
  expect(entries.map(({ text }) => text)).toEqual(faults.map(({ kind }) => kind));
});

test('the budget of the account reaches the rate limit, and a spent one closes it', async () => {
  simulator.limits.setPerMinute(2);
  const limit = openLimit();
  const metered = clientWith(simulator.apiKey, 5_000, limit);
  const id = newTicket();
  await metered.ticket(id);
  await metered.ticket(id);
  await expect(metered.ticket(id)).rejects.toMatchObject({ name: 'RateLimited' });
  expect(limit.lessons.filter(([kind]) => kind === 'learned')).toEqual([
    ['learned', { credits: 1, total: 2, remaining: 1, tookMs: expect.any(Number) }],
    ['learned', { credits: 1, total: 2, remaining: 0, tookMs: expect.any(Number) }],
  ]);
  expect(limit.lessons.at(-1)).toEqual(['closed', expect.any(Number), null]);
});

test('credits taken are the credits Freshdesk counts', async () => {
  const limit = openLimit();
  const metered = clientWith(simulator.apiKey, 5_000, limit);
  const id = newTicket();
  simulator.requests.reset();
  await metered.ticket(id);
  await metered.ticket(id, { stats: true });
  await metered.conversations(id, 1);
  await metered.note(id, { html: 'x' });
  await metered.update(id, { status: 3 });
  await metered.statuses();
  const taken = limit.lessons.reduce((sum, lesson) => sum + (lesson[0] === 'acquire' ? lesson[1] : 0), 0);
  expect(taken).toBe(simulator.requests.credits);
});
