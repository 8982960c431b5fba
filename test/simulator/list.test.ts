import { expect, test } from '@jest/globals';
import { at, call, clock, simulator } from './harness.ts';

const DAY_MS = 86_400_000;

function ids(body: unknown): unknown[] {
  return Array.isArray(body) ? body.map((ticket) => at(ticket, 'id')) : [];
}

test('newest first by default, thirty a page, a link to the next page and none on the last', async () => {
  const time = clock();
  const sim = await simulator({ now: time.now });
  for (let n = 0; n < 31; n += 1) {
    sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
    time.advance(1_000);
  }
  const first = await call(sim, 'GET', '/tickets');
  expect(ids(first.body)).toHaveLength(30);
  expect(ids(first.body)[0]).toBe(31);
  expect(first.headers.get('link')).toBe(`<${sim.url}/api/v2/tickets?page=2>; rel="next"`);
  const second = await call(sim, 'GET', '/tickets?page=2');
  expect([ids(second.body), second.headers.get('link')]).toEqual([[1], null]);
});

test('without updated_since only the last thirty days, with it everything, inclusive', async () => {
  const time = clock();
  const sim = await simulator({ now: time.now });
  const old = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' }).id;
  time.advance(31 * DAY_MS);
  const recent = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' }).id;
  expect(ids((await call(sim, 'GET', '/tickets')).body)).toEqual([recent]);
  const all = await call(sim, 'GET', '/tickets?updated_since=1970-01-01T00:00:00Z&order_by=updated_at&order_type=asc');
  expect(ids(all.body)).toEqual([old, recent]);
  const boundary = encodeURIComponent(sim.account.ticket(recent).updatedAt);
  expect(ids((await call(sim, 'GET', `/tickets?updated_since=${boundary}`)).body)).toEqual([recent]);
  expect((await call(sim, 'GET', '/tickets?updated_since=yesterday')).status).toBe(400);
});

test('page 301 and a page size of 101 are refused', async () => {
  const sim = await simulator();
  const beyond = await call(sim, 'GET', '/tickets?page=301');
  expect([beyond.status, beyond.body]).toEqual([
    400,
    {
      description: 'Validation failed',
      errors: [
        {
          field: 'page',
          message: 'You cannot access tickets beyond the 300th page. Please provide a smaller page number.',
          code: 'invalid_value',
        },
      ],
    },
  ]);
  expect((await call(sim, 'GET', '/tickets?page=300&per_page=100')).status).toBe(200);
  expect((await call(sim, 'GET', '/tickets?per_page=101')).status).toBe(400);
});

test('list items have no description unless asked for, and never attachments', async () => {
  const sim = await simulator();
  sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const plain = await call(sim, 'GET', '/tickets');
  expect(at(plain.body, 0)).not.toHaveProperty('description');
  expect(at(plain.body, 0)).not.toHaveProperty('attachments');
  const full = await call(sim, 'GET', '/tickets?include=description,stats');
  expect(at(full.body, 0, 'description_text')).toBe('Hi');
  expect(full.headers.get('x-ratelimit-used-currentrequest')).toBe('5');
});

test('filters by requester', async () => {
  const sim = await simulator();
  sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const other = sim.account.customerCreatesTicket({ email: 'c+d@b.example', text: 'Hi' }).id;
  expect(ids((await call(sim, 'GET', `/tickets?email=${encodeURIComponent('c+d@b.example')}`)).body)).toEqual([other]);
  const { requesterId } = sim.account.ticket(other);
  expect(ids((await call(sim, 'GET', `/tickets?requester_id=${requesterId}`)).body)).toEqual([other]);
});
