import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import type { CliDeps } from '../../../src/cli/deps.ts';
import { createFreshdesk } from '../../../src/freshdesk/client.ts';
import { cli } from '../../../testbed/cli.ts';
import { openLimit } from '../../../testbed/scripted-server.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

const verify: CliDeps['verify'] = (account) =>
  createFreshdesk({ ...account, limit: openLimit(), deadlineMs: 5_000 }).verify();

function run(args: readonly string[], env: CliDeps['env'] = {}) {
  return cli(['verify', ...args], { verify, env });
}
const fromEnv = () => ({ FRESHDESK_DOMAIN: 'acme', FRESHDESK_API_KEY: simulator.apiKey, FRESHDESK_URL: simulator.url });

test('C1 verify shows the agent, with e-mail address and admin rights, and needs no database', async () => {
  const { name, email, id } = simulator.account.aiAgent;
  const { status, out } = await run([], fromEnv());
  expect(status).toBe(0);
  expect(out).toBe(`acme.freshdesk.com accepts the key.\nAgent: ${name} <${email}>, id ${id}\nAdmin rights: yes\n`);
  const json = await run(['--json'], fromEnv());
  expect(JSON.parse(json.out)).toEqual({ domain: 'acme.freshdesk.com', agent: { id, name, email }, admin: true });
  expect(json.out + out).not.toContain(simulator.apiKey);
});

test('C1 options go before the environment', async () => {
  const { status, err } = await run(['--domain', 'acme', '--api-key', 'wrong', '--url', simulator.url], fromEnv());
  expect(status).toBe(1);
  expect(err).toContain('does not accept this API key');
});

test('C1 a refusal names its reason for machines', async () => {
  const reasonOf = async (env: CliDeps['env']) => JSON.parse((await run(['--json'], env)).err).error.reason as unknown;
  expect(await reasonOf({ ...fromEnv(), FRESHDESK_API_KEY: simulator.plainApiKey })).toBe('not_admin');
  expect(await reasonOf({ ...fromEnv(), FRESHDESK_API_KEY: 'wrong' })).toBe('invalid_credentials');
  expect(await reasonOf({ ...fromEnv(), FRESHDESK_URL: 'http://127.0.0.1:1' })).toBe('unreachable');
  expect(await reasonOf({ FRESHDESK_DOMAIN: 'evil.example', FRESHDESK_API_KEY: 'x' })).toBe('wrong_domain');
});

test('C2 a host that is not Freshdesk is refused before anything is sent to it', async () => {
  const { status, err } = await cli([
    'verify',
    '--domain',
    'https://acme.freshdesk.com.evil.example',
    '--api-key',
    'x',
  ]);
  expect(status).toBe(1);
  expect(err).toContain('is not of the form name.freshdesk.com');
});

test.each([
  ['no domain', ['--api-key', 'x']],
  ['no key', ['--domain', 'acme']],
  ['an address without http', ['--domain', 'acme', '--api-key', 'x', '--url', 'localhost:4010']],
])('verify called the wrong way exits 2: %s', async (_name, args) => {
  expect(await run(args)).toMatchObject({ status: 2, out: '' });
});
