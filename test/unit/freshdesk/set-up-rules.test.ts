import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { automationSetup, webhookUrlOf } from '../../../src/freshdesk/automation-rules.ts';
import { createFreshdesk, type Freshdesk } from '../../../src/freshdesk/client.ts';
import { readRules } from '../../../src/freshdesk/rule-check.ts';
import { rulesOfOthers } from '../../../src/freshdesk/rules-of-others.ts';
import { setUpRules } from '../../../src/freshdesk/set-up-rules.ts';
import { answering, clientOf, openLimit, startScriptedServer } from '../../../testbed/scripted-server.ts';

const MARK = 'a1b2c3d4';
const setup = automationSetup({
  webhookUrl: webhookUrlOf('https://ai.acme.example', 'shop'),
  secret: 's3cret',
  mark: MARK,
});
const rotated = automationSetup({ webhookUrl: setup.action.url, secret: 'new-secret', mark: MARK });
const make = (wanted = setup, takeOver = false) => setUpRules(freshdesk, wanted, { takeOver });
const OURS = ['opencx: ticket created', 'opencx: ticket updated', 'opencx: ticket updated by a rule'];

let simulator: Simulator;
let freshdesk: Freshdesk;
beforeEach(async () => {
  simulator = await startSimulator();
  for (const name of ['created', 'updated', 'updated by system']) simulator.account.removeRule(name);
  freshdesk = createFreshdesk({
    baseUrl: simulator.url,
    apiKey: simulator.apiKey,
    limit: openLimit(),
    deadlineMs: 5_000,
  });
});
afterEach(() => simulator.close());

const names = () => simulator.account.rules.map(({ name }) => name);

test('C4 the three rules are made by the API, and fire for whatever the AI has to hear of', async () => {
  expect(await make()).toEqual({ done: true, created: 3, changed: 0 });
  expect(names()).toEqual(OURS);
  const [created, updated, bySystem] = simulator.account.rules;
  const webhook = { url: setup.action.url, headers: { 'X-Webhook-Secret': 's3cret' } };
  expect(created).toMatchObject({ type: 'creation', active: true, webhook, template: setup.action.body });
  expect(updated).toMatchObject({ type: 'update', performer: 'agent_or_requester', webhook });
  expect(bySystem).toMatchObject({ type: 'update', performer: 'system', webhook, events: updated?.events ?? [] });
  expect(updated?.events.toSorted()).toEqual(
    [
      'reply_sent',
      'note_public',
      'note_private',
      'status',
      'responder_id',
      'group_id',
      'tags',
      'deleted',
      'spam',
    ].sort(),
  );
});

test('C4 rules that are there are kept, put right when the secret is another, and never doubled', async () => {
  await make();
  expect(await make()).toEqual({ done: true, created: 0, changed: 0 });
  simulator.account.setRule(OURS[1] ?? '', { name: 'as an admin calls it', active: false });
  expect(await make(rotated)).toEqual({ done: true, created: 0, changed: 3 });
  expect(names()).toEqual(OURS);
  for (const { webhook, active } of simulator.account.rules) {
    expect(webhook?.headers).toEqual({ 'X-Webhook-Secret': 'new-secret' });
    expect(active).toBe(true);
  }
});

test('C4 rules without a mark that send to one of our connections are of an older version: ours, and get the mark', async () => {
  await make();
  for (const rule of simulator.account.rules) rule.template = '{"ticket_id":"{{ticket.id}}"}';
  const moved = automationSetup({ ...setup, webhookUrl: webhookUrlOf('https://ai.acme.example', 'eu'), secret: 's' });
  expect(await make(moved)).toEqual({ done: true, created: 0, changed: 3 });
  expect(names()).toEqual(OURS);
  expect(simulator.account.rules.map(({ template }) => template)).toEqual(OURS.map(() => setup.action.body));
});

const elsewhere = webhookUrlOf('https://prod.example', 'default');
const THEIRS = { webhookUrl: elsewhere, secret: 'theirs', mark: 'ffff0000' };
test.each([
  ['another installation', THEIRS],
  ['another installation at our address, as with a copied environment', { ...THEIRS, webhookUrl: setup.action.url }],
  ['this installation at another address, or a copy of it', { ...THEIRS, mark: MARK }],
])('C4 rules of %s are not taken over unless that is meant', async (_whose, theirs) => {
  await make(automationSetup(theirs));
  const before = structuredClone(simulator.account.rules);
  expect(await make()).toMatchObject({ done: false, why: expect.stringContaining('stay as they are') });
  expect(simulator.account.rules).toEqual(before);
  expect(await make(setup, true)).toEqual({ done: true, created: 0, changed: 3 });
  expect(simulator.account.rules.map(({ webhook }) => webhook?.url)).toEqual(OURS.map(() => setup.action.url));
});

test('C4 a rule of an older version that sends elsewhere is another installation’s, whatever it is called', async () => {
  simulator.account.addRule({
    name: 'tell the AI',
    type: 'creation',
    webhook: { url: `${elsewhere}?key=secret`, headers: {} },
  });
  expect(await make()).toMatchObject({ done: false });
  const rules = (await readRules(freshdesk)).flatMap((tab) => tab.rules);
  expect(rulesOfOthers(rules, setup)).toEqual([{ name: 'tell the AI', url: elsewhere, mark: null }]);
});

test('C4 an account that refuses is left as it was, and the outcome says why', async () => {
  simulator.account.setAutomationApi('refused');
  const outcome = await make();
  expect(outcome).toMatchObject({ done: false, why: expect.stringContaining('403 (require_feature)') });
  expect(names()).toEqual([]);
});

test('C4 what is read back without its secret is removed again', async () => {
  simulator.account.setAutomationApi('loses_headers');
  const outcome = await make();
  expect(outcome).toMatchObject({ done: false, why: expect.stringContaining('did not keep the rule') });
  expect(names()).toEqual([]);
});

test('C4 a rule whose creation lost its answer is removed again with the others', async () => {
  simulator.faults.add({ kind: 'lose_response', match: { method: 'POST', path: '/automations/4/rules', nth: 1 } });
  expect(await make()).toMatchObject({ done: false });
  expect(names()).toEqual([]);
});

test('rules are read from a bare list, too, and from webhooks written in other ways', async () => {
  const server = await startScriptedServer();
  try {
    server.answer(
      answering(200, [
        {
          id: 2,
          name: 'below',
          position: 2,
          performer: { type: '4' },
          events: [{ field_name: 'note_type', value: 'public' }, 'odd'],
          actions: [
            { field_name: 'status', value: 4 },
            {
              url: 'https://x.example',
              custom_headers: [{ name: 'X-A', value: 'b' }],
              auth_header: { username: 'u', password: 'p' },
              content: '{"ticket_id":"{{ticket.id}}"}',
            },
          ],
        },
        { id: 1, name: 'above', position: 1, active: false },
      ]),
    );
    expect(await clientOf(server.url).automationRules('update')).toEqual({
      cascading: null,
      rules: [
        { id: 1, tab: 'update', name: 'above', active: false, position: 1, actors: [], events: [], webhooks: [] },
        {
          id: 2,
          tab: 'update',
          name: 'below',
          active: true,
          position: 2,
          actors: ['system'],
          events: ['note_type', 'note_type:public'],
          webhooks: [
            {
              url: 'https://x.example',
              headers: { 'x-a': 'b' },
              basicAuth: true,
              body: '{"ticket_id":"{{ticket.id}}"}',
            },
          ],
        },
      ],
    });
  } finally {
    await server.stop();
  }
});
