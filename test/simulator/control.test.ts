import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { at, call, simulator, webhookSink } from './harness.ts';

async function control(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

test('a ticket can be played through by hand: created, answered, assigned, looked at', async () => {
  const sim = await simulator();
  const created = await control(sim.url, 'POST', '/tickets', { email: 'a@b.example', subject: 's', text: 'Hi' });
  expect(created.body).toEqual({ id: 1 });
  await control(sim.url, 'POST', '/tickets/1/customer-replies', { text: 'Any news?' });
  const [grace] = sim.account.humans;
  await control(sim.url, 'POST', '/tickets/1/agent-replies', { agentId: grace?.id, text: 'Soon' });
  await control(sim.url, 'POST', '/tickets/1/agent-notes', { text: 'for us' });
  await control(sim.url, 'POST', '/tickets/1/assign', { agentId: grace?.id, by: 'system' });
  await control(sim.url, 'POST', '/tickets/1/status', { status: 3 });
  await control(sim.url, 'POST', '/tickets/1/tags', { tags: ['vip'] });
  const { body } = await control(sim.url, 'GET', '/tickets/1');
  expect(body).toMatchObject({ responder_id: grace?.id, status: 3, tags: ['vip'] });
  expect(at(body, 'thread')).toMatchObject([
    { incoming: true },
    { incoming: false, private: false },
    { private: true },
  ]);
  expect((await control(sim.url, 'GET', '/state')).body).toMatchObject({ apiKey: sim.apiKey, tickets: [{ id: 1 }] });
});

test('wrong calls say what is wrong', async () => {
  const sim = await simulator();
  expect((await control(sim.url, 'POST', '/tickets/9/customer-replies', { text: 'x' })).body).toEqual({
    error: 'there is no ticket 9',
  });
  expect((await control(sim.url, 'POST', '/tickets', { emial: 'x' })).status).toBe(400);
  expect((await control(sim.url, 'POST', '/nowhere', {})).status).toBe(404);
});

test('faults, webhook, rules and limits are set over HTTP', async () => {
  const sim = await simulator();
  const sink = await webhookSink();
  await control(sim.url, 'PUT', '/webhook', { url: sink.url, headers: { 'x-webhook-secret': 's' } });
  await control(sim.url, 'PUT', '/rules/created', { active: false });
  await control(sim.url, 'POST', '/tickets', { email: 'a@b.example', text: 'Hi' });
  await control(sim.url, 'POST', '/tickets/1/customer-replies', { text: 'x' });
  await sim.webhooksIdle();
  expect((await control(sim.url, 'GET', '/deliveries')).body).toMatchObject([{ rule: 'updated', status: 202 }]);
  const fault = { kind: 'status', status: 503, match: { pathPattern: 'tickets/1$' }, times: null };
  const { body } = await control(sim.url, 'POST', '/faults', fault);
  expect((await call(sim, 'GET', '/tickets/1')).status).toBe(503);
  expect((await control(sim.url, 'GET', '/faults')).body).toEqual([{ id: at(body, 'id'), kind: 'status', hits: 1 }]);
  await control(sim.url, 'DELETE', `/faults/${String(at(body, 'id'))}`);
  expect((await call(sim, 'GET', '/tickets/1')).status).toBe(200);
  await control(sim.url, 'PUT', '/settings', { ratePerMinute: 50 });
  expect((await call(sim, 'GET', '/tickets/1')).headers.get('x-ratelimit-total')).toBe('50.0');
});

async function run(...flags: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, ['simulator/main.ts', ...flags]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (out.includes('?include=conversations')) child.kill('SIGTERM');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as unknown[];
  return { code, out, err };
}

test('the command prints keys, agents, groups and commands to paste, and ends on SIGTERM', async () => {
  const { code, out, err } = await run('--port', '0', '--api-key', 'mine');
  expect([code, err]).toEqual([0, '']);
  for (const part of ['mine', 'Grace Miller', 'Billing', '/control/tickets -d', '/assign -d'])
    expect(out).toContain(part);
});

test('wrong flags print the usage and exit with 2', async () => {
  const wrong = [['--nope'], ['--port', 'x'], ['--rate', '0'], ['--webhook-secret', 's'], ['--webhook-url', 'x']];
  const runs = await Promise.all(wrong.map(async (flags) => ({ flags, ...(await run(...flags)) })));
  for (const { flags, code, err } of runs) {
    expect([flags, code, err.includes('npm run simulator')]).toEqual([flags, 2, true]);
  }
});
