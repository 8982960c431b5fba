// npm run bench:overload [-- --minutes N --rate N --loads 80,110,150 --workers 1,4 --backfill N]: more new tickets than the
// account's budget of API calls can bear, with a backfill beside them, until all are answered (L1, L2, B4).
import '../../testbed/quiet.ts';
import { parseArgs } from 'node:util';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';
import { makePast, pastClock } from '../../testbed/history.ts';
import { startServiceProcess, type ServiceProcess } from '../../testbed/service-process.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { until } from '../../testbed/until.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { randomFrom } from '../chaos/random.ts';
import { printTable, quantile, writeFigures } from './measure.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '200' },
    loads: { type: 'string', default: '80,110,150' },
    workers: { type: 'string', default: '1,4' },
    backfill: { type: 'string', default: '100' },
  },
});
const [minutes, rate, past] = [Number(values.minutes), Number(values.rate), Number(values.backfill)];
const numbers = (list: string) => list.split(',').map(Number);
/** What a new ticket costs until it is quiet, the echo of our own writes included: test/e2e/budget.test.ts holds it. */
const CREDITS_A_TURN = 11;
const MINUTE_MS = 60_000;
const LIMIT_MS = 4 * 3_600_000;

type Result = {
  load: number;
  workers: number;
  backfill: number;
  offered: number;
  answered: number;
  twice: number;
  /** Of the budget from the first question to the last answer, what went into finished turns, 0–1. */
  used: number;
  tookMinutes: number;
  idealMinutes: number;
  p50: number;
  p95: number;
  refused: number;
  credits: number;
  mirrored: number;
};

const server = await startTestServer(process.env['DATABASE_URL']);
await workflowBundle();
try {
  const results: Result[] = [];
  for (const load of numbers(values.loads))
    for (const workers of numbers(values.workers))
      for (const backfill of load < 100 && past > 0 ? [0, past] : [past])
        results.push(await run({ load, workers, backfill }));
  print(results);
  await writeFigures('overload', { minutes, rate, creditsATurn: CREDITS_A_TURN, results });
  process.exitCode = results.every(({ offered, answered, twice }) => answered === offered && twice === 0) ? 0 : 1;
} finally {
  await server.stop();
}

async function run(wanted: Pick<Result, 'load' | 'workers' | 'backfill'>): Promise<Result> {
  const clock = pastClock();
  const desk = await openDesk({
    simulator: { now: clock.now, ratePerMinute: rate },
    before: (simulator) => {
      makePast(simulator, clock, { tickets: wanted.backfill, days: 100 });
      clock.present();
    },
  });
  await desk.stop();
  const services: ServiceProcess[] = [];
  try {
    for (let nth = 0; nth < wanted.workers; nth += 1) services.push(await startServiceProcess(desk));
    const [service] = services;
    if (wanted.backfill > 0) await post(desk, `${service?.url ?? ''}/api/connections/default/backfills`);
    return await measure(desk, wanted);
  } finally {
    await Promise.all(services.map((service) => service.kill()));
    await desk.close();
  }
}

/** Questions come as customers do: at random, so many a minute. */
async function measure(desk: Desk, wanted: Pick<Result, 'load' | 'workers' | 'backfill'>): Promise<Result> {
  const random = randomFrom(wanted.load, 0);
  const offered = Math.round((minutes * rate * wanted.load) / 100 / CREDITS_A_TURN);
  const times = Array.from({ length: offered }, () => random.next() * minutes * MINUTE_MS).toSorted((a, b) => a - b);
  const askedAt = new Map<number, number>();
  const tookMs = new Map<number, number>();
  const startedAt = Date.now();
  desk.simulator.requests.reset();
  desk.simulator.requests.onRequest(({ ticketId, method, path, status }) => {
    const since = ticketId === null ? undefined : askedAt.get(ticketId);
    if (since === undefined || ticketId === null || method !== 'POST' || !path.endsWith('/reply') || status !== 201)
      return;
    if (!tookMs.has(ticketId)) tookMs.set(ticketId, Date.now() - since);
  });
  for (const [nth, dueMs] of times.entries()) {
    await new Promise((resolve) => void setTimeout(resolve, startedAt + dueMs - Date.now()));
    const id = desk.customerAsks(RETURNS_QUESTION, { email: `customer-${nth}@customer.example` });
    askedAt.set(id, Date.now());
  }
  await until('every question has an answer', () => tookMs.size === offered, LIMIT_MS);
  const tookMinutes = (Date.now() - startedAt) / MINUTE_MS;
  const sorted = [...tookMs.values()].toSorted((a, b) => a - b);
  const requests = desk.simulator.requests.find({});
  const ofTurns = requests.filter(({ ticketId }) => ticketId !== null && askedAt.has(ticketId));
  const mirrored = new Set(requests.flatMap(({ ticketId }) => (ticketId === null ? [] : [ticketId])));
  return {
    ...wanted,
    offered,
    answered: tookMs.size,
    twice: [...askedAt.keys()].filter((id) => desk.aiReplies(id).length > 1).length,
    used: credits(ofTurns) / (rate * tookMinutes),
    tookMinutes,
    idealMinutes: Math.max(minutes, (offered * CREDITS_A_TURN) / rate),
    p50: quantile(sorted, 0.5) / 1_000,
    p95: quantile(sorted, 0.95) / 1_000,
    refused: requests.filter(({ status }) => status === 429).length,
    credits: credits(requests),
    mirrored: mirrored.size - askedAt.size,
  };
}

function credits(requests: readonly { credits: number; status: number | null }[]): number {
  return requests.reduce((sum, one) => sum + (one.status === 429 ? 0 : one.credits), 0);
}

async function post(desk: Desk, url: string): Promise<void> {
  const headers = { authorization: `Bearer ${desk.config.adminToken ?? ''}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: '{}' });
  if (!response.ok) throw new Error(`POST ${url} answered ${response.status}`);
}

function print(results: readonly Result[]): void {
  printTable(
    [
      'load %',
      'workers',
      'backfill',
      'offered',
      'answered',
      'twice',
      'used %',
      'minutes',
      'ideal',
      'p50 s',
      'p95 s',
      '429s',
      'mirrored',
    ],
    results.map((one) => [
      String(one.load),
      one.workers,
      one.backfill,
      one.offered,
      one.answered,
      one.twice,
      100 * one.used,
      one.tookMinutes,
      one.idealMinutes,
      one.p50,
      one.p95,
      one.refused,
      one.mirrored,
    ]),
  );
}
