import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import type { SearchReport } from '../../../src/ai/knowledge/explain.ts';
import type { WouldBe } from '../../../src/cli/would-be.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import { ConfigError } from '../../../src/app/config.ts';
import { cli, cliDeps, opening } from '../../../testbed/cli.ts';
import { terminal } from '../../../testbed/terminal.ts';

test.each([
  ['--help'],
  ['serve', '--help'],
  ['verify', '--help'],
  ['settings', 'set', '--help'],
  ['knowledge', 'import', '--help'],
  ['knowledge', 'sync', '--help'],
  ['knowledge', 'search', '--help'],
])('help needs no database and exits 0: %s %s %s', async (...args) => {
  const { status, out, err } = await cli(args);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toContain('Usage: opencx-freshdesk');
});

test.each([
  'serve',
  'verify',
  'connect',
  'settings get',
  'settings set channels.email.mode off',
  'backfill',
  'reconcile',
  'knowledge import docs',
  'knowledge sync',
  'knowledge search x',
  'examples add person x',
  'examples list',
  'examples remove x',
  'examples test x',
  'ticket show 1',
  'ticket sync 1',
  'ticket retry 1',
  'pause',
  'resume',
  'contact erase a@b.example',
  'doctor',
  'connections list',
  'connections remove x',
  'connections rotate-key x',
  'connections rotate-secret x',
])('%s knows --json and has examples', async (words) => {
  const { status, out } = await cli([...words.split(' '), '--help']);
  expect(status).toBe(0);
  expect(out).toContain('--json');
  expect(out).toContain(`$ opencx-freshdesk ${words.split(' ')[0]}`);
});

test.each([
  'settings get',
  'settings history',
  'knowledge search x',
  'knowledge list',
  'examples list',
  'examples test x',
  'ticket show 1',
  'ticket list',
  'connections list',
  'status',
  'attention',
  'drafts',
  'account',
])('%s only reads: no server is started for it', async (words) => {
  const how: unknown[] = [];
  await cli(words.split(' '), {
    open: (given) => {
      how.push(given);
      return Promise.reject(new Error('the service does not run'));
    },
  });
  expect(how).toEqual([{ reads: true }]);
});

test('help shows examples', async () => {
  const { out } = await cli(['settings', 'set', '--help']);
  expect(out).toContain('$ opencx-freshdesk settings set channels.email.mode autopilot');
});

test.each(
  [
    [],
    ['bogus'],
    ['settings'],
    ['settings', 'get', 'a', 'b'],
    ['settings', 'get', '--colour'],
    ['knowledge', 'import'],
    ['knowledge', 'search'],
    ['knowledge', 'search', ' '],
    ['settings', 'set'],
  ].map((args) => [args]),
)('a command called the wrong way exits 2 and says so on stderr: %j', async (args) => {
  const { status, out, err } = await cli(args);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).not.toBe('');
});

test.each([[['settings', '--json']], [['verify', '--json', '--bogus']], [['serve', '--json', '--only', 'both']]])(
  'a command called the wrong way says so as JSON where that is wanted: %j',
  async (args) => {
    const { status, out, err } = await cli(args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(JSON.parse(err)).toMatchObject({ error: { name: 'UsageError', message: expect.stringMatching(/\w+ \w+/) } });
  },
);

test('an environment that is not complete exits 1 with every problem, also as JSON', async () => {
  const open = () => Promise.reject(new ConfigError(['ADMIN_TOKEN is missing', 'ENCRYPTION_KEY is missing']));
  const plain = await cli(['settings', 'get'], { open });
  expect(plain.status).toBe(1);
  expect(plain.err).toContain('ADMIN_TOKEN is missing\n  ENCRYPTION_KEY is missing');
  expect(plain.err).not.toContain('    at ');
  const json = await cli(['settings', 'get', '--json'], { open });
  expect(JSON.parse(json.err)).toMatchObject({
    error: { name: 'ConfigError', problems: ['ADMIN_TOKEN is missing', 'ENCRYPTION_KEY is missing'] },
  });
});

test('--version prints it, and opens nothing', async () => {
  expect(await cli(['--version'])).toEqual({ status: 0, out: '1.2.3\n', err: '' });
});

test('A9 --explain says what a word means and what to do, wherever it stands', async () => {
  const rule = await cli(['--explain', 'e6']);
  expect(rule).toMatchObject({ status: 0, err: '' });
  expect(rule.out).toMatch(/^E6 \(rule\): Nobody is assigned\..*\nWhat to do: .*assign the ticket to the AI agent/);
  expect(await cli(['ticket', 'show', '--explain', 'e6'])).toEqual(rule);
  const { out } = await cli(['--explain', 'sent', '--json']);
  expect(JSON.parse(out)).toMatchObject([{ kind: 'fate of a draft' }, { kind: 'state of a write' }]);
});

test('a word that is not in the glossary is a usage error, which names the one that was probably meant', async () => {
  const { status, err } = await cli(['--explain', 'low_confidense']);
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining('Did you mean "low_confidence"?') });
  expect((await cli(['--explain', 'zebra'])).err).not.toContain('Did you mean');
});

test('serve runs until it is told to stop', async () => {
  const served: unknown[] = [];
  const serve = async (only: unknown) => void served.push(only);
  for (const args of [['serve'], ['serve', '--only', 'api'], ['serve', '--only', 'worker']])
    expect(await cli([...args, '--json'], { serve })).toMatchObject({ status: 0 });
  expect(served).toEqual([null, 'api', 'worker']);
});

test('serve knows no other half', async () => {
  const { status, err } = await cli(['serve', '--only', 'both']);
  expect(status).toBe(2);
  expect(err).toContain('api, worker');
});

test('N4 knowledge import names its connection and prints what changed, and closes what it opened', async () => {
  const calls: unknown[] = [];
  const open = opening({
    planImport: async () => ({ added: ['a', 'b'], changed: ['c'], unchanged: ['d', 'e', 'f'], removed: [] }),
    importKnowledge: async (connectionId: string, folder: string) => {
      calls.push([connectionId, folder]);
      return { added: 2, changed: 1, unchanged: 3, removed: 0 };
    },
    close: async () => void calls.push('closed'),
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'articles-'));
  try {
    const plain = await cli(['knowledge', 'import', folder], { open });
    expect(plain).toMatchObject({ status: 0, out: 'Articles: 2 added, 1 changed, 3 unchanged, 0 removed\n' });
    const json = await cli(['knowledge', 'import', folder, '--connection', 'shop', '--json'], { open });
    expect(JSON.parse(json.out)).toEqual({ added: 2, changed: 1, unchanged: 3, removed: 0 });
    expect(calls).toEqual([['default', folder], 'closed', ['shop', folder], 'closed']);
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(await cli(['knowledge', 'import', folder])).toMatchObject({
    status: 1,
    err: `${folder} is not a folder. Name one that holds Markdown files.\n`,
  });
});

test('the docs list every command', async () => {
  const table = await readFile(new URL('../../../docs/commands.md', import.meta.url), 'utf8');
  const program = buildProgram(cliDeps());
  const names = program.commands.flatMap((one) => [one.name(), ...one.commands.map((inner) => inner.name())]);
  expect(names).toContain('preset');
  const accounts = ['list', 'remove', 'rotate-key', 'rotate-secret']; // "list and remove accounts, new keys and secrets"
  for (const name of names.filter((one) => !accounts.includes(one))) expect(table).toMatch(new RegExp(`\\b${name}\\b`));
});

test('N4 knowledge sync names its connection and prints what changed', async () => {
  const asked: string[] = [];
  const open = opening({
    async syncKnowledge(connectionId) {
      asked.push(connectionId);
      return { added: 1, changed: 2, unchanged: 3, removed: 4 };
    },
  });
  const plain = await cli(['knowledge', 'sync'], { open });
  expect(plain).toEqual({ status: 0, err: '', out: 'Articles: 1 added, 2 changed, 3 unchanged, 4 removed\n' });
  const json = await cli(['knowledge', 'sync', '--connection', 'shop', '--json'], { open });
  expect(JSON.parse(json.out)).toEqual({ added: 1, changed: 2, unchanged: 3, removed: 4 });
  expect(asked).toEqual(['default', 'shop']);
});

test('N4 knowledge search shows what a question finds, with scores, and internal articles only when asked to', async () => {
  const asked: unknown[] = [];
  const found: SearchReport = {
    language: 'en',
    confidence: 0.834,
    sources: ['Refunds'],
    passages: [
      {
        articleId: 'a',
        title: 'Refunds',
        heading: 'When',
        visibility: 'private',
        language: 'en',
        position: 0,
        text: 'In five days.',
        score: 1.234,
        coverage: 0.75,
        words: [
          { word: 'refund', share: 0.5, named: true },
          { word: 'days', share: 0.25, named: false },
        ],
      },
    ],
  };
  const would: WouldBe = {
    verdict: 'answer',
    html: '<p>Hello,</p><p>In five days.</p>',
    text: 'Hello,\n\nIn five days.',
    confidence: 0.83,
    threshold: 0.6,
    heldBack: null,
    reasons: [],
    detail: null,
    topic: null,
    language: 'en',
    sources: [{ articleId: 'a', title: 'Refunds', score: 0.75 }],
    sentiment: 'neutral',
    summary: 's',
    passages: [],
    engine: 'embedded',
    model: null,
    tokens: null,
    money: null,
    insight: null,
  };
  const open = opening({
    async searchKnowledge(...args) {
      asked.push(args);
      return found;
    },
    askKnowledge: async () => would,
  });
  const { out } = await cli(['knowledge', 'search', 'refund days?', '--internal'], { open });
  expect(out.split('\n')).toEqual([
    'Would leave this draft for people on email: confidence 0.83, the threshold is 0.60, from Refunds:',
    '',
    '  | Hello,',
    '  |',
    '  | In five days.',
    '',
    'Passages found, the best article first (language: en)',
    'score  covers',
    ' 1.23    75 %  Refunds › When (en, internal): refund* days',
    '',
  ]);
  const json = await cli(['knowledge', 'search', 'refund days?', '--json', '--connection', 'shop'], { open });
  expect(JSON.parse(json.out)).toEqual({ ...found, would });
  expect(asked).toEqual([
    ['default', 'refund days?', true],
    ['shop', 'refund days?', false],
  ]);
});

test('N4 knowledge import asks before it removes more than half, and can say beforehand what it would do', async () => {
  const plan = {
    added: ['New (new.md)'],
    changed: [],
    unchanged: ['Same (same.md)'],
    removed: ['A (a.md)', 'B (b.md)'],
  };
  const imported: string[] = [];
  const open = opening({
    planImport: async () => plan,
    importKnowledge: async (connectionId) => {
      imported.push(connectionId);
      return { added: 1, changed: 0, unchanged: 1, removed: 2 };
    },
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'articles-'));
  try {
    const dry = await cli(['knowledge', 'import', folder, '--dry-run'], { open });
    expect(dry.out).toBe(
      'Articles: 1 would be added, 0 changed, 1 unchanged, 2 removed. Nothing was changed.\nWould be added:\n  New (new.md)\nWould be removed:\n  A (a.md)\n  B (b.md)\n',
    );
    expect(JSON.parse((await cli(['knowledge', 'import', folder, '--dry-run', '--json'], { open })).out)).toEqual({
      dryRun: true,
      ...plan,
    });
    const unasked = await cli(['knowledge', 'import', folder], { open });
    expect(unasked).toMatchObject({ status: 2, err: expect.stringContaining('2 of the 3 articles') });
    const person = terminal('no');
    expect(await cli(['knowledge', 'import', folder], { open, ...person })).toMatchObject({ status: 1 });
    expect(person.asked).toEqual([expect.stringContaining('leave the knowledge:\n  A (a.md)\n  B (b.md)\n')]);
    expect(imported).toEqual([]);
    const meant = await cli(['knowledge', 'import', folder, '--yes'], { open });
    expect(meant.out).toBe('Articles: 1 added, 0 changed, 1 unchanged, 2 removed\nRemoved:\n  A (a.md)\n  B (b.md)\n');
    plan.removed.pop(); // half of them: nobody is asked
    expect(await cli(['knowledge', 'import', folder], { open })).toMatchObject({ status: 0 });
    expect(imported).toEqual(['default', 'default']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
