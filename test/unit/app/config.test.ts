import { describe, expect, test } from '@jest/globals';
import { ConfigError, loadConfig, weakSecrets } from '../../../src/app/config.ts';
import type { Env } from '../../../src/app/environment.ts';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const least = { ADMIN_TOKEN: 'token', ENCRYPTION_KEY: key(1) };
const freshdesk = { FRESHDESK_DOMAIN: 'Acme', FRESHDESK_API_KEY: 'the-api-key', WEBHOOK_SECRET: 'the-secret' };

function problemsOf(env: Env): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
const namesOf = (env: Env) => problemsOf(env).map((problem) => problem.split(' ')[0]);

test('the two required variables are enough; everything else has a default', () => {
  expect(loadConfig(least)).toEqual({
    databaseUrl: null,
    temporalAddress: null,
    temporalNamespace: 'default',
    port: 3000,
    publicUrl: 'http://127.0.0.1:3000',
    adminToken: 'token',
    viewerToken: null,
    webUi: true,
    databasePoolSize: 20,
    encryptionKeys: [Buffer.alloc(32, 1)],
    freshdesk: null,
    freshdeskUrl: null,
    ai: { provider: 'embedded' },
    embeddings: { kind: 'local' },
    dataDir: './data',
    alertWebhookUrl: null,
    storage: { kind: 'folder', path: './data/attachments' },
    logLevel: 'info',
    timing: { requestDeadlineMs: 20_000, settleMs: 60_000 },
  });
});

test('everything that can be set is read, and an empty variable is one that is not set', () => {
  const env = {
    ...least,
    ...freshdesk,
    DATABASE_URL: 'postgresql://u:p@db:5432/opencx',
    TEMPORAL_ADDRESS: 'temporal:7233',
    TEMPORAL_NAMESPACE: 'support',
    PORT: '8080',
    PUBLIC_URL: 'https://ai.acme.example/desk/',
    FRESHDESK_URL: 'http://127.0.0.1:4010/',
    AI_PROVIDER: 'embedded',
    DATA_DIR: '/var/lib/opencx',
    ALERT_WEBHOOK_URL: 'https://hooks.chat.example/services/T0/B0?x=1',
    STORAGE_URL: 's3://support-files/desk?endpoint=http://127.0.0.1:9000/&region=eu-central-1',
    LOG_LEVEL: 'DEBUG',
  };
  expect(loadConfig(env)).toMatchObject({
    databaseUrl: env.DATABASE_URL,
    temporalAddress: 'temporal:7233',
    temporalNamespace: 'support',
    port: 8080,
    publicUrl: 'https://ai.acme.example/desk',
    freshdesk: {
      domain: 'acme.freshdesk.com',
      baseUrl: 'http://127.0.0.1:4010',
      apiKey: 'the-api-key',
      webhookSecret: 'the-secret',
    },
    freshdeskUrl: 'http://127.0.0.1:4010',
    dataDir: '/var/lib/opencx',
    alertWebhookUrl: env.ALERT_WEBHOOK_URL,
    storage: {
      kind: 's3',
      bucket: 'support-files',
      prefix: 'desk/',
      endpoint: 'http://127.0.0.1:9000',
      region: 'eu-central-1',
    },
    logLevel: 'debug',
  });
  const empty = Object.fromEntries(Object.keys(env).map((name) => [name, ' ']));
  expect(loadConfig({ ...empty, ...least })).toEqual(loadConfig(least));
});

test('everything that is missing or wrong is reported at once, by name', () => {
  const env = {
    ENCRYPTION_KEY: 'too short',
    PORT: '70000',
    DATABASE_POOL_SIZE: '1',
    DATABASE_URL: 'mysql://db',
    TEMPORAL_ADDRESS: 'https://temporal',
    PUBLIC_URL: 'ai.acme.example',
    FRESHDESK_URL: 'http://127.0.0.1:4010/api/v2',
    FRESHDESK_API_KEY: 'x',
    AI_PROVIDER: 'openai',
    ALERT_WEBHOOK_URL: 'hooks.chat.example',
    STORAGE_URL: 'ftp://files',
    LOG_LEVEL: 'loud',
  };
  const names = [
    ...Object.keys(env).filter((name) => name !== 'FRESHDESK_API_KEY' && name !== 'AI_PROVIDER'),
    'AI_MODEL',
    'AI_API_KEY',
    'ADMIN_TOKEN',
    'FRESHDESK_DOMAIN',
    'WEBHOOK_SECRET',
  ];
  expect(new Set(namesOf(env))).toEqual(new Set(names));
});

test.each<[string, object | RegExp]>([
  ['file:./files', { kind: 'folder', path: './files' }],
  ['file:/var/lib/files', { kind: 'folder', path: '/var/lib/files' }],
  ['file:///var/lib/with%20space', { kind: 'folder', path: '/var/lib/with space' }],
  ['s3://files', { kind: 's3', bucket: 'files', prefix: '', endpoint: null, region: null }],
  ['s3://x', /bucket/],
  ['s3://key:secret@files', /credentials/],
  ['s3://files?endpoint=minio:9000', /endpoint/],
  ['s3://files?acl=public', /only endpoint and region/],
  ['file:', /no folder/],
  ['/var/lib/files', /file: or s3:/],
])('F1 STORAGE_URL %s', (url, expected) => {
  const env = { ...least, STORAGE_URL: url };
  if (expected instanceof RegExp) expect(problemsOf(env)).toEqual([expect.stringMatching(expected)]);
  else expect(loadConfig(env).storage).toEqual(expected);
});

test('F1 without STORAGE_URL the files lie beside the other data', () => {
  expect(loadConfig({ ...least, DATA_DIR: '/var/lib/opencx/' }).storage).toEqual({
    kind: 'folder',
    path: '/var/lib/opencx/attachments',
  });
});

test.each([
  [{}, []],
  [{ ADMIN_TOKEN: 'a' }, ['ADMIN_TOKEN']],
  [{ ADMIN_TOKEN: 'x'.repeat(15), ...freshdesk }, ['ADMIN_TOKEN', 'WEBHOOK_SECRET']],
  [{ ...freshdesk, WEBHOOK_SECRET: 'x'.repeat(16) }, []],
])('W2 secrets that can be found by trying are used, and named in a warning: %j', (env, names) => {
  expect(weakSecrets(loadConfig({ ...least, ADMIN_TOKEN: 'x'.repeat(16), ...env }))).toEqual(names);
});

test.each(['two words', 'ümlaut', 'x'.repeat(201)])(
  'C1 what cannot be an API key is refused at the start, as by connect and by the API: %j',
  (apiKey) => {
    expect(namesOf({ ...least, ...freshdesk, FRESHDESK_API_KEY: apiKey })).toEqual(['FRESHDESK_API_KEY']);
  },
);

test('a problem says what to do', () => {
  expect(problemsOf({})).toEqual([
    expect.stringContaining('ADMIN_TOKEN is missing: make one with "openssl rand -hex 32"'),
    expect.stringContaining('ENCRYPTION_KEY is missing: make one with "openssl rand -base64 32"'),
  ]);
});

test('no secret is repeated in a problem', () => {
  const secret = 'hunter2 hunter2';
  const said = problemsOf({
    ADMIN_TOKEN: secret,
    ENCRYPTION_KEY: secret,
    DATABASE_URL: `http://u:${secret}@db`,
    FRESHDESK_API_KEY: `${secret}é`,
    WEBHOOK_SECRET: `${secret}é`,
    PUBLIC_URL: `https://u:${secret}@ai.acme.example`,
    ALERT_WEBHOOK_URL: secret,
  });
  expect(said.length).toBeGreaterThanOrEqual(7);
  expect(said.join('\n')).not.toContain('hunter2');
});

test('C3 several encryption keys are read in order, and a wrong one is named by its place', () => {
  expect(loadConfig({ ...least, ENCRYPTION_KEY: `${key(2)}, ${key(1)}` }).encryptionKeys).toEqual([
    Buffer.alloc(32, 2),
    Buffer.alloc(32, 1),
  ]);
  expect(problemsOf({ ...least, ENCRYPTION_KEY: `${key(2)},${key(1)}x` })).toEqual([
    expect.stringContaining('(key 2 of 2)'),
  ]);
  expect(namesOf({ ...least, ENCRYPTION_KEY: Buffer.alloc(16).toString('base64') })).toEqual(['ENCRYPTION_KEY']);
  expect(namesOf({ ...least, ENCRYPTION_KEY: `${key(1)},` })).toEqual(['ENCRYPTION_KEY']);
});

test.each(['FRESHDESK_DOMAIN', 'FRESHDESK_API_KEY', 'WEBHOOK_SECRET'])(
  'the three of Freshdesk are set all or not at all: %s',
  (name) => {
    expect(namesOf({ ...least, ...freshdesk, [name]: undefined })).toEqual([name]);
  },
);

test('C2 a domain that is not Freshdesk is refused, unless the operator names the base URL', () => {
  expect(problemsOf({ ...least, ...freshdesk, FRESHDESK_DOMAIN: 'evil.example' })).toEqual([
    expect.stringContaining('FRESHDESK_DOMAIN is wrong: evil.example is not of the form name.freshdesk.com'),
  ]);
  expect(
    loadConfig({ ...least, ...freshdesk, FRESHDESK_URL: 'http://127.0.0.1:4010', FRESHDESK_DOMAIN: '127.0.0.1' })
      .freshdesk,
  ).toMatchObject({
    domain: '127.0.0.1:4010',
    baseUrl: 'http://127.0.0.1:4010',
  });
});

describe('which engine answers (N2, N3)', () => {
  const openai = { ...least, AI_PROVIDER: 'openai', AI_MODEL: 'gpt-4o-mini', AI_API_KEY: 'sk-test' };

  test('N3 a model is named by provider, name and key; its price is the known one', () => {
    expect(loadConfig(openai).ai).toEqual({
      provider: 'openai',
      model: 'gpt-4o-mini',
      baseUrl: null,
      apiKey: 'sk-test',
      price: { input: 0.15, output: 0.6 },
      timeoutMs: 120_000,
      patienceMs: 600_000,
    });
  });

  test('N3 one of our own needs an address and no key; its price is given or not known', () => {
    const own = {
      ...least,
      AI_PROVIDER: 'openai-compatible',
      AI_MODEL: 'qwen3',
      AI_BASE_URL: 'http://127.0.0.1:11434/v1/',
    };
    expect(loadConfig(own).ai).toMatchObject({ baseUrl: 'http://127.0.0.1:11434/v1', apiKey: null, price: null });
    const priced = { ...own, AI_PRICE_INPUT: '0.5', AI_PRICE_OUTPUT: '1' };
    expect(loadConfig(priced).ai).toMatchObject({ price: { input: 0.5, output: 1 } });
  });

  test.each([
    [{ AI_PROVIDER: 'gemini' }, ['AI_PROVIDER']],
    [{ AI_PROVIDER: 'openai' }, ['AI_MODEL', 'AI_API_KEY']],
    [{ AI_PROVIDER: 'anthropic', AI_MODEL: 'claude-sonnet-4-5' }, ['AI_API_KEY']],
    [{ AI_PROVIDER: 'openai-compatible' }, ['AI_MODEL', 'AI_BASE_URL']],
    [{ ...openai, AI_BASE_URL: 'not a url' }, ['AI_BASE_URL']],
    [{ ...openai, AI_API_KEY: 'two words' }, ['AI_API_KEY']],
    [{ ...openai, AI_PRICE_INPUT: '1' }, ['AI_PRICE_INPUT']],
    [{ ...openai, AI_PRICE_INPUT: 'cheap', AI_PRICE_OUTPUT: '1' }, ['AI_PRICE_INPUT']],
  ])('N3 what is missing or wrong is said all at once: %j', (env, names) => {
    expect(namesOf({ ...least, ...env })).toEqual(names);
  });
});
