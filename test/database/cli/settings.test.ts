import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { CliDeps } from '../../../src/cli/deps.ts';
import { PRESETS } from '../../../src/domain/presets.ts';
import { createAudit } from '../../../src/db/audit.ts';
import { createEarnedThresholds } from '../../../src/db/turns/earned.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { openTestConnections } from '../../../testbed/api.ts';
import { cli, opening } from '../../../testbed/cli.ts';
import { terminal } from '../../../testbed/terminal.ts';

let opened: Awaited<ReturnType<typeof openTestConnections>>;
beforeAll(async () => {
  opened = await openTestConnections();
});
afterAll(() => opened.close());
beforeEach(() => opened.db.connection.updateMany({ data: { settings: {} } }));

function settings(args: readonly string[], deps: Partial<CliDeps> = {}) {
  return cli(['settings', ...args], {
    open: opening({
      connections: opened.connections,
      audit: createAudit(opened.db),
      earned: createEarnedThresholds(opened.db, { engine: 'embedded' }),
    }),
    ...deps,
  });
}

test('settings get prints everything, or the one at a path', async () => {
  expect(JSON.parse((await settings(['get'])).out)).toEqual(DEFAULT_SETTINGS);
  expect(await settings(['get', 'channels.email.mode'])).toMatchObject({ status: 0, out: 'assist\n' });
  expect(await settings(['get', 'channels.email.mode', '--json'])).toMatchObject({ out: '"assist"\n' });
  expect(await settings(['get', 'handoff.officeHours'])).toMatchObject({ out: 'null\n' });
});

test('N11 settings get says how far public answers are earned, beside what it prints for shells', async () => {
  const standing = 'earned: 0 of 100 graded; answers are left as drafts\n';
  expect(await settings(['get', 'handoff.confidenceThreshold'])).toMatchObject({ out: 'earned\n', err: standing });
  expect(await settings(['get'])).toMatchObject({ err: standing });
  expect(await settings(['get', 'channels.email.mode'])).toMatchObject({ err: '' });
  expect(await settings(['set', 'handoff.confidenceThreshold', '0.7'])).toMatchObject({ status: 0 });
  expect(await settings(['get', 'handoff.confidenceThreshold'])).toMatchObject({ out: '0.7\n', err: '' });
  expect(await settings(['set', 'handoff.confidenceThreshold', 'often'])).toMatchObject({
    err: expect.stringContaining('must be a number from 0 to 1, or "earned"'),
  });
});

test.each([
  ['channels.email.mode', 'autopilot', 'autopilot'],
  ['paused', 'true', true],
  ['channels.web.burstSeconds', '0.5', 0.5],
  ['assist.footer', 'null', null],
  ['assist.footer', '"12"', '12'],
  ['channels.email.greeting', 'Hello there,', 'Hello there,'],
  ['blocklist.domains', '["spam.example"]', ['spam.example']],
  ['handoff.routing', '{"kind":"group","groupId":42}', { kind: 'group', groupId: 42 }],
])('settings set %s %s', async (name, given, value) => {
  const { status, out } = await settings(['set', name, given, '--yes', '--json']);
  expect({ status, value: JSON.parse(out) }).toEqual({ status: 0, value });
  expect(JSON.parse((await settings(['get', name, '--json'])).out)).toEqual(value);
});

test('settings set takes a file, or standard input', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'settings-'));
  const file = path.join(folder, 'settings.json');
  try {
    await writeFile(file, '{"paused": true, "rollout": {"percent": 5}}');
    expect(JSON.parse((await settings(['set', '--file', file])).out)).toMatchObject({
      paused: true,
      rollout: { percent: 5 },
    });
    const fromInput = await settings(['set', '--file', '-'], { readInput: async () => '{"paused": false}' });
    expect(JSON.parse(fromInput.out)).toMatchObject({ paused: false, rollout: { percent: 5 } });
    await writeFile(file, 'paused: true');
    const refused = await settings(['set', '--file', file]);
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining(`${file} does not hold JSON (`) });
    expect(refused.err).toContain('such as {"paused": true}');
    expect(await settings(['set', '--file', `${file}.none`])).toMatchObject({
      status: 1,
      err: `There is no file ${file}.none. Name one that holds a JSON object, or - for standard input.\n`,
    });
    expect((await settings(['set', '--file', path.dirname(file)])).err).toContain('cannot be read (EISDIR)');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  [
    'channels.emial.mode',
    'assist',
    'channels.emial: is not a setting; known here: email, web, phone, other. Did you mean "email"?',
  ],
  ['intake.exclude.tags', 'vip', 'intake.exclude.tags: must be a list such as ["vip"]'],
  ['channels.email.mode', 'full', 'channels.email.mode: must be one of autopilot, assist, off'],
  ['rollout.percent', '-1', 'rollout.percent: must be 0 or more'],
  ['__proto__.polluted', '1', '__proto__: is not a setting'],
  ['', '1', 'is not a setting'],
])('settings set refuses %s %s and stores nothing', async (name, value, message) => {
  const { status, out, err } = await settings(['set', name, value]);
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toContain(message);
  expect(JSON.parse((await settings(['get'])).out)).toEqual(DEFAULT_SETTINGS);
});

test('refused settings are listed for machines with --json', async () => {
  const { err } = await settings(['set', 'channels.email.mode', 'full', '--json']);
  expect(JSON.parse(err)).toMatchObject({
    error: { name: 'InvalidSettings', problems: [{ path: 'channels.email.mode' }] },
  });
});

test.each([[['set', 'paused']], [['set', 'paused', 'true', '--file', 'x.json']]])(
  'settings called the wrong way: %j',
  async (args) => {
    expect(await settings(args)).toMatchObject({ status: 2, out: '' });
  },
);

test('an unknown path or connection exits 1 and says so', async () => {
  expect(await settings(['get', 'channels.fax'])).toMatchObject({
    status: 1,
    err: expect.stringContaining('channels.fax'),
  });
  expect(await settings(['get', '--connection', 'nobody'])).toMatchObject({
    status: 1,
    err: expect.stringContaining('"nobody"'),
  });
});

test('H1 a preset sets exactly its switches, and balanced is the default', async () => {
  expect(PRESETS.balanced.handoff).toMatchObject({
    confidenceThreshold: DEFAULT_SETTINGS.handoff.confidenceThreshold,
    triggers: DEFAULT_SETTINGS.handoff.triggers,
  });
  await settings(['set', 'handoff.routing', '{"kind":"group","groupId":42}']);
  for (const name of ['ai_only', 'quick', 'ai_first', 'balanced'] as const) {
    expect(await settings(['preset', name])).toMatchObject({ status: 0 });
    const all = JSON.parse((await settings(['get'])).out) as typeof DEFAULT_SETTINGS;
    expect(all).toEqual({
      ...DEFAULT_SETTINGS,
      handoff: { ...DEFAULT_SETTINGS.handoff, routing: { kind: 'group', groupId: 42 }, ...PRESETS[name].handoff },
    });
  }
});

test('a preset that does not exist is named, and so are those that do', async () => {
  expect(await settings(['preset', 'yolo'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('choose one of ai_only, ai_first, balanced, quick'),
  });
});

test('C7 what lets customers get replies is asked about, with old and new and who is reached', async () => {
  const mode = async () => (await settings(['get', 'channels.email.mode'])).out.trim();
  const unasked = await settings(['set', 'channels.email.mode', 'autopilot']);
  expect(unasked).toMatchObject({ status: 2, out: '', err: expect.stringContaining('give --yes') });
  const unsure = terminal('no');
  expect(await settings(['set', 'channels.email.mode', 'autopilot'], unsure)).toMatchObject({ status: 1, out: '' });
  expect(unsure.asked).toEqual([
    expect.stringMatching(
      /^channels\.email\.mode: assist → autopilot\nFrom now on .* public replies .*\nThen: public replies where they are earned, else drafts, on email; drafts for people on web, phone; .* assigned to the AI agent\./,
    ),
  ]);
  expect(await mode()).toBe('assist');
  expect(await settings(['set', 'channels.email.mode', 'autopilot'], terminal('yes'))).toMatchObject({ status: 0 });
  expect(await mode()).toBe('autopilot');

  const preset = await settings(['preset', 'ai_only']);
  expect(preset).toMatchObject({ status: 2, err: expect.stringContaining('confidenceThreshold: earned → 0.3\n') });
  await settings(['set', 'rollout.percent', '10']); // less than before: nobody is asked
  const file = JSON.stringify({ rollout: { percent: 50 }, intake: { autoHandleAll: true } });
  const more = await settings(['set', '--file', '-'], { readInput: async () => file });
  expect(more.err).toContain('rollout.percent: 10 → 50\nintake.autoHandleAll: false → true\n');
  expect(more.err).toContain('50 % of all others');
  expect(await settings(['set', 'rollout.percent', '50', '--yes'])).toMatchObject({ status: 0, out: '50\n' });
});

test('settings history says who changed what, from what to what, and how the last one is undone', async () => {
  await opened.db.audit.deleteMany();
  expect(await settings(['history'])).toMatchObject({ status: 0, out: 'No setting was changed yet.\n' });
  await settings(['set', 'rollout.percent', '25', '--yes']);
  await settings(['set', 'rollout.percent', '25', '--yes']); // nothing is different
  await opened.connections.patchSettings('default', { channels: { email: { greeting: "It's us" } } }, 'admin');
  await settings(['set', '--file', '-'], {
    readInput: async () =>
      '{"channels":{"email":{"greeting":null}},"handoff":{"routing":{"kind":"group","groupId":42}}}',
  });

  const { out } = await settings(['history']);
  const [newest, second, older, oldest, undo] = out.split('\n');
  expect(newest).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+  cli +channels\.email\.greeting: It's us → null$/);
  expect(second).toMatch(/^ +handoff\.routing: {"kind":"unassign"} → {"kind":"group","groupId":42}$/);
  expect(older).toMatch(/  admin  channels\.email\.greeting: null → It's us$/);
  expect(oldest).toMatch(/  cli    rollout\.percent: 100 → 25$/);
  expect(undo).toBe(`The last one is undone by: opencx-freshdesk settings set handoff.routing '{"kind":"unassign"}'`);

  const ofEmail = await settings(['history', 'channels.email', '--limit', '1', '--json']);
  expect(JSON.parse(ofEmail.out)).toMatchObject({
    items: [{ who: 'cli', changes: [{ old: "It's us", new: null }, { path: 'handoff.routing' }] }],
    more: true,
  });
  expect(await settings(['history', 'channels.emial'])).toMatchObject({
    status: 1,
    err: expect.stringContaining('Did you mean "channels.email"?'),
  });
  expect(await settings(['history', '--limit', '0'])).toMatchObject({ status: 2 });
});
