import { expect, test } from '@jest/globals';
import { automationSetup, markIn, renderAutomationSetup } from '../../../src/freshdesk/automation-rules.ts';

const setup = automationSetup({
  webhookUrl: 'https://ai.acme.example/webhooks/freshdesk/con_1',
  secret: 's3cret',
  mark: 'a1b2c3d4',
});

test('C4 three rules: creation, updates by agent or requester, the same updates by System', () => {
  expect(setup.rules.map(({ tab, performer }) => [tab, performer])).toEqual([
    ['creation', null],
    ['update', 'Agent or Requester'],
    ['update', 'System'],
  ]);
  expect(setup.rules[1]?.events).toHaveLength(8);
  expect(setup.rules[2]?.events).toEqual(setup.rules[1]?.events);
});

test('C4 the content stays JSON whatever the ticket says, for its only placeholder is a number', () => {
  expect(setup.action.body.match(/{{[^}]*}}/g)).toEqual(['{{ticket.id}}']);
  expect(JSON.parse(setup.action.body.replace('{{ticket.id}}', '4711'))).toEqual({
    ticket_id: '4711',
    installation: 'a1b2c3d4',
  });
});

test('C4 the text for the terminal has everything to paste', () => {
  const text = renderAutomationSetup(setup);
  const { url, secret, body } = setup.action;
  for (const piece of [url, `X-Webhook-Secret: ${secret}`, body, 'POST', 'JSON', 'Advanced'])
    expect(text).toContain(piece);
  for (const rule of setup.rules) {
    expect(text).toContain(rule.name);
    for (const event of rule.events) expect(text).toContain(event.words);
  }
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('C4 a rule’s content says whose it is, and older contents say nothing', () => {
  expect(markIn(setup.action.body)).toBe('a1b2c3d4');
  for (const other of [null, '', '{"ticket_id":"{{ticket.id}}"}', '{"installation":42}'])
    expect(markIn(other)).toBeNull();
});
