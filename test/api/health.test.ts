import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import { listen } from '../../src/api/server.ts';
import { startTestApi } from '../../testbed/api.ts';

const down = new Set<string>();
const part = (name: string) => async () => {
  if (down.has(name)) throw new Error(`connect ECONNREFUSED postgresql://user:hunter2@db/${name}`);
};

let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi({
    health: { database: part('database'), temporal: part('temporal'), worker: part('worker') },
  });
});
afterAll(() => api.close());

async function get(path: string) {
  const response = await fetch(api.url + path);
  const body: unknown = await response.json();
  return { status: response.status, body };
}

test('/healthz answers whatever else is down', async () => {
  down.add('database');
  expect(await get('/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
  down.clear();
});

test('/readyz is 200 when every part works', async () => {
  expect(await get('/readyz')).toEqual({
    status: 200,
    body: { status: 'ready', database: 'ok', temporal: 'ok', worker: 'ok', connections: { active: 1, broken: 0 } },
  });
});

test.each(['database', 'temporal', 'worker'])(
  '/readyz is 503 and names the part when %s is not ready',
  async (name) => {
    down.add(name);
    const { status, body } = await get('/readyz');
    down.clear();
    expect(status).toBe(503);
    expect(body).toMatchObject({ status: 'not_ready', database: 'ok', temporal: 'ok', worker: 'ok', [name]: 'failed' });
    expect(JSON.stringify(body)).not.toContain('hunter2');
  },
);

test('/readyz is open to anybody: however many ask, database and Temporal are asked once', async () => {
  const asked = { database: 0, temporal: 0, connections: 0 };
  const counting = (name: keyof typeof asked) => async () => void (asked[name] += 1);
  const list = async () => {
    asked.connections += 1;
    return api.connections.list();
  };
  const busy = await startTestApi({
    health: { database: counting('database'), temporal: counting('temporal'), worker: null },
    connections: { ...api.connections, list },
    readyForMs: 60_000,
  });
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${busy.url}/readyz`)));
  answers.push(await fetch(`${busy.url}/readyz`));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await answers.at(-1)?.json()).toMatchObject({
    status: 'ready',
    worker: 'elsewhere',
    connections: { active: 1 },
  });
  expect(asked).toEqual({ database: 1, temporal: 1, connections: 1 });
  await busy.close();
});

test('C8 /readyz counts broken connections', async () => {
  await api.connections.setState('default', 'broken', 'invalid_credentials');
  expect((await get('/readyz')).body).toMatchObject({ status: 'ready', connections: { active: 0, broken: 1 } });
  await api.connections.setState('default', 'active', null);
});

test('a port that is taken is an error that says what to do, not a silence', async () => {
  await expect(listen(express(), api.port, '127.0.0.1')).rejects.toThrow(`Port ${api.port} is taken`);
});
