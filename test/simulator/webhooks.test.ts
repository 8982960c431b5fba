import { expect, test } from '@jest/globals';
import type { Simulator, SimulatorOptions } from '../../simulator/simulator.ts';
import { until } from '../../testbed/until.ts';
import { call, simulator, webhookSink, type Sink } from './harness.ts';

async function connected(
  options: SimulatorOptions = {},
): Promise<{ sim: Simulator; sink: Sink; names: () => string[] }> {
  const sink = await webhookSink();
  const sim = await simulator({ webhook: { url: sink.url, headers: { 'x-webhook-secret': 'hush' } }, ...options });
  return { sim, sink, names: () => sim.deliveries.map((delivery) => delivery.rule) };
}

test('a new ticket sends the ticket id with the secret header', async () => {
  const { sim, sink, names } = await connected();
  sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await sim.webhooksIdle();
  expect(names()).toEqual(['created']);
  expect(sink.received[0]?.body).toBe('{"ticket_id":"1"}');
  expect(sink.received[0]?.headers).toMatchObject({ 'x-webhook-secret': 'hush', 'content-type': 'application/json' });
});

test('writes with our own key fire rules too, each of them', async () => {
  const { sim, names } = await connected();
  await call(sim, 'POST', '/tickets', { subject: 's', description: 'd', email: 'a@b.example' });
  await call(sim, 'POST', '/tickets/1/reply', { body: 'x' });
  await call(sim, 'POST', '/tickets/1/notes', { body: 'x' });
  await call(sim, 'PUT', '/tickets/1', { responder_id: sim.account.aiAgent.id, tags: ['opencx'] });
  await call(sim, 'DELETE', '/tickets/1');
  await sim.webhooksIdle();
  expect(names().sort()).toEqual(['created', 'updated', 'updated', 'updated', 'updated']);
});

test('what System does fires the System rule: round robin, and the reopening after a reply', async () => {
  const { sim, names } = await connected();
  const returns = sim.account.group('Returns');
  sim.account.setRoundRobin(returns.id, { afterMs: 1 });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', groupId: returns.id });
  await until('the ticket is assigned', () => sim.account.ticket(id).responderId === returns.agentIds[0]);
  await sim.webhooksIdle();
  expect(names().sort()).toEqual(['created', 'updated by system']);
  sim.account.setStatus(id, 4, 'system');
  sim.account.customerReplies(id, { text: 'not solved' });
  await sim.webhooksIdle();
  expect(sim.account.ticket(id).status).toBe(2);
  expect(names().slice(2).sort()).toEqual(['updated', 'updated by system', 'updated by system']);
});

test('a switched-off rule is silent, and so are edits of notes and updates that change nothing', async () => {
  const { sim, names } = await connected();
  sim.account.setRule('created', { active: false });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const note = sim.account.agentNotes(id, { text: 'x' });
  sim.account.editNote(note.id, { text: 'y' });
  sim.account.deleteNote(note.id);
  await call(sim, 'PUT', `/tickets/${id}`, { status: 2 });
  await sim.webhooksIdle();
  expect(names()).toEqual(['updated']);
});

test('a failed webhook is sent again at most three times, then given up', async () => {
  const { sim, sink } = await connected({ webhookRetryDelaysMs: [1, 2, 3, 4, 5] });
  sink.answer(503);
  sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await until('all four attempts are made', () => sim.deliveries.length === 4);
  // A webhook that is sent well after a fifth attempt would have been.
  sink.answer(202);
  sim.faults.add({ kind: 'delay', ms: 80 });
  sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await until('the second ticket is told', () => sim.deliveries.some((delivery) => delivery.ticketId === 2));
  const first = sim.deliveries.filter((delivery) => delivery.ticketId === 1);
  expect(first.map(({ attempt, status }) => [attempt, status])).toEqual([
    [1, 503],
    [2, 503],
    [3, 503],
    [4, 503],
  ]);
});

test('a webhook that nobody takes is sent again, and not after it was taken', async () => {
  const { sim, sink } = await connected({ webhookRetryDelaysMs: [100, 100, 100] });
  sim.setWebhook({ url: 'http://127.0.0.1:9/', headers: {} });
  sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await until('the first attempt is made', () => sim.deliveries.length >= 1);
  sim.setWebhook({ url: sink.url, headers: {} });
  await until('it is delivered', () => sim.deliveries.some((delivery) => delivery.status === 202));
  await sim.webhooksIdle();
  expect(sink.received).toHaveLength(1);
  expect(sim.deliveries[0]?.status).toBeNull();
});

test('simple content has the number and labels, advanced content is broken by what it does not escape', async () => {
  const { sim, sink } = await connected();
  sim.account.setRule('created', {
    content: 'simple',
    placeholders: ['ticket.id', 'ticket.status', 'ticket.priority', 'ticket.tags'],
  });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', tags: ['a', 'b'] });
  await sim.webhooksIdle();
  expect(JSON.parse(sink.received[0]?.body ?? '')).toEqual({
    freshdesk_webhook: { ticket_id: id, ticket_status: 'Open', ticket_priority: 'Low', ticket_tags: 'a,b' },
  });
  const template =
    '{"ticket_id": {{ticket.id}}, "event": {{triggered_event}}, "last": "{{ticket.latest_public_comment}}"}';
  sim.account.setRule('updated', { template, escapes: false });
  sim.account.agentReplies(id, { html: '<a href="https://acme.example">"x"</a>' });
  await sim.webhooksIdle();
  const body = sink.received[1]?.body ?? '';
  expect(body).toContain(`{"ticket_id": ${id}, "event": {reply_sent:sent}, "last": "Grace Miller : <div style="`);
  expect(() => JSON.parse(body)).toThrow();
});

test('the triggered event names the first change only', async () => {
  const { sim, sink } = await connected();
  sim.account.setRule('created', { active: false });
  sim.account.setRule('updated', { template: '{{triggered_event}}' });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await call(sim, 'PUT', `/tickets/${id}`, { status: 7, responder_id: sim.account.aiAgent.id });
  await sim.webhooksIdle();
  expect(sink.received[0]?.body).toBe('{status:{from:2,to:7}}');
});

test('webhooks can be dropped, doubled and delayed', async () => {
  const { sim, sink } = await connected();
  const drop = sim.faults.add({ kind: 'drop', match: { rule: 'created' } });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  sim.faults.add({ kind: 'duplicate', match: { ticketId: id } });
  sim.account.customerReplies(id, { text: 'one' });
  await sim.webhooksIdle();
  expect([drop.hits, sink.received.length]).toEqual([1, 2]);
  sim.faults.add({ kind: 'delay', ms: 40 });
  sim.account.customerReplies(id, { text: 'two' });
  await sim.webhooksIdle();
  expect(sink.received).toHaveLength(2);
  await until('all three are there', () => sink.received.length === 3);
});

test('a reordered webhook arrives after the next one', async () => {
  const { sim, sink } = await connected();
  sim.faults.add({ kind: 'reorder' });
  sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await until('both are there', () => sink.received.length === 2);
  expect(sink.received.map((entry) => entry.body)).toEqual(['{"ticket_id":"2"}', '{"ticket_id":"1"}']);
});

test('closing ends retries, delays and held webhooks', async () => {
  const { sim, sink } = await connected({ webhookRetryDelaysMs: [20, 20, 20] });
  sink.answer(500);
  sim.faults.add({ kind: 'delay', ms: 20 });
  sim.faults.add({ kind: 'reorder', ms: 20 });
  for (let n = 0; n < 3; n += 1) sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await sim.webhooksIdle();
  const before = sink.received.length;
  await sim.close();
  // A later webhook of another simulator shows that the time of the first one's timers has passed.
  const other = await simulator({ webhook: { url: sink.url, headers: { from: 'other' } } });
  other.faults.add({ kind: 'delay', ms: 80 });
  other.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await until('the other one is there', () => sink.received.some((entry) => entry.headers['from'] === 'other'));
  expect(sink.received).toHaveLength(before + 1);
});
