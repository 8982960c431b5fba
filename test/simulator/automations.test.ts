import { expect, test } from '@jest/globals';
import { until } from '../../testbed/until.ts';
import { at, call, simulator, webhookSink } from './harness.ts';

const rule = (url: string, changes: Record<string, unknown> = {}) => ({
  name: 'ours',
  performer: { type: 2 },
  events: [
    { field_name: 'reply_sent', value: 'sent' },
    { field_name: 'note_type', value: '--' },
  ],
  conditions: [{ name: 'condition_set_1', match_type: 'all', properties: [] }],
  actions: [
    {
      field_name: 'trigger_webhook',
      url,
      custom_headers: { 'x-secret': 's3cret' },
      content: { content_layout: 'advanced', content_type: 'json', content: '{"id":"{{ticket.id}}"}' },
    },
  ],
  ...changes,
});

test('the API shows the rules that send the webhooks, by tab and in order', async () => {
  const sim = await simulator({ webhook: { url: 'http://127.0.0.1:9/hook', headers: { 'x-webhook-secret': 'abc' } } });
  const creation = await call(sim, 'GET', '/automations/1/rules');
  expect(creation.body).toMatchObject({
    rules: [{ name: 'created', position: 1, active: true, actions: [{ url: 'http://127.0.0.1:9/hook' }] }],
    meta: { count: 1, cascading_rules: true },
  });
  expect(at(creation.body, 'rules', 0, 'events')).toBeUndefined();
  const updates = await call(sim, 'GET', '/automations/4/rules');
  expect(updates.body).toMatchObject({
    rules: [
      { performer: { type: 3 }, actions: [{ custom_headers: { 'x-webhook-secret': 'abc' } }] },
      { performer: { type: 4 }, position: 2 },
    ],
  });
  sim.account.setRule('updated', { active: false });
  expect(at((await call(sim, 'GET', '/automations/4/rules')).body, 'rules', 0, 'active')).toBe(false);
});

test('a rule made by the API sends to its own address, until it is deleted', async () => {
  const sim = await simulator();
  const sink = await webhookSink();
  const made = await call(sim, 'POST', '/automations/4/rules', rule(sink.url));
  expect(made.status).toBe(201);
  const id = at(made.body, 'id');
  const ticket = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' }).id;
  sim.account.customerReplies(ticket, { text: 'again' });
  await until('the webhook is there', () => sink.received.length === 1);
  expect(sink.received[0]).toMatchObject({ body: `{"id":"${ticket}"}`, headers: { 'x-secret': 's3cret' } });

  const changed = await call(sim, 'PUT', `/automations/4/rules/${String(id)}`, rule(sink.url, { active: false }));
  expect(changed.body).toMatchObject({ id, active: false });
  expect((await call(sim, 'DELETE', `/automations/4/rules/${String(id)}`)).status).toBe(204);
  expect((await call(sim, 'GET', `/automations/4/rules/${String(id)}`)).status).toBe(404);
});

test('rules are for administrators, and what cannot be a rule is refused', async () => {
  const sim = await simulator();
  expect((await call(sim, 'GET', '/automations/1/rules', undefined, { key: sim.plainApiKey })).status).toBe(403);
  for (const missing of ['conditions', 'performer', 'events']) {
    const { status, body } = await call(
      sim,
      'POST',
      '/automations/4/rules',
      rule('http://x.example', { [missing]: undefined }),
    );
    expect(status).toBe(400);
    expect(at(body, 'errors', 0, 'field')).toBe(missing);
  }
});

test('an account may refuse to have rules written, or lose their headers', async () => {
  const sim = await simulator();
  sim.account.setAutomationApi('refused');
  expect(await call(sim, 'POST', '/automations/4/rules', rule('http://x.example'))).toMatchObject({
    status: 403,
    body: { code: 'require_feature' },
  });
  sim.account.setAutomationApi('loses_headers');
  const { body } = await call(sim, 'POST', '/automations/4/rules', rule('http://x.example'));
  expect(at(body, 'actions', 0, 'custom_headers')).toEqual({});
});
