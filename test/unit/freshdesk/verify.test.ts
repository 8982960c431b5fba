import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  answering,
  clientOf,
  openLimit,
  startScriptedServer,
  type Script,
  type ScriptedServer,
} from '../../../testbed/scripted-server.ts';
import { RateLimited } from '../../../src/freshdesk/errors.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.stop());

const agent = {
  id: 43,
  type: 'support_agent',
  role_ids: [1],
  deactivated: false,
  contact: { active: true, name: 'Ada Bot', email: 'bot@acme.example' },
};
const date = 'Sat, 01 Aug 2026 12:00:05 GMT';

function account({
  me = answering(200, agent, { date }),
  roles = answering(200, []),
}: {
  me?: Script;
  roles?: Script;
}) {
  server.answer((request, response) => {
    const script = request.url === '/api/v2/agents/me' ? me : request.url === '/api/v2/roles' ? roles : answering(404);
    script(request, response);
  });
}

test('C1 an admin’s key gives the agent’s name and e-mail', async () => {
  account({});
  expect(await clientOf(server.url).verify()).toEqual({
    agent: { id: 43, name: 'Ada Bot', email: 'bot@acme.example' },
    admin: true,
    atMs: Date.parse('2026-08-01T12:00:05Z'),
  });
});

const refused = answering(403, { code: 'access_denied', message: 'You are not authorized to perform this action.' });
const refusals: [string, Parameters<typeof account>[0], string][] = [
  ['a domain that is no account', { me: answering(404) }, 'wrong_domain'],
  ['a domain that redirects', { me: answering(301, '', { location: 'https://elsewhere.example' }) }, 'wrong_domain'],
  ['a domain that serves a page', { me: answering(200, '<html></html>') }, 'wrong_domain'],
  ['a wrong key', { me: answering(401, { code: 'invalid_credentials' }) }, 'invalid_credentials'],
  ['a locked-out key', { me: answering(403, { code: 'password_lockout' }) }, 'invalid_credentials'],
  ['a deactivated agent', { me: answering(200, { ...agent, deactivated: true }) }, 'invalid_credentials'],
  ['an agent without admin rights', { roles: refused }, 'not_admin'],
  ['a suspended account', { me: answering(403, { code: 'account_suspended' }) }, 'account_suspended'],
  ['a plan without the API', { me: answering(403, { code: 'require_feature' }) }, 'account_suspended'],
  ['an account that is down', { me: answering(503) }, 'unreachable'],
  ['a probe that fails for another reason', { roles: answering(502) }, 'unreachable'],
  ['an account that is too busy', { me: answering(429, '', { 'retry-after': '30' }) }, 'unreachable'],
];

test.each(refusals)('C1 %s is named, and what to do about it', async (_, answers, reason) => {
  account(answers);
  const error = await clientOf(server.url)
    .verify()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'ConnectError', reason });
  const { message, whatToDo } = error as { message: string; whatToDo: string };
  expect(message).toContain(new URL(server.url).host);
  expect(message.endsWith(whatToDo)).toBe(true);
});

test('C1 a host that nobody answers at is unreachable, and an empty bucket does not blame the key', async () => {
  await expect(clientOf('http://127.0.0.1:1').verify()).rejects.toMatchObject({ reason: 'unreachable' });
  const limit = { ...openLimit(), acquire: () => Promise.reject(new RateLimited(5_000)) };
  await expect(clientOf(server.url, { limit }).verify()).rejects.toMatchObject({ reason: 'unreachable' });
});
