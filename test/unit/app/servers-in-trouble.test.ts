import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { Client, Connection, ServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { databaseTrouble } from '../../../src/db/trouble.ts';
import { Rejected, Unauthorized, Unreachable } from '../../../src/freshdesk/errors.ts';
import { connectTemporal } from '../../../src/temporal/connect.ts';
import { reconcileNow } from '../../../src/temporal/reconcile-schedule.ts';
import { cli } from '../../../testbed/cli.ts';
import { runFolder } from '../../../testbed/run-folder.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

function failing(thrown: unknown) {
  return async (): Promise<never> => {
    throw thrown;
  };
}

/** The command line as people run it. */
async function run(databaseUrl: string, ...args: string[]) {
  const { PATH = '', NODE_OPTIONS = '' } = process.env;
  const env = {
    PATH,
    NODE_OPTIONS,
    DATABASE_URL: databaseUrl,
    ADMIN_TOKEN: 'a-token-of-the-tests',
    ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
  return promisify(execFile)(process.execPath, [MAIN, ...args], { cwd: runFolder('cli'), env }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: { code: number; stderr: string }) => error,
  );
}

describe('a database that is down', () => {
  const nobodyOn = (host: string) => `postgresql://opencx:secret@${host}:1/opencx`;

  // Each command waits for some seconds before it gives up: they do it at the same time.
  test('pause says so, and what to do, when nothing listens; with --json standard error is one object', async () => {
    const [byNumber, byName, json] = await Promise.all([
      run(nobodyOn('127.0.0.1'), 'pause'),
      run(nobodyOn('localhost'), 'pause'),
      run(nobodyOn('127.0.0.1'), 'pause', '--json'),
    ]);
    for (const { code, stderr } of [byNumber, byName]) {
      expect(code).toBe(1);
      const lines = stderr.trimEnd().split('\n');
      expect(new Set(lines.slice(0, -1))).toEqual(new Set(['PostgreSQL does not answer yet; trying again']));
      expect(lines.at(-1)).toBe(
        'PostgreSQL does not answer (ECONNREFUSED). Start it, or correct DATABASE_URL; left out, a local one is started.',
      );
    }
    expect(JSON.parse(json.stderr)).toMatchObject({
      error: { name: 'DatabaseUnusable', message: expect.stringContaining('Start it, or correct DATABASE_URL') },
    });
  });

  test('an error without words is not printed as an empty line', async () => {
    const both = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:5432')], ''), { code: 'X' });
    expect((await cli(['pause'], { open: failing(both) })).err).toBe('connect ECONNREFUSED ::1:5432\n');
    const bare = Object.assign(new Error(''), { code: 'EODD' });
    expect((await cli(['pause'], { open: failing(bare) })).err).toBe('Error (EODD)\n');
  });

  /** As Prisma and its driver threw them. */
  const prisma = (code: string, cause: object, message = '\nInvalid `prisma.x()` invocation:\n\n\nit failed') =>
    Object.assign(new Error(message), { code, meta: { driverAdapterError: { name: 'DriverAdapterError', cause } } });
  test.each([
    ['nobody listens', prisma('P1001', { kind: 'DatabaseNotReachable', host: '127.0.0.1', port: 1 })],
    ['nobody listens, raw query', prisma('P2010', { kind: 'DatabaseNotReachable', host: '127.0.0.1', port: 1 })],
    ['it closed the connection', prisma('P1017', { kind: 'ConnectionClosed' })],
    ['it is told to stop', prisma('P2010', { originalCode: '57P01', kind: 'postgres', message: 'terminating' })],
    ['it is shutting down', prisma('P2039', { originalCode: '57P03', kind: 'postgres', message: 'shutting down' })],
    ['it has no room', prisma('P2037', { originalCode: '53300', kind: 'TooManyConnections' })],
    ['every connection is taken', new Error('timeout exceeded when trying to connect')],
    ['it takes the connection and says nothing', new Error('Connection terminated due to connection timeout')],
    [
      'no transaction begins',
      Object.assign(new Error('Transaction API error: Unable to start a transaction in the given time.'), {
        code: 'P2028',
        meta: {},
      }),
    ],
  ])('is told from other errors: %s', async (_, error) => {
    expect(databaseTrouble(error)?.kind).toBe('silent');
    const { err } = await cli(['pause'], { open: failing(error) });
    expect(err).toMatch(/^PostgreSQL does not answer \(.+\)\. Start it, or correct DATABASE_URL/);
  });

  test('a password or a database that PostgreSQL does not know is said as such', async () => {
    const said = 'password authentication failed for user "opencx"';
    for (const error of [
      prisma('P1000', { originalCode: '28P01', originalMessage: said, kind: 'AuthenticationFailed' }),
      Object.assign(new Error(said), { code: '28P01' }),
    ]) {
      const { err } = await cli(['pause'], { open: failing(error) });
      expect(err).toBe(
        `PostgreSQL answers, but does not let us in: ${said}. Correct DATABASE_URL, or make what it names.\n`,
      );
    }
  });

  test('an error that is no fault of the database stays what it is', () => {
    for (const error of [
      prisma('P2002', { originalCode: '23505', kind: 'UniqueConstraintViolation' }),
      Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' }), // of a store, say
      new Error('ticket 57P01'),
      null,
    ])
      expect(databaseTrouble(error)).toBeNull();
  });
});

describe('Temporal that answers late or wrongly', () => {
  const said = (code: number, message: string) =>
    new ServiceError('Failed to signalWithStart Workflow', { cause: Object.assign(new Error(message), { code }) });

  test.each([
    ['late', said(1, 'Timeout expired'), 'Temporal did not answer in time. Try again'],
    ['late', said(4, 'Deadline exceeded'), 'Temporal did not answer in time. Try again'],
    ['not at all', said(14, 'tcp connect error'), 'Temporal does not answer. Start it, or correct TEMPORAL_ADDRESS.'],
    ['that it is too much', said(8, 'rps limit exceeded'), 'Try again in a minute.'],
    ['that we may not', said(7, 'Request unauthorized.'), 'Correct TEMPORAL_API_KEY'],
    [
      'that search attributes are missing',
      said(3, 'Namespace default has no mapping defined for search attribute Connection'),
      'Start the service, which registers them',
    ],
    ['something else', said(13, 'shard closed.'), 'Temporal refused the call: shard closed. "doctor" says'],
    ['that there is no namespace', new NamespaceNotFoundError('desk'), 'namespace create desk'],
  ])('%s: the sentence says what to do', async (_, error, words) => {
    const { status, err } = await cli(['ticket', 'sync', '42'], { open: failing(error) });
    expect(status).toBe(1);
    expect(err).toContain(words);
    expect(err).not.toContain('signalWithStart');
  });

  test('one that takes the connection and says nothing is given up after the patience of a command, and so is an order to it (X2)', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const waiting: string[] = [];
    const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
    await Promise.all([
      expect(connectTemporal(`127.0.0.1:${port}`, 0, (line) => void waiting.push(line))).rejects.toMatchObject({
        message: `Temporal does not answer at 127.0.0.1:${port}. Start it, or correct TEMPORAL_ADDRESS; left out, a local one is started.`,
        cause: expect.objectContaining({ message: 'no answer within 5000 ms' }),
      }),
      expect(reconcileNow(new Client({ connection }), 'default')).rejects.toBeInstanceOf(ServiceError),
    ]);
    await connection.close();
    server.close();
    for (const socket of sockets) socket.destroy();
  });
});

describe('Freshdesk that refuses or does not answer', () => {
  test.each([
    [new Unauthorized('GET /solutions/categories', 'invalid_credentials'), 'connections rotate-key'],
    [new Unauthorized('GET /solutions/categories', 'account_suspended'), 'billing'],
    [new Unreachable('GET /solutions/categories', 'timeout'), 'Try again in a minute'],
    [
      new Rejected('GET /solutions/categories', { status: 403, fields: [], code: 'access_denied', description: '' }),
      "key's agent may not read this",
    ],
  ])('knowledge sync says what to do: %s', async (error, words) => {
    const { status, err } = await cli(['knowledge', 'sync'], { open: failing(error) });
    expect(status).toBe(1);
    expect(err).toContain(error.message);
    expect(err).toContain(words);
  });
});
