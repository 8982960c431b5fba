import { expect, test } from '@jest/globals';
import { call, clock, simulator } from './harness.ts';

test('every answer carries total and remaining as decimal strings, and its credits', async () => {
  const sim = await simulator({ ratePerMinute: 50 });
  const { headers } = await call(sim, 'GET', '/agents/me');
  expect(headers.get('x-ratelimit-total')).toBe('50.0');
  expect(headers.get('x-ratelimit-remaining')).toBe('49.0');
  expect(headers.get('x-ratelimit-used-currentrequest')).toBe('1');
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('the Date of an answer is the account’s clock', async () => {
  const sim = await simulator({ now: clock().now });
  const { headers } = await call(sim, 'GET', '/agents/me');
  expect(headers.get('date')).toBe('Sun, 01 Mar 2026 09:00:00 GMT');
});

test('includes cost more, and refused requests count', async () => {
  const sim = await simulator({ ratePerMinute: 50, now: clock().now });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await call(sim, 'GET', `/tickets/${id}?include=conversations,requester`);
  expect(sim.limits.used()).toBe(3);
  await call(sim, 'GET', '/tickets?include=stats');
  expect(sim.limits.used()).toBe(6);
  await call(sim, 'GET', '/agents/me', undefined, { key: 'wrong' });
  await call(sim, 'GET', '/nowhere');
  await call(sim, 'PUT', `/tickets/${id}`, { surprise: 1 });
  expect(sim.limits.used()).toBe(9);
});

test('an empty budget is 429 with Retry-After and a body that is not JSON, until the minute is over', async () => {
  const time = clock();
  const sim = await simulator({ ratePerMinute: 2, now: time.now });
  await call(sim, 'GET', '/agents/me');
  time.advance(20_000);
  await call(sim, 'GET', '/agents/me');
  const refused = await call(sim, 'GET', '/agents/me');
  expect([refused.status, refused.body, refused.headers.get('retry-after')]).toEqual([429, undefined, '40']);
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0.0');
  time.advance(40_000);
  expect((await call(sim, 'GET', '/agents/me')).status).toBe(200);
});

test('an exhausted budget applies nothing', async () => {
  const sim = await simulator({ ratePerMinute: 1, now: clock().now });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  await call(sim, 'GET', '/agents/me');
  expect((await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' })).status).toBe(429);
  expect(sim.account.thread(id)).toEqual([]);
});

test('lists have a limit of their own: 429 while plenty remains', async () => {
  const sim = await simulator({ ratePerMinute: 200, now: clock().now });
  for (let n = 0; n < 20; n += 1) expect((await call(sim, 'GET', '/tickets')).status).toBe(200);
  const refused = await call(sim, 'GET', '/tickets');
  expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([429, '180.0']);
  expect((await call(sim, 'GET', '/agents/me')).status).toBe(200);
});
