// npm run bench:webhooks [-- --rounds N --seconds S --rate R]: what the way from a webhook to Temporal costs, beside the raw
// client's signalWithStart. An API process alone and this client take turns on one server, in every round each of them. Linux only.
import '../../testbed/quiet.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { Pool } from 'undici';
import { startSimulator } from '../../simulator/simulator.ts';
import { SEARCH_ATTRIBUTES } from '../../src/domain/temporal-names.ts';
import { freePort } from '../../src/local/processes.ts';
import { startLocalTemporal } from '../../src/local/temporal.ts';
import { createSignalTicket } from '../../src/temporal/signal-ticket.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { end, WEBHOOK_SECRET } from './rig.ts';
import { cpuSeconds } from './cpu.ts';
import { closedLoop, median, type Measured, openLoop, printTable, writeFigures } from './measure.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '50' },
  },
});
const [rounds, forMs, rate] = [Number(values.rounds), Number(values.seconds) * 1_000, Number(values.rate)];
const IN_FLIGHT = [1, 16, 64];
/** Few enough that most are signals to a run that is there, as most webhooks are. */
const TICKETS = 500;
const MAIN = path.join(import.meta.dirname, '../../src/main.ts');

type Side = 'product' | 'raw';
/** CPU milliseconds for each that was taken: of the API process, of this one, and of Temporal's server. */
type Cpu = { api: number; client: number; temporal: number };
type Costed = Measured & { cpu: Cpu };
type Load = { name: string; run: (ask: (nth: number) => Promise<unknown>) => Promise<Measured> };
const LOADS: Load[] = [
  ...IN_FLIGHT.map((inFlight) => ({
    name: `${inFlight} in flight`,
    run: (ask: (nth: number) => Promise<unknown>) => closedLoop(inFlight, forMs, ask),
  })),
  { name: `${rate} a second`, run: (ask) => openLoop(rate, forMs, ask) },
];

const server = await startTestServer(process.env['DATABASE_URL']);
const simulator = await startSimulator();
const temporal = await startLocalTemporal({
  dataDir: null,
  cliPath: process.env['TEMPORAL_CLI_PATH'] ?? 'temporal',
  namespace: 'default',
  searchAttributes: SEARCH_ATTRIBUTES,
  log: () => undefined,
  port: 0,
  uiPort: 0,
});
const connection = await Connection.connect({ address: temporal.address });
const port = await freePort();
const api = startApi(port);
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: Math.max(...IN_FLIGHT) });
try {
  await ready();
  await main();
} finally {
  await pool.destroy();
  await connection.close();
  await end(api);
  await temporal.stop();
  await simulator.close();
  await server.stop();
}

async function main(): Promise<void> {
  const signalTicket = createSignalTicket(new Client({ connection }));
  const ask: Record<Side, (nth: number) => Promise<unknown>> = {
    product: (nth) => webhook(1 + (nth % TICKETS)),
    raw: (nth) => signalTicket('raw', 1 + (nth % TICKETS), { kind: 'webhook' }),
  };
  for (const side of ['product', 'raw'] as const) await closedLoop(16, 2_000, ask[side]);

  const measured = LOADS.map(({ name }) => ({ name, rounds: [] as Record<Side, Costed>[] }));
  for (let round = 0; round < rounds; round += 1) {
    const order: Side[] = round % 2 === 0 ? ['product', 'raw'] : ['raw', 'product'];
    for (const [i, load] of LOADS.entries()) {
      const both: Partial<Record<Side, Costed>> = {};
      for (const side of order) both[side] = await costed(() => load.run(ask[side]));
      measured[i]?.rounds.push(both as Record<Side, Costed>);
    }
  }
  const of = (all: Record<Side, Costed>[], side: Side, key: keyof Measured) =>
    median(all.map((round) => round[side][key]));
  printTable(
    ['', 'product/s', 'raw/s', 'ratio', 'each round', 'p50 ms', 'raw', 'p99 ms', 'raw', 'failed'],
    measured.map(({ name, rounds: all }) => {
      const ratios = all.map(({ product, raw }) => product.perSecond / raw.perSecond);
      return [
        name,
        of(all, 'product', 'perSecond'),
        of(all, 'raw', 'perSecond'),
        median(ratios),
        ratios.map((ratio) => ratio.toFixed(2)).join(' '),
        of(all, 'product', 'p50'),
        of(all, 'raw', 'p50'),
        of(all, 'product', 'p99'),
        of(all, 'raw', 'p99'),
        all.reduce((sum, { product, raw }) => sum + product.failed + raw.failed, 0),
      ];
    }),
  );
  process.stdout.write('\nCPU milliseconds each\n');
  printTable(
    ['', 'API', 'its client', 'Temporal', 'raw client', 'Temporal'],
    measured.map(({ name, rounds: all }) => {
      const cpu = (side: Side, part: keyof Cpu) => median(all.map((round) => round[side].cpu[part]));
      return [
        name,
        cpu('product', 'api'),
        cpu('product', 'client'),
        cpu('product', 'temporal'),
        cpu('raw', 'client'),
        cpu('raw', 'temporal'),
      ];
    }),
  );
  await writeFigures('webhooks', measured);
}

async function costed(run: () => Promise<Measured>): Promise<Costed> {
  const now = (): Cpu => ({
    api: cpuSeconds((command) => command.includes(`${MAIN} serve`)),
    client: (({ user, system }) => (user + system) / 1_000_000)(process.cpuUsage()),
    temporal: cpuSeconds((command) => command.includes(`--port ${temporal.address.split(':')[1]}`)),
  });
  const before = now();
  const measured = await run();
  const after = now();
  const each = (part: keyof Cpu) => (1_000 * (after[part] - before[part])) / measured.done;
  return { ...measured, cpu: { api: each('api'), client: each('client'), temporal: each('temporal') } };
}

async function webhook(ticketId: number): Promise<void> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/webhooks/freshdesk/default',
    headers: { 'content-type': 'application/json', 'x-webhook-secret': WEBHOOK_SECRET },
    body: `{"ticket_id":"${ticketId}"}`,
  });
  await body.dump();
  if (statusCode !== 202) throw new Error(`answered ${statusCode}`);
}

function startApi(at: number): ChildProcess {
  return spawn(process.execPath, [MAIN, 'serve', '--only', 'api'], {
    cwd: tmpdir(),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(at),
      DATABASE_URL: server.templateUrl,
      TEMPORAL_ADDRESS: temporal.address,
      ADMIN_TOKEN: 'admin-token-of-the-bench',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      FRESHDESK_DOMAIN: 'acme.freshdesk.com',
      FRESHDESK_API_KEY: simulator.apiKey,
      FRESHDESK_URL: simulator.url,
      WEBHOOK_SECRET,
      LOG_LEVEL: 'warn',
    },
  });
}

async function ready(): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    if (api.exitCode !== null) throw new Error(`the API ended with ${api.exitCode}`);
    const answered = await pool.request({ method: 'GET', path: '/readyz' }).catch(() => null);
    await answered?.body.dump();
    if (answered?.statusCode === 200) return;
    await pause(500);
  }
  throw new Error('the API was not ready within a minute');
}
