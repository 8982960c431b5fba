import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { Express } from 'express';
import { z } from 'zod';
import { EXAMPLE } from '../../src/contract/values.ts';
import { openApiDocument } from '../../src/api/openapi.ts';
import { createBackfills } from '../../src/db/background/backfills.ts';
import type { BackfillControl } from '../../src/domain/backfill.ts';
import { createFreshdesk } from '../../src/freshdesk/client.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { startTestApi, WEBHOOK_SECRET } from '../../testbed/api.ts';
import { openLimit } from '../../testbed/scripted-server.ts';

type Json = Record<string, unknown>;
type Content = Record<string, { schema: Json; example?: unknown }>;
type Documented = {
  method: string;
  path: string;
  parameters: { name: string; in: 'path' | 'query'; schema: { example?: string } }[];
  body: { schema: Json; example: unknown } | null;
  needsToken: boolean;
  responses: Record<string, { content?: Content }>;
};

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
// As a client of ours would see it.
const document = JSON.parse(JSON.stringify(openApiDocument())) as {
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json> };
  tags: { name: string }[];
};
const operations = Object.entries(document.paths)
  .flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => documented(method, path, operation)))
  // What ends the connection that the others speak of comes last.
  .toSorted((one, other) => Number(one.method === 'delete') - Number(other.method === 'delete'));

function documented(method: string, path: string, operation: Json): Documented {
  const { parameters, requestBody, responses, security } = { parameters: [], ...operation } as unknown as Documented & {
    requestBody?: { content: Content };
    security: Json[];
  };
  const body = requestBody?.content['application/json'];
  return {
    method,
    path,
    parameters,
    responses,
    needsToken: security.some((one) => 'adminToken' in one),
    body: body === undefined ? null : { schema: body.schema, example: body.example },
  };
}

/** The schema with its references put in, and with no room for anything that it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const given = schema as Json;
  if (typeof given['$ref'] === 'string')
    return closed(document.components.schemas[given['$ref'].replace('#/components/schemas/', '')]);
  const inside = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, closed(value)]));
  return 'properties' in given && !('additionalProperties' in given)
    ? { ...inside, additionalProperties: false }
    : inside;
}

function expectToConform(value: unknown, schema: Json): void {
  const parsed = z.fromJSONSchema(closed(schema) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  expect(parsed.error?.issues ?? []).toEqual([]);
}

let api: Awaited<ReturnType<typeof startTestApi>>;
let simulator: Simulator;
/** An example makes a new one. */
let webhookSecret = WEBHOOK_SECRET;

const backfills: BackfillControl = {
  async start(connectionId, options) {
    await createBackfills(api.db).begin(randomUUID(), connectionId, options, new Date());
    return backfillOf(connectionId);
  },
  current: (connectionId) => createBackfills(api.db).current(connectionId),
  list: (connectionId) => createBackfills(api.db).list(connectionId),
  setState: (connectionId) => backfillOf(connectionId),
  failed: async () => [],
};
async function backfillOf(connectionId: string) {
  const found = await createBackfills(api.db).current(connectionId);
  if (found === null) throw new Error('no backfill');
  return found;
}

async function startWorld(changes: Parameters<typeof startTestApi>[0] = {}) {
  const started = await startTestApi({
    backfills,
    connecting: {
      freshdeskUrl: simulator.url,
      clientOf: ({ apiKey }) =>
        createFreshdesk({ baseUrl: simulator.url, apiKey, limit: openLimit(), deadlineMs: 5_000 }),
    },
    ...changes,
  });
  await makeExamples(started);
  return started;
}

beforeAll(async () => {
  simulator = await startSimulator();
  api = await startWorld();
});
afterAll(async () => {
  await api.close();
  await simulator.close();
});

/** What the examples of the document speak of. */
async function makeExamples({ db, storage }: Pick<typeof api, 'db' | 'storage'>): Promise<void> {
  const at = new Date('2026-01-02T10:00:00Z');
  const ticketId = BigInt(EXAMPLE.ticketId);
  const contact = { create: { connectionId: EXAMPLE.connection, name: 'Mia', email: 'mia@customer.example' } };
  await db.session.create({
    data: {
      id: EXAMPLE.session,
      connection: { connect: { id: EXAMPLE.connection } },
      contact,
      ticketId,
      status: 'handed_off',
      channel: 'email',
      admittedBy: 'assigned',
      subject: 'A question',
      source: 1,
      ticketStatus: 2,
      coveredThrough: 0n,
      tags: ['vip'],
      ticketCreatedAt: at,
      ticketUpdatedAt: at,
      lookedAt: at,
    },
  });
  const ofSession = { sessionId: EXAMPLE.session };
  await db.knowledgeArticle.create({
    data: {
      id: EXAMPLE.article,
      connectionId: EXAMPLE.connection,
      sourceId: 'returns.md',
      title: 'Returns',
      visibility: 'public',
      markdown: '# Returns',
      language: 'en',
      contentHash: '0',
      chunks: { create: { position: 0, heading: '', title: 'Returns', text: 'Send it back.', language: 'english' } },
    },
  });
  const key = '0'.repeat(64);
  await storage.put(key, Buffer.from('hello'), 'text/plain');
  const file = { name: 'a.txt', contentType: 'text/plain', size: 5n };
  await db.message.create({
    data: {
      ...ofSession,
      connectionId: EXAMPLE.connection,
      freshdeskId: `ticket:${ticketId}`,
      seq: 0n,
      author: 'customer',
      visibility: 'public',
      kind: 'description',
      html: '<p>How long?</p>',
      text: 'How long?',
      createdAt: at,
      updatedAt: at,
      files: {
        create: [
          { ...file, id: EXAMPLE.attachment, remoteId: 1n, status: 'stored', key },
          { ...file, remoteId: 2n, status: 'failed', reason: 'gone' },
        ],
      },
    },
  });
  const turn = { ...ofSession, episode: 1, throughSeq: 0n, rule: 'E4', mode: 'assist', engine: 'embedded', ms: 12 };
  await db.turn.create({
    data: {
      ...turn,
      id: EXAMPLE.turn,
      outcome: 'drafted',
      confidence: 0.8,
      sources: [{ title: 'Returns', articleId: randomUUID() }],
      draft: { create: { ...ofSession, html: '<p>30 days</p>', fate: 'sent' } },
    },
  });
  await db.turn.create({ data: { ...turn, outcome: 'handed_off' } });
  await db.handoff.create({
    data: {
      ...ofSession,
      episode: 1,
      throughSeq: 0n,
      reasons: ['low_confidence'],
      summary: 'How long?',
      routing: { kind: 'unassign', outcome: 'done' },
    },
  });
  const backfill = { days: 30, dryRun: false };
  await createBackfills(db).begin(randomUUID(), EXAMPLE.connection, backfill, at);
}

type Asked = { token?: boolean; params?: string; query?: string; body?: string; type?: string; method?: string };

/** The request as the document describes it, with its examples, but for what a test wants to be different. */
async function ask({ url }: Pick<typeof api, 'url'>, operation: Documented, asked: Asked = {}) {
  const { token = true, params, query = '', type = 'application/json', method = operation.method } = asked;
  const path = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const example = operation.parameters.find((one) => one.in === 'path' && one.name === name)?.schema.example;
    if (example === undefined) throw new Error(`${operation.path} has no example for ${name}`);
    return params ?? example;
  });
  const sent = asked.body ?? (operation.body === null ? undefined : exampleOf(operation.body.example));
  const response = await fetch(url + path + query, {
    method: method.toUpperCase(),
    headers: {
      ...(token && operation.needsToken ? { authorization: `Bearer ${api.token}` } : {}),
      ...(token && !operation.needsToken ? { 'x-webhook-secret': webhookSecret } : {}),
      ...(sent === undefined ? {} : { 'content-type': type }),
    },
    ...(sent === undefined || method === 'get' ? {} : { body: sent }),
  });
  const contentType = response.headers.get('content-type')?.split(';')[0] ?? null;
  const text = await response.text();
  return {
    status: response.status,
    contentType,
    body: contentType?.endsWith('json') ? (JSON.parse(text) as unknown) : text,
  };
}

/** The examples hold no key and no token that works. */
function exampleOf(example: unknown): string {
  const working: Record<string, unknown> = { apiKey: simulator.apiKey, token: api.token };
  return JSON.stringify(example, (name, value: unknown) => working[name] ?? value);
}

/** The answer is one that the document has for this operation, and is made as it says. */
function expectDocumented({ responses }: Documented, answer: Awaited<ReturnType<typeof ask>>): void {
  expect(Object.keys(responses)).toContain(String(answer.status));
  const content = responses[String(answer.status)]?.content;
  if (content === undefined) return expect(answer.body).toBe('');
  const { schema } = content['*/*'] ?? content[answer.contentType ?? ''] ?? {};
  expect(schema).toBeDefined();
  if (schema !== undefined) expectToConform(answer.body, schema);
}

test('the document is valid OpenAPI 3.1, and is there without a token', async () => {
  const response = await fetch(`${api.url}/openapi.json`);
  const served = (await response.json()) as Record<string, unknown>;
  expect(await new Validator().validate(served)).toEqual({ valid: true });
  expect(served).toMatchObject({ openapi: '3.1.0' });
  expect(served).toEqual(document);
});

test('every chapter that an operation is in is one of the document', () => {
  const used = Object.values(document.paths).flatMap((item) => Object.values(item).flatMap(({ tags }) => tags));
  expect(new Set(document.tags.map(({ name }) => name))).toEqual(new Set(used));
});

test('every route is in the document, and the document has no other', () => {
  expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(routesOf(api.app).toSorted());
});

const named = operations.map(
  (operation) => [`${operation.method.toUpperCase()} ${operation.path}`, operation] as const,
);

describe('each operation answers as the document says', () => {
  test.each(named.filter(([, { needsToken }]) => needsToken))('%s: without the token', async (_name, operation) => {
    const answer = await ask(api, operation, { token: false });
    expect(answer.status).toBe(401);
    expectDocumented(operation, answer);
  });

  test.each(named.filter(([, { path }]) => path.includes('{')))(
    '%s: about nothing that exists',
    async (_name, operation) => {
      const answer = await ask(api, operation, { params: 'nobody' });
      expect(answer.status).toBe(operation.needsToken ? 404 : 401);
      expectDocumented(operation, answer);
    },
  );

  test.each(named.filter(([, { parameters }]) => parameters.some((one) => one.in === 'query')))(
    '%s: with a query that it does not know',
    async (_name, operation) => {
      const answer = await ask(api, operation, { query: '?unheard-of=1' });
      expect(answer.status).toBe(400);
      expectDocumented(operation, answer);
    },
  );

  test.each(named.filter(([, { body }]) => body !== null))(
    '%s: with bodies that are not usable',
    async (_name, operation) => {
      const bodies: Asked[] = [
        { body: '{"x":' },
        { body: '[1]' },
        { body: '{"unheard-of":1}' },
        { body: `{"x":"${'x'.repeat(300 * 1024)}"}` },
        { body: 'x=1', type: 'application/x-www-form-urlencoded' },
      ];
      for (const asked of bodies) {
        const answer = await ask(api, operation, asked);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expectDocumented(operation, answer);
      }
    },
  );

  test.each(Object.entries(document.paths))('%s: other methods are refused', async (path, item) => {
    const [known = ''] = Object.keys(item);
    const operation = documented(known, path, item[known] ?? {});
    for (const method of METHODS.filter((one) => !(one in item))) {
      const answer = await ask(api, operation, { method, params: EXAMPLE.connection });
      expect(answer.status).toBe(405);
      expectToConform(answer.body, document.components.schemas['Problem'] ?? {});
    }
  });

  // Last, because one of them removes the connection.
  test.each(named)('%s: its example', async (_name, operation) => {
    const answer = await ask(api, operation);
    expect(answer.status).toBeLessThan(300);
    if (operation.method === 'patch' && hasSecret(answer.body)) webhookSecret = answer.body.webhookSecret;
    expectDocumented(operation, answer);
  });
});

function hasSecret(body: unknown): body is { webhookSecret: string } {
  return typeof body === 'object' && body !== null && 'webhookSecret' in body;
}

test('C4 the examples that show a secret say that the rules in Freshdesk have to send it', () => {
  const { post } = document.paths['/api/connections'] ?? {};
  const { patch } = document.paths['/api/connections/{id}'] ?? {};
  for (const operation of [post, patch]) {
    expect(operation?.['description']).toContain('webhooks are refused');
    expect(operation?.['description']).toContain('connections rotate-secret');
  }
  expect(patch).toMatchObject({
    requestBody: { content: { 'application/json': { example: { rotateSecret: true, settings: expect.anything() } } } },
  });
});

test('where Temporal and Freshdesk are away, the answers are still those of the document', async () => {
  const away = () => Promise.reject(new Error('14 UNAVAILABLE'));
  const world = await startWorld({
    health: { database: async () => undefined, temporal: away, worker: null },
    temporal: { signalTicket: away, failingWorkflows: away },
    connecting: {
      freshdeskUrl: simulator.url,
      clientOf: ({ apiKey }) =>
        createFreshdesk({ baseUrl: 'http://127.0.0.1:9', apiKey, limit: openLimit(), deadlineMs: 500 }),
      onRemoved: away,
    },
  });
  const statuses = new Set<number>();
  webhookSecret = WEBHOOK_SECRET;
  try {
    for (const operation of operations.filter(({ path }) => !path.includes('backfill'))) {
      const answer = await ask(world, operation);
      expectDocumented(operation, answer);
      statuses.add(answer.status);
    }
  } finally {
    await world.close();
  }
  expect([...statuses]).toEqual(expect.arrayContaining([200, 502, 503]));
});

type Layer = {
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
  slash: boolean;
  match(path: string): boolean;
};
const MOUNTS = ['/api', '/webhooks'];

/** Every method and path of the app, in the document's notation. */
function routesOf(app: Express): string[] {
  return (app.router as unknown as { stack: Layer[] }).stack.flatMap((layer) => {
    if (layer.route !== undefined) return methodsOf('', layer.route);
    if (layer.handle.stack === undefined) return [];
    const mount = layer.slash ? '' : MOUNTS.find((prefix) => layer.match(`${prefix}/x`));
    if (mount === undefined) throw new Error('a router is mounted somewhere else: tell this test where');
    return layer.handle.stack.flatMap(({ route }) => (route === undefined ? [] : methodsOf(mount, route)));
  });
}

function methodsOf(mount: string, { path, methods }: NonNullable<Layer['route']>): string[] {
  const template = (mount + path).replace(/:(\w+)/g, '{$1}');
  return METHODS.filter((method) => methods[method] === true).map((method) => `${method} ${template}`);
}
