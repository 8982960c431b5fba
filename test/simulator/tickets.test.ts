import { expect, test } from '@jest/globals';
import { at, call, clock, simulator } from './harness.ts';

test('a ticket reads with null for blank fields, whole-second times and no deleted key', async () => {
  const sim = await simulator({ now: clock().now });
  const { id } = sim.account.customerCreatesTicket({
    email: 'mia@c.example',
    name: 'Mia',
    subject: 'Late',
    text: 'Where\nis it?',
  });
  const { body } = await call(sim, 'GET', `/tickets/${id}`);
  expect(body).toMatchObject({
    id: 1,
    subject: 'Late',
    status: 2,
    source: 1,
    responder_id: null,
    group_id: null,
    due_by: null,
    created_at: '2026-03-01T09:00:00Z',
    description_text: 'Where\nis it?',
    spam: false,
    tags: [],
    custom_fields: { cf_opencx_handed_off: null },
  });
  expect(body).not.toHaveProperty('deleted');
});

test('due dates are null on creation and filled seconds later', async () => {
  const time = clock();
  const sim = await simulator({ now: time.now });
  const created = await call(sim, 'POST', '/tickets', { subject: 's', description: 'd', email: 'a@b.example' });
  expect([created.status, at(created.body, 'due_by')]).toEqual([201, null]);
  expect(created.headers.get('location')).toBe(`${sim.url}/api/v2/tickets/1`);
  time.advance(4_000);
  expect(at((await call(sim, 'GET', '/tickets/1')).body, 'due_by')).toBe('2026-03-04T09:00:00Z');
});

test('includes add requester, stats with eight keys, and the ten oldest conversations', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'mia@c.example', name: 'Mia', text: 'Hi' });
  for (let n = 1; n <= 12; n += 1) sim.account.customerReplies(id, { text: `message ${n}` });
  const { body } = await call(sim, 'GET', `/tickets/${id}?include=conversations,requester,stats`);
  expect(at(body, 'requester')).toMatchObject({ name: 'Mia', email: 'mia@c.example' });
  expect(Object.keys(Object(at(body, 'stats')))).toHaveLength(8);
  expect(at(body, 'conversations')).toHaveLength(10);
  expect(at(body, 'conversations', 0, 'body_text')).toBe('message 1');
});

test('a bad agent, group or status is 400 invalid_value on its field and changes nothing', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const requester = sim.account.ticket(id).requesterId;
  const cases: [object, string][] = [
    [{ responder_id: requester, status: 4 }, 'responder_id'],
    [{ group_id: 12, status: 4 }, 'group_id'],
    [{ status: 99 }, 'status'],
    [{ priority: 5 }, 'priority'],
  ];
  for (const [change, field] of cases) {
    const answer = await call(sim, 'PUT', `/tickets/${id}`, change);
    expect([answer.status, at(answer.body, 'errors', 0, 'field'), at(answer.body, 'errors', 0, 'code')]).toEqual([
      400,
      field,
      'invalid_value',
    ]);
  }
  expect(sim.account.ticket(id).status).toBe(2);
});

test('a deactivated agent cannot be given a ticket, null takes it away', async () => {
  const sim = await simulator();
  const [grace] = sim.account.humans;
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  expect((await call(sim, 'PUT', `/tickets/${id}`, { responder_id: grace?.id })).status).toBe(200);
  expect((await call(sim, 'PUT', `/tickets/${id}`, { responder_id: null })).status).toBe(200);
  expect(sim.account.ticket(id).responderId).toBeNull();
  sim.account.setAgent(grace?.id ?? 0, { active: false });
  expect((await call(sim, 'PUT', `/tickets/${id}`, { responder_id: grace?.id })).status).toBe(400);
});

test('resolving is refused with missing_field while a field required on closure is empty', async () => {
  const sim = await simulator();
  sim.account.addTicketField({ name: 'cf_reason', type: 'custom_text', requiredForClosure: true });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const refused = await call(sim, 'PUT', `/tickets/${id}`, { status: 4 });
  expect([refused.status, at(refused.body, 'errors', 0, 'field'), at(refused.body, 'errors', 0, 'code')]).toEqual([
    400,
    'cf_reason',
    'missing_field',
  ]);
  expect((await call(sim, 'PUT', `/tickets/${id}`, { status: 3 })).status).toBe(200);
  const filled = await call(sim, 'PUT', `/tickets/${id}`, { status: 4, custom_fields: { cf_reason: 'done' } });
  expect([filled.status, at(filled.body, 'custom_fields', 'cf_reason')]).toEqual([200, 'done']);
});

test('custom fields: only the keys sent change, an unknown key is refused, a checkbox takes booleans only', async () => {
  const sim = await simulator();
  sim.account.addTicketField({ name: 'cf_weight', type: 'custom_decimal' });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await call(sim, 'PUT', `/tickets/${id}`, { custom_fields: { cf_weight: 1.1 } });
  const marked = await call(sim, 'PUT', `/tickets/${id}`, { custom_fields: { cf_opencx_handed_off: true } });
  expect(at(marked.body, 'custom_fields')).toEqual({ cf_weight: '1.1', cf_opencx_handed_off: true });
  const text = await call(sim, 'PUT', `/tickets/${id}`, { custom_fields: { cf_opencx_handed_off: 'yes' } });
  expect(at(text.body, 'errors', 0, 'code')).toBe('datatype_mismatch');
  sim.account.removeTicketField('cf_opencx_handed_off');
  const gone = await call(sim, 'PUT', `/tickets/${id}`, { custom_fields: { cf_opencx_handed_off: true } });
  expect([gone.status, at(gone.body, 'errors', 0, 'code')]).toEqual([400, 'invalid_field']);
});

test('an update that changes nothing leaves updated_at, one that does moves it; tags replace the list', async () => {
  const time = clock();
  const sim = await simulator({ now: time.now });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', tags: ['vip'] });
  time.advance(60_000);
  const same = await call(sim, 'PUT', `/tickets/${id}`, { status: 2, tags: ['vip'] });
  expect(at(same.body, 'updated_at')).toBe('2026-03-01T09:00:00Z');
  const other = await call(sim, 'PATCH', `/tickets/${id}`, { tags: ['opencx'] });
  expect([at(other.body, 'updated_at'), at(other.body, 'tags')]).toEqual(['2026-03-01T09:01:00Z', ['opencx']]);
});

test('spam and trash: readable by id, hidden from the list, written to by nobody, restored with 204', async () => {
  const sim = await simulator();
  const spam = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' }).id;
  const trash = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' }).id;
  sim.account.markSpam(spam);
  expect((await call(sim, 'DELETE', `/tickets/${trash}`)).status).toBe(204);
  expect(at((await call(sim, 'GET', `/tickets/${spam}`)).body, 'spam')).toBe(true);
  expect(at((await call(sim, 'GET', `/tickets/${trash}`)).body, 'deleted')).toBe(true);
  expect((await call(sim, 'GET', '/tickets')).body).toEqual([]);
  expect((await call(sim, 'GET', '/tickets?filter=spam')).body).toMatchObject([{ id: spam }]);
  expect((await call(sim, 'GET', '/tickets?filter=deleted')).body).toMatchObject([{ id: trash }]);
  for (const id of [spam, trash]) {
    const update = await call(sim, 'PUT', `/tickets/${id}`, { status: 4 });
    expect([update.status, update.body]).toEqual([
      405,
      { message: 'PUT method is not allowed. It should be one of these method(s): GET' },
    ]);
    expect((await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' })).status).toBe(405);
    expect((await call(sim, 'POST', `/tickets/${id}/notes`, { body: 'x' })).status).toBe(405);
  }
  expect((await call(sim, 'PUT', `/tickets/${trash}/restore`)).status).toBe(204);
  expect((await call(sim, 'PUT', `/tickets/${trash}`, { status: 4 })).status).toBe(200);
});

test('subject and description of an outbound e-mail cannot be changed', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'We noticed', source: 10 });
  expect((await call(sim, 'PUT', `/tickets/${id}`, { subject: 'x' })).status).toBe(400);
  expect((await call(sim, 'PUT', `/tickets/${id}`, { status: 4 })).status).toBe(200);
});

test('status choices carry agent and customer labels, group and agent choices are by name', async () => {
  const sim = await simulator();
  const status = await call(sim, 'GET', '/ticket_fields?type=default_status');
  expect(at(status.body, 0, 'choices')).toMatchObject({
    2: ['Open', 'Being Processed'],
    7: ['Job Application', 'Being Processed'],
  });
  const group = await call(sim, 'GET', '/ticket_fields?type=default_group');
  expect(at(group.body, 0, 'choices', 'Billing')).toBe(sim.account.group('Billing').id);
  const agent = await call(sim, 'GET', '/ticket_fields?type=default_agent');
  expect(at(agent.body, 0, 'choices', 'Ada Assistant')).toBe(sim.account.aiAgent.id);
});
