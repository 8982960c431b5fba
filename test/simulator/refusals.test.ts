import { expect, test } from '@jest/globals';
import { at, call, simulator } from './harness.ts';

test('no key and an unknown key are 401 with code and message', async () => {
  const sim = await simulator();
  const expected = {
    code: 'invalid_credentials',
    message: 'You have to be logged in to perform this action.',
  };
  for (const key of [null, 'wrong', '']) {
    const answer = await call(sim, 'GET', '/agents/me', undefined, { key });
    expect([answer.status, answer.body]).toEqual([401, expected]);
  }
});

test('a deactivated agent loses its key, a new key heals it', async () => {
  const sim = await simulator();
  const { id } = sim.account.aiAgent;
  sim.account.setAgent(id, { active: false });
  expect((await call(sim, 'GET', '/agents/me')).status).toBe(401);
  sim.account.setAgent(id, { active: true, apiKey: 'another' });
  expect((await call(sim, 'GET', '/agents/me')).status).toBe(401);
  expect((await call(sim, 'GET', '/agents/me', undefined, { key: 'another' })).status).toBe(200);
});

test('a suspended account answers 403 account_suspended to everything', async () => {
  const sim = await simulator();
  sim.account.setSuspended(true);
  const answer = await call(sim, 'GET', '/agents/me');
  expect([answer.status, at(answer.body, 'code')]).toEqual([403, 'account_suspended']);
});

test('a key without admin rights reads itself and the ticket fields, and is refused the admin endpoints', async () => {
  const sim = await simulator();
  const key = sim.plainApiKey;
  const { id } = sim.account.plainAgent;
  const [group] = sim.account.groups;
  for (const path of ['/agents/me', '/ticket_fields?type=default_group', '/tickets']) {
    expect((await call(sim, 'GET', path, undefined, { key })).status).toBe(200);
  }
  for (const path of [
    '/roles',
    `/agents/${id}`,
    '/agents',
    `/groups/${group?.id}`,
    '/groups',
    '/email_configs',
    '/account',
  ]) {
    const answer = await call(sim, 'GET', path, undefined, { key });
    expect([path, answer.status, at(answer.body, 'code')]).toEqual([path, 403, 'access_denied']);
  }
});

test('an agent that loses its admin role keeps its key and is refused the admin endpoints', async () => {
  const sim = await simulator();
  sim.account.setAgent(sim.account.aiAgent.id, { role: 'Agent' });
  expect((await call(sim, 'GET', '/agents/me')).status).toBe(200);
  expect((await call(sim, 'GET', '/roles')).status).toBe(403);
});

test('404 has an empty body, for a wrong id and for a wrong address', async () => {
  const sim = await simulator();
  const paths = ['/tickets/999', '/tickets/abc', '/nowhere', '/contacts/1', '/agents/1', '/tickets/999/conversations'];
  for (const path of paths) {
    const answer = await call(sim, 'GET', path);
    expect([path, answer.status, answer.text]).toEqual([path, 404, '']);
  }
});

test('405 names the methods in its message and has no code', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const answer = await call(sim, 'GET', `/tickets/${id}/restore`);
  expect(answer.status).toBe(405);
  expect(answer.body).toEqual({ message: 'GET method is not allowed. It should be one of these method(s): PUT' });
});

test('406 for an Accept that is not JSON, 415 for a body that is not JSON', async () => {
  const sim = await simulator();
  const xml = { headers: { accept: 'application/xml' } };
  expect((await call(sim, 'GET', '/agents/me', undefined, xml)).status).toBe(406);
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const form = { raw: 'body=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  expect((await call(sim, 'POST', `/tickets/${id}/reply`, undefined, form)).status).toBe(415);
  expect(sim.account.thread(id)).toEqual([]);
});

test('a body that is not JSON is 400 invalid_json', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const answer = await call(sim, 'POST', `/tickets/${id}/reply`, undefined, { raw: '{"body": x' });
  expect([answer.status, answer.body]).toEqual([
    400,
    { code: 'invalid_json', message: 'Request body has invalid json format' },
  ]);
});

test('unknown keys in a query and in a body are invalid_field', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const error = { field: 'surprise', message: 'Unexpected/invalid field in request', code: 'invalid_field' };
  const expected = { description: 'Validation failed', errors: [error] };
  expect((await call(sim, 'GET', `/tickets/${id}?surprise=1`)).body).toEqual(expected);
  expect((await call(sim, 'PUT', `/tickets/${id}`, { surprise: 1 })).body).toEqual(expected);
  expect((await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x', surprise: 1 })).body).toEqual(expected);
});

test('a missing and a mistyped field say so', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const missing = await call(sim, 'POST', '/tickets', { email: 'a@b.example', description: 'x' });
  expect([missing.status, at(missing.body, 'errors', 0, 'field'), at(missing.body, 'errors', 0, 'code')]).toEqual([
    400,
    'subject',
    'missing_field',
  ]);
  const mistyped = await call(sim, 'PUT', `/tickets/${id}`, { status: 'open' });
  expect(at(mistyped.body, 'errors', 0, 'code')).toBe('datatype_mismatch');
  const unnamed = await call(sim, 'POST', '/tickets', { subject: 'x', description: 'x' });
  expect(at(unnamed.body, 'errors', 0, 'field')).toBe('requester_id');
});
