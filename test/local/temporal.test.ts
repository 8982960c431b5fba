import '../../testbed/quiet.ts';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { type LocalTemporal, startLocalTemporal } from '../../src/local/temporal.ts';
import { startInOtherProcess } from '../../testbed/killable.ts';
import { runFolder } from '../../testbed/run-folder.ts';

let dataDir: string;
let logged: string[];

beforeEach(() => {
  dataDir = runFolder('local-temporal');
  logged = [];
});

afterEach(() => rmSync(dataDir, { recursive: true }));

function start(): Promise<LocalTemporal> {
  return startLocalTemporal({
    dataDir,
    cliPath: process.env['TEMPORAL_CLI_PATH'] ?? 'temporal',
    port: 0,
    uiPort: 0,
    namespace: 'default',
    searchAttributes: { TicketId: 'Keyword', HandoffReason: 'KeywordList' },
    log: (line) => logged.push(line),
  });
}

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

const startTicket = (client: Client): Promise<unknown> =>
  client.workflow.start('ticketWorkflow', { taskQueue: 'nobody', workflowId: 'ticket:7' });
const statusOfTicket = async (client: Client): Promise<string> =>
  (await client.workflow.getHandle('ticket:7').describe()).status.name;

test('workflows, addresses and the Web UI are there again after a stop and a start', async () => {
  const first = await start();
  await withClient(first.address, startTicket);
  await first.stop();

  const second = await start();
  try {
    expect([second.address, second.uiUrl]).toEqual([first.address, first.uiUrl]);
    expect(await withClient(second.address, statusOfTicket)).toBe('RUNNING');
    expect((await fetch(second.uiUrl)).status).toBe(200);
    const { customAttributes } = await withClient(second.address, (client) =>
      client.connection.operatorService.listSearchAttributes({ namespace: 'default' }),
    );
    expect(customAttributes).toMatchObject({ TicketId: 2, HandoffReason: 7 });
  } finally {
    await second.stop();
  }
});

test('a server whose starter was killed is gone on with, and then ends', async () => {
  const starter = await startInOtherProcess('temporal', dataDir);
  await withClient(starter.address, startTicket);
  await starter.kill();

  const adopted = await start();
  expect(adopted.address).toBe(starter.address);
  expect(logged).toEqual([expect.stringMatching(/^Temporal \(pid \d+\) still runs on .*: going on with it$/)]);
  await adopted.stop();
  await expect(withClient(adopted.address, statusOfTicket)).rejects.toThrow(/connect/i);
});

test('a second program shares the running server and leaves it running', async () => {
  const starter = await startInOtherProcess('temporal', dataDir);
  try {
    const shared = await start();
    await shared.stop();
    await withClient(shared.address, startTicket);
  } finally {
    await starter.kill();
    await (await start()).stop();
  }
});

test('a program that is not Temporal is named, with what it said', async () => {
  const options = { dataDir, namespace: 'default', searchAttributes: {}, log: (): void => undefined };
  await expect(startLocalTemporal({ ...options, cliPath: process.execPath })).rejects.toThrow(
    /did not start[^]*Cannot find module/,
  );
});

test('a server that finds a port of its own taken is started anew', async () => {
  const marker = path.join(dataDir, 'tried');
  const cliPath = path.join(dataDir, 'temporal-cli');
  const script = [
    '#!/bin/sh',
    `if [ ! -e '${marker}' ]; then touch '${marker}'; echo 'bind: address already in use'; seq 40; exit 1; fi`,
    `exec '${process.env['TEMPORAL_CLI_PATH'] ?? 'temporal'}' "$@"`,
  ];
  writeFileSync(cliPath, script.join('\n'), { mode: 0o755 });

  const options = { dataDir: null, namespace: 'default', log: (): void => undefined };
  const searchAttributes = { TicketId: 'Keyword', HandoffReason: 'KeywordList' } as const;
  const server = await startLocalTemporal({ ...options, searchAttributes, cliPath });
  await withClient(server.address, startTicket);
  await server.stop();
});
