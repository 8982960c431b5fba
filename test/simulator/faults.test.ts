import { expect, test } from '@jest/globals';
import { until } from '../../testbed/until.ts';
import { call, simulator } from './harness.ts';

const REPLY = { method: 'POST', path: '/tickets/:id/reply' };

test('a lost response is applied and never answered; sent again it is there twice', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const fault = sim.faults.add({ kind: 'lose_response', match: REPLY });
  await expect(call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' })).rejects.toThrow('fetch failed');
  expect([fault.hits, sim.account.thread(id).length]).toEqual([1, 1]);
  expect(sim.requests.find({ path: `/tickets/${id}/reply` })).toMatchObject([
    { status: null, applied: true, fault: 'lose_response' },
  ]);
  expect((await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' })).status).toBe(201);
  expect(sim.account.thread(id)).toHaveLength(2);
});

test('a lost request is not applied', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  sim.faults.add({ kind: 'lose_request', match: REPLY });
  await expect(call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' })).rejects.toThrow('fetch failed');
  expect(sim.account.thread(id)).toEqual([]);
});

test('a status fault answers anything without applying: HTML, an empty body, JSON, with or without Retry-After', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const reply = () => call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' });
  sim.faults.add({ kind: 'status', match: REPLY, status: 502, body: '<html>Bad gateway</html>' });
  sim.faults.add({ kind: 'status', match: { ...REPLY, nth: 2 }, status: 200 });
  sim.faults.add({ kind: 'status', match: { ...REPLY, nth: 3 }, status: 429 });
  sim.faults.add({ kind: 'status', match: { ...REPLY, nth: 4 }, status: 429, headers: { 'retry-after': '7' } });
  sim.faults.add({ kind: 'status', match: { ...REPLY, nth: 5 }, status: 403, body: { code: 'access_denied' } });
  const html = await reply();
  expect([html.status, html.text, html.headers.get('content-type')]).toEqual([
    502,
    '<html>Bad gateway</html>',
    'text/html; charset=utf-8',
  ]);
  const empty = await reply();
  expect([empty.status, empty.text]).toEqual([200, '']);
  expect((await reply()).headers.get('retry-after')).toBeNull();
  expect((await reply()).headers.get('retry-after')).toBe('7');
  expect((await reply()).body).toEqual({ code: 'access_denied' });
  expect(sim.account.thread(id)).toEqual([]);
  expect((await reply()).status).toBe(201);
});

test('applied and still answered 502', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  sim.faults.add({ kind: 'apply_then_status', match: REPLY });
  const answer = await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' });
  expect([answer.status, answer.text.startsWith('<html>'), sim.account.thread(id).length]).toEqual([502, true, 1]);
});

test('a stall applies before or after it hangs, goes on after its time, and ends with the simulator', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  sim.faults.add({ kind: 'stall', match: REPLY, ms: 30, when: 'before' });
  const late = call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' });
  await until('the request is held', () => sim.faults.list()[0]?.hits === 1);
  expect(sim.account.thread(id)).toHaveLength(0);
  expect((await late).status).toBe(201);
  sim.faults.add({ kind: 'stall', match: REPLY });
  const never = call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' }).catch((error: unknown) => String(error));
  await until('the reply is there', () => sim.account.thread(id).length === 2);
  await sim.close();
  expect(await never).toContain('fetch failed');
});

test('one field is refused wherever it is sent, other updates pass', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  sim.faults.add({ kind: 'refuse_field', field: 'group_id', times: null });
  sim.faults.add({ kind: 'refuse_field', field: 'cf_opencx_handed_off', code: 'invalid_field', times: null });
  const group = sim.account.group('Billing').id;
  for (let n = 0; n < 2; n += 1) {
    expect((await call(sim, 'PUT', `/tickets/${id}`, { group_id: group })).status).toBe(400);
  }
  const marker = await call(sim, 'PUT', `/tickets/${id}`, { custom_fields: { cf_opencx_handed_off: true } });
  expect(marker.body).toMatchObject({ errors: [{ field: 'cf_opencx_handed_off', code: 'invalid_field' }] });
  expect((await call(sim, 'PUT', `/tickets/${id}`, { status: 3 })).status).toBe(200);
});

test('a fault strikes once unless told otherwise, on the nth request, on its ticket, until removed', async () => {
  const sim = await simulator();
  for (let n = 0; n < 2; n += 1) sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const statuses = async (): Promise<number[]> => {
    const seen: number[] = [];
    for (const id of [1, 2, 1, 2]) seen.push((await call(sim, 'GET', `/tickets/${id}`)).status);
    return seen;
  };
  const second = sim.faults.add({
    kind: 'status',
    status: 500,
    match: { path: /\/tickets\/\d+$/, ticketId: 2, nth: 2 },
  });
  expect(await statuses()).toEqual([200, 200, 200, 500]);
  expect(await statuses()).toEqual([200, 200, 200, 200]);
  expect(second.hits).toBe(1);
  const always = sim.faults.add({ kind: 'status', status: 503, times: null });
  expect(await statuses()).toEqual([503, 503, 503, 503]);
  always.remove();
  expect(await statuses()).toEqual([200, 200, 200, 200]);
});

test('a hook runs at its point: the customer writes while the reply is being posted', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const seen: [string, number, number | null][] = [];
  for (const point of ['before_apply', 'after_apply', 'before_answer'] as const) {
    sim.faults.onRequest({ match: REPLY, at: point }, ({ status }) => {
      seen.push([point, sim.account.thread(id).length, status]);
      if (point === 'before_apply') sim.account.customerReplies(id, { text: 'wait' });
    });
  }
  await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' });
  expect(seen).toEqual([
    ['before_apply', 0, null],
    ['after_apply', 2, 201],
    ['before_answer', 2, 201],
  ]);
  expect(sim.account.thread(id).map((entry) => entry.incoming)).toEqual([true, false]);
});

test('a hook is waited for', async () => {
  const sim = await simulator();
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hook = sim.faults.onRequest({ at: 'before_answer' }, () => gate);
  const answer = call(sim, 'GET', '/agents/me');
  await until('the hook is called', () => hook.hits === 1);
  expect(sim.requests.count).toBe(0);
  release();
  expect((await answer).status).toBe(200);
});
