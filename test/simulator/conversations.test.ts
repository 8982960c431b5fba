import { expect, test } from '@jest/globals';
import { at, call, clock, simulator } from './harness.ts';

test('a reply answers 201 with its address and says neither incoming nor private nor source; the list does', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'mia@c.example', text: 'Hi' });
  const reply = await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'Hello' });
  expect(reply.status).toBe(201);
  expect(reply.headers.get('location')).toBe(`${sim.url}/api/v2/conversations/${String(at(reply.body, 'id'))}`);
  expect(reply.body).toMatchObject({ to_emails: ['mia@c.example'], user_id: sim.account.aiAgent.id, ticket_id: id });
  for (const key of ['incoming', 'private', 'source']) expect(reply.body).not.toHaveProperty(key);
  const list = await call(sim, 'GET', `/tickets/${id}/conversations`);
  expect(list.body).toMatchObject([{ id: at(reply.body, 'id'), incoming: false, private: false, source: 0 }]);
});

test('what was posted is not what is stored: comments, data attributes, scripts and paragraphs go', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const posted =
    '<p id="m" data-marker="42">Hello <!-- marker --><b>you</b></p>\n <script>x()</script><p>Bye &amp; thanks</p>';
  const { body } = await call(sim, 'POST', `/tickets/${id}/reply`, { body: posted });
  const stored = String(at(body, 'body'));
  expect(stored).toContain('<div>Hello <b>you</b></div><div>Bye &amp; thanks</div>');
  expect(stored).not.toMatch(/marker|script|<p|id=/);
  expect(at(body, 'body_text')).toBe('Hello you\nBye & thanks');
});

test('thirty a page and at most a hundred, oldest first, with a link; the description is not in it', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'first words' });
  for (let n = 1; n <= 31; n += 1) sim.account.customerReplies(id, { text: `message ${n}` });
  const first = await call(sim, 'GET', `/tickets/${id}/conversations`);
  expect(first.body).toHaveLength(30);
  expect(at(first.body, 0, 'body_text')).toBe('message 1');
  expect(first.headers.get('link')).toBe(`<${sim.url}/api/v2/tickets/${id}/conversations?page=2>; rel="next"`);
  const second = await call(sim, 'GET', `/tickets/${id}/conversations?page=2`);
  expect([second.headers.get('link'), at(second.body, 0, 'body_text')]).toEqual([null, 'message 31']);
  expect((await call(sim, 'GET', `/tickets/${id}/conversations?per_page=101`)).status).toBe(400);
});

test('a customer reply is incoming, from the contact or from a third party, and may be an auto-reply', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'mia@c.example', name: 'Mia', text: 'Hi' });
  sim.account.customerReplies(id, { text: 'me' });
  sim.account.customerReplies(id, { text: 'other', from: { email: 'tom@c.example', name: 'Tom' } });
  sim.account.customerReplies(id, { text: 'away', autoResponse: true });
  const { body } = await call(sim, 'GET', `/tickets/${id}/conversations`);
  const requester = sim.account.ticket(id).requesterId;
  expect(body).toMatchObject([
    { incoming: true, private: false, source: 0, user_id: requester, from_email: 'Mia <mia@c.example>' },
    { incoming: true, from_email: 'Tom <tom@c.example>', auto_response: false },
    { incoming: true, user_id: requester, auto_response: true },
  ]);
  expect(at(body, 1, 'user_id')).not.toBe(requester);
});

test('a note is private unless told otherwise and moves updated_at; editing and deleting one does not', async () => {
  const time = clock();
  const sim = await simulator({ now: time.now });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  time.advance(10_000);
  const note = await call(sim, 'POST', `/tickets/${id}/notes`, { body: 'for us' });
  expect(note.body).toMatchObject({ private: true, incoming: false, source: 2, from_email: null });
  expect(sim.account.ticket(id).updatedAt).toBe('2026-03-01T09:00:10Z');
  time.advance(10_000);
  const noteId = String(at(note.body, 'id'));
  const edited = await call(sim, 'PUT', `/conversations/${noteId}`, { body: 'changed' });
  expect(edited.body).toMatchObject({ body_text: 'changed', last_edited_at: '2026-03-01T09:00:20Z' });
  expect((await call(sim, 'DELETE', `/conversations/${noteId}`)).status).toBe(204);
  expect((await call(sim, 'DELETE', `/conversations/${noteId}`)).status).toBe(404);
  expect((await call(sim, 'GET', `/tickets/${id}/conversations`)).body).toEqual([]);
  expect(sim.account.ticket(id).updatedAt).toBe('2026-03-01T09:00:10Z');
});

test('a reply cannot be edited', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const reply = await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' });
  expect((await call(sim, 'PUT', `/conversations/${String(at(reply.body, 'id'))}`, { body: 'y' })).status).toBe(405);
});

test('a reply leaves from the global address unless one of the account’s own is named', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', to: 'billing@acme.example' });
  expect(sim.account.ticket(id).groupId).toBe(sim.account.group('Billing').id);
  const plain = await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' });
  expect(at(plain.body, 'from_email')).toBe('Acme Support <support@acme.freshdesk.com>');
  const named = await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x', from_email: 'billing@acme.example' });
  expect(at(named.body, 'from_email')).toBe('Acme Billing <billing@acme.example>');
  const foreign = await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x', from_email: 'me@else.example' });
  expect([foreign.status, at(foreign.body, 'errors', 0, 'field')]).toEqual([400, 'from_email']);
});

test('a web chat shows its first message twice and takes public words as structured_body only', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', source: 15 });
  expect(sim.account.thread(id)).toHaveLength(1);
  expect((await call(sim, 'GET', `/tickets/${id}`)).body).toMatchObject({
    structured_description: { description_contents: [{ type: 'text', data: { content: 'Hi' } }] },
  });
  expect((await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' })).status).toBe(400);
  const structured = { structured_body: { body_contents: [{ type: 'text', data: { content: 'Hello' } }] } };
  expect((await call(sim, 'POST', `/tickets/${id}/reply`, structured)).status).toBe(201);
  expect((await call(sim, 'POST', `/tickets/${id}/notes`, { body: 'draft' })).status).toBe(201);
});

test('a reply in the requester’s name is incoming, and an API reply leaves the status alone', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', status: 3 });
  await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x', user_id: sim.account.ticket(id).requesterId });
  expect(sim.account.thread(id)).toMatchObject([{ incoming: true }]);
  await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'y' });
  expect(sim.account.ticket(id).status).toBe(3);
});
