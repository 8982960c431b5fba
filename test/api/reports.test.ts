import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import express from 'express';
import { pino } from 'pino';
import { problemHandler } from '../../src/api/problems.ts';
import { reportRoutes } from '../../src/api/reports.ts';
import { listen } from '../../src/api/server.ts';
import type { Call } from '../../src/contract/operations.ts';
import { createReports } from '../../src/db/reads/reports/reports.ts';
import { ADMIN_TOKEN, startTestApi, VIEWER_TOKEN } from '../../testbed/api.ts';

const CONVERSATIONS = 2_345;
const NEWLINE = 10;
/** What is collected before it is sent waits for ever. */
const STUCK_MS = 20_000;
let api: Awaited<ReturnType<typeof startTestApi>>;

beforeAll(async () => {
  api = await startTestApi();
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 10, minute));
  await api.db.episode.createMany({
    data: Array.from({ length: CONVERSATIONS }, (_, place) => ({
      sessionId: randomUUID(),
      number: 1,
      connectionId: 'default',
      ticketId: BigInt(place + 1),
      trigger: 'new',
      startedAt: at(place),
      channel: 'email' as const,
      admittedBy: 'assigned',
      leadTitle: place === 0 ? '=HYPERLINK("https://evil.example","a, b")' : 'Returns',
      ...(place % 2 === 0
        ? { mode: 'assist', drafts: 1, draftFate: 'sent', distance: 0, firstPersonReplyAt: at(place + 2) }
        : {}),
    })),
  });
});
afterAll(() => api.close());

const WINDOW = 'from=2026-01-05&to=2026-01-07';

const asked = (path: string, token: string) =>
  fetch(`${api.url}/api${path}`, { headers: { authorization: `Bearer ${token}` } });

async function csv(path: string): Promise<string[]> {
  const response = await asked(path, ADMIN_TOKEN);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
  return (await response.text()).trimEnd().split('\r\n');
}

test('U13 a table as a file holds what the report holds, and nothing that a spreadsheet would run', async () => {
  const { body } = await api.api(`/reports/subjects?${WINDOW}`);
  const { rows } = body as Call<'reportSubjects'>['answer'];
  const [head, ...lines] = await csv(`/reports/subjects?${WINDOW}&format=csv`);
  expect(head?.split(',')).toEqual(Object.keys(rows[0] ?? {}));
  expect(lines).toHaveLength(rows.length);
  expect(lines[0]).toBe(Object.values(rows[0] ?? {}).join(','));
  expect(lines[1]).toMatch(/^"'=HYPERLINK\(""https:\/\/evil\.example"",""a, b""\)",article,1,/);
});

test('U13 the list behind a figure comes whole as a file, and in pages as JSON', async () => {
  const { body } = await api.api(`/reports/episodes?${WINDOW}&figure=drafts_sent&limit=3`);
  const { items, nextCursor } = body as Call<'listEpisodes'>['answer'];
  expect(items).toHaveLength(3);
  expect(nextCursor).not.toBeNull();
  expect(items[0]).toMatchObject({ outcome: 'answered_with_draft', subjectArea: 'Returns', session: null });
  const [head, ...lines] = await csv(`/reports/episodes?${WINDOW}&figure=drafts_sent&format=csv`);
  expect(head).toMatch(/^connection,ticketId,/);
  expect(lines).toHaveLength(Math.ceil(CONVERSATIONS / 2));
  expect(new Set(lines).size).toBe(lines.length);
});

test('U13 a file of 100,000 conversations is streamed: each page has come down before the next one is read', async () => {
  const PAGES = 100;
  const arrivals = Array.from({ length: PAGES + 1 }, () => Promise.withResolvers<void>());
  const { items: sample } = await createReports(api.db).episodes(
    { from: '2026-01-05', to: '2026-01-07', zone: 'UTC', figure: 'drafts_sent' },
    { cursor: null, limit: 1_000 },
  );
  const app = express().use(
    reportRoutes({
      of: () => Promise.reject(new Error('only the list is asked for')),
      async episodes(_asked, { cursor, limit }) {
        const nth = Number(cursor ?? 0);
        if (nth > 0) await arrivals[nth]?.promise;
        return { items: sample.slice(0, limit), nextCursor: nth + 1 < PAGES ? String(nth + 1) : null };
      },
    }),
  );
  const server = await listen(app, 0, '127.0.0.1');
  let lines = 0;
  try {
    const address = `http://127.0.0.1:${server.port}/reports/episodes?format=csv`;
    const response = await fetch(address, { signal: AbortSignal.timeout(STUCK_MS) });
    for await (const chunk of response.body ?? []) {
      for (const byte of chunk) if (byte === NEWLINE) lines += 1;
      arrivals[Math.floor((lines - 1) / sample.length)]?.resolve();
    }
  } finally {
    for (const arrival of arrivals) arrival.resolve();
    await server.close();
  }
  expect(sample).toHaveLength(1_000);
  expect(lines).toBe(100_001);
});

test('U13 a file whose reader leaves is nothing to log; one that breaks off is, in no words of the database', async () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const { items } = await createReports(api.db).episodes(
    { from: '2026-01-05', to: '2026-01-07', zone: 'UTC', figure: 'drafts_sent' },
    { cursor: null, limit: 1 },
  );
  const logged: string[] = [];
  const [left, broken] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()];
  const app = express()
    .set('env', 'production')
    .use((_request, response, next) => {
      response.once('close', left.resolve);
      next();
    })
    .use(
      reportRoutes({
        of: () => Promise.reject(new Error('only the list is asked for')),
        episodes: async (_asked, { cursor }) => (cursor === null ? { items, nextCursor: 'more' } : broken.promise),
      }),
    )
    .use(problemHandler(pino({}, { write: (line: string) => void logged.push(line) })));
  const server = await listen(app, 0, '127.0.0.1');
  const address = `http://127.0.0.1:${server.port}/reports/episodes?format=csv`;
  try {
    const leaving = new AbortController();
    await fetch(address, { signal: leaving.signal });
    leaving.abort();
    await left.promise;
    const response = await fetch(address);
    broken.reject(new Error('duplicate key: Mia Weber'));
    await expect(response.text()).rejects.toThrow();
  } finally {
    await server.close();
  }
  expect(said).not.toHaveBeenCalled();
  said.mockRestore();
  expect(logged.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['an answer broke off']);
  expect(logged.join('')).not.toContain('Mia');
});

test('G1 a window in which more tokens were used than 32 bits count has its sum', async () => {
  const turns = 2;
  const tokens = 1_500_000_000;
  await api.db.episode.createMany({
    data: Array.from({ length: turns }, (_, place) => ({
      sessionId: randomUUID(),
      number: 1,
      connectionId: 'default',
      ticketId: BigInt(CONVERSATIONS + place + 1),
      trigger: 'new',
      startedAt: new Date('2026-03-05T10:00:00Z'),
      channel: 'email' as const,
      admittedBy: 'assigned',
      tokens,
    })),
  });
  const { body } = await api.api('/reports/cost?from=2026-03-01&to=2026-03-31');
  expect(body).toMatchObject({ totals: { tokens: turns * tokens } });
});

test.each([
  ['from=2026-01-07&to=2026-01-05', 'to', 'must not be before `from`'],
  ['from=yesterday', 'from', 'must be a day such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z'],
  ['to=9999-12-31', 'to', 'must be a day such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z'],
  ['zone=Mars/Olympus', 'zone', 'must be an IANA time zone such as Europe/Berlin'],
  ['mode=off', 'mode', 'must be one of autopilot, assist'],
  ['colour=red', 'colour', 'is not a parameter of this address'],
])('U13 a window that is none is refused in words: %s', async (query, path, message) => {
  const { status, body } = await api.api(`/reports/outcomes?${query}`);
  expect({ status, errors: (body as { errors: unknown }).errors }).toEqual({
    status: 400,
    errors: [{ path, message }],
  });
});

test('U2 whoever only reads may read the figures', async () => {
  expect((await asked(`/reports/outcomes?${WINDOW}`, VIEWER_TOKEN)).status).toBe(200);
});
