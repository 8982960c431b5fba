// npm run bench:overload [-- --minutes N --rate N --loads 80,110,150 --workers 1,4 --backfill N --beside N]: more new tickets
// than the account's budget of API calls can bear, with a backfill beside them, until all are answered (L1, L2, B4). So many
// accounts at a time, each with a database, a Temporal namespace and workers of its own. Ends with status 1 when a question
// has no answer, or two.
import '../../testbed/quiet.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';
import { makePast, pastClock } from '../../testbed/history.ts';
import { startServiceProcess, type ServiceProcess } from '../../testbed/service-process.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { randomFrom } from '../chaos/random.ts';
import { printTable, quantile, writeFigures } from './measure.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    rate: { type: 'string', default: '200' },
    loads: { type: 'string', default: '80,110,150' },
    workers: { type: 'string', default: '1,4' },
    backfill: { type: 'string', default: '100' },
    beside: { type: 'string', default: '4' },
  },
});
const [minutes, rate, past, beside] = [values.minutes, values.rate, values.backfill, values.beside].map(Number) as [
  number,
  number,
  number,
  number,
];
const numbers = (list: string) => list.split(',').map(Number);
/** What a new ticket costs until it is quiet, the echo of our own writes included: test/e2e/budget.test.ts holds it. */
const CREDITS_A_TURN = 11;
const MINUTE_MS = 60_000;

type Wanted = { load: number; workers: number; backfill: number };
type Result = Wanted & {
  offered: number;
  answered: number;
  twice: number;
  /** What a ticket of these cost, on average. */
  creditsATurn: number;
  /** Of the budget from the first question to the last answer, what the answers needed, 0–1; beyond CREDITS_A_TURN is waste. */
  used: number;
  /** What the backfill has read, of the same budget: finished too, and none of the answers. */
  backfilled: number;
  /** All that was spent of it, 0–1; the rest ran out with its minutes. */
  spent: number;
  tookMinutes: number;
  /** What the budget allows: all of it for these answers, and not before the last question. */
  idealMinutes: number;
  p50: number;
  p95: number;
  refused: number;
  /** Tickets of the backfill that were read. */
  mirrored: number;
  /** The longest that the backfill stood still before it was done, seconds. */
  stoodStill: number;
};
type Opened = { wanted: Wanted; desk: Desk; services: ServiceProcess[]; pastIds: ReadonlySet<number> };

const wanted: Wanted[] = numbers(values.loads).flatMap((load) =>
  numbers(values.workers).flatMap((workers) =>
    (load < 100 && past > 0 ? [0, past] : [past]).map((backfill) => ({ load, workers, backfill })),
  ),
);
const server = await startTestServer(process.env['DATABASE_URL']);
await workflowBundle();
try {
  const results: Result[] = [];
  for (let first = 0; first < wanted.length; first += beside)
    results.push(...(await sideBySide(wanted.slice(first, first + beside))));
  print(results);
  await writeFigures('overload', { minutes, rate, creditsATurn: CREDITS_A_TURN, results });
  process.exitCode = results.every(({ offered, answered, twice }) => answered === offered && twice === 0) ? 0 : 1;
} finally {
  await server.stop();
}

async function sideBySide(group: readonly Wanted[]): Promise<Result[]> {
  const opened: Opened[] = [];
  try {
    for (const one of group) await open(one, opened);
    return await Promise.all(opened.map(measure));
  } finally {
    await Promise.all(opened.flatMap(({ services }) => services.map((service) => service.kill())));
    await Promise.all(opened.map(({ desk }) => desk.close()));
  }
}

async function open(one: Wanted, opened: Opened[]): Promise<void> {
  const clock = pastClock();
  const pastIds = new Set<number>();
  const desk = await openDesk({
    settings: { limits: { repliesPerConnectionPerHour: 1_000_000 } },
    simulator: { now: clock.now, ratePerMinute: rate, webhookRetryDelaysMs: [1_000, 5_000, 15_000] },
    before: (simulator) => {
      for (const id of makePast(simulator, clock, { tickets: one.backfill, days: 100 })) pastIds.add(id);
    },
  });
  const services: ServiceProcess[] = [];
  opened.push({ wanted: one, desk, services, pastIds });
  await desk.stop();
  for (let nth = 0; nth < one.workers; nth += 1) services.push(await startServiceProcess(desk));
}

/** Questions come as customers do: at random, so many a minute. */
async function measure({ wanted: one, desk, services, pastIds }: Opened): Promise<Result> {
  const random = randomFrom(one.load, 0);
  const offered = Math.round((minutes * rate * one.load) / 100 / CREDITS_A_TURN);
  const times = Array.from({ length: offered }, () => random.next() * minutes * MINUTE_MS).toSorted((a, b) => a - b);
  const askedAt = new Map<number, number>();
  const tookMs = new Map<number, number>();
  const startedAt = Date.now();
  const backfillAt = [startedAt];
  const mirrored = new Set<number>();
  desk.simulator.requests.reset();
  desk.simulator.requests.onRequest(({ ticketId, method, path, status }) => {
    if (ticketId === null) return;
    if (pastIds.has(ticketId) && status === 200 && !mirrored.has(ticketId)) {
      mirrored.add(ticketId);
      backfillAt.push(Date.now());
    }
    const since = askedAt.get(ticketId);
    const isReply = method === 'POST' && path.endsWith('/reply') && status === 201;
    if (since !== undefined && isReply && !tookMs.has(ticketId)) tookMs.set(ticketId, Date.now() - since);
  });
  if (pastIds.size > 0) await startBackfill(desk, services);
  for (const [nth, dueMs] of times.entries()) {
    await sleep(Math.max(0, startedAt + dueMs - Date.now()));
    const askedMs = Date.now();
    askedAt.set(desk.customerAsks(RETURNS_QUESTION, { email: `customer-${nth}@customer.example` }), askedMs);
  }
  const longestMs = (3 * minutes * Math.max(1, one.load / 100) + 5) * MINUTE_MS;
  while (tookMs.size < offered && Date.now() - startedAt < longestMs) await sleep(100);

  const endedAt = Date.now();
  const tookMinutes = (endedAt - startedAt) / MINUTE_MS;
  const requests = desk.simulator.requests.find({});
  const ofTickets = (has: (id: number) => boolean) =>
    requests.filter(({ ticketId }) => ticketId !== null && has(ticketId));
  const budget = rate * tookMinutes;
  const creditsATurn = credits(ofTickets((id) => askedAt.has(id))) / tookMs.size;
  const needed = tookMs.size * Math.min(CREDITS_A_TURN, creditsATurn);
  const sorted = [...tookMs.values()].toSorted((a, b) => a - b);
  if (mirrored.size < pastIds.size) backfillAt.push(endedAt);
  return {
    ...one,
    offered,
    answered: tookMs.size,
    twice: [...askedAt.keys()].filter((id) => desk.aiReplies(id).length > 1).length,
    creditsATurn,
    used: needed / budget,
    backfilled: credits(ofTickets((id) => pastIds.has(id))) / budget,
    spent: credits(requests) / budget,
    tookMinutes,
    idealMinutes: Math.max(minutes, (offered * Math.min(CREDITS_A_TURN, creditsATurn)) / rate),
    p50: quantile(sorted, 0.5) / 1_000,
    p95: quantile(sorted, 0.95) / 1_000,
    refused: requests.filter(({ status }) => status === 429).length,
    mirrored: mirrored.size,
    stoodStill: Math.max(0, ...backfillAt.slice(1).map((at, nth) => at - (backfillAt[nth] ?? at))) / 1_000,
  };
}

async function startBackfill({ config }: Desk, [service]: readonly ServiceProcess[]): Promise<void> {
  const url = `${service?.url ?? ''}/api/connections/default/backfills`;
  const headers = { authorization: `Bearer ${config.adminToken ?? ''}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: '{}' });
  if (!response.ok) throw new Error(`POST ${url} answered ${response.status}`);
}

function credits(requests: readonly { credits: number; status: number | null }[]): number {
  return requests.reduce((sum, one) => sum + (one.status === 429 ? 0 : one.credits), 0);
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
      'credits each',
      'used %',
      'backfill %',
      'spent %',
      'minutes',
      'ideal',
      'ratio',
      'p50 s',
      'p95 s',
      '429s',
      'mirrored',
      'stood still s',
    ],
    results.map((one) => [
      String(one.load),
      one.workers,
      one.backfill,
      one.offered,
      one.answered,
      one.twice,
      one.creditsATurn,
      100 * one.used,
      100 * one.backfilled,
      100 * one.spent,
      one.tookMinutes,
      one.idealMinutes,
      one.tookMinutes / one.idealMinutes,
      one.p50,
      one.p95,
      one.refused,
      one.mirrored,
      one.stoodStill,
    ]),
  );
  for (const { load, workers, p95 } of results.filter(({ backfill }) => backfill > 0)) {
    const alone = results.find((one) => one.load === load && one.workers === workers && one.backfill === 0);
    if (alone === undefined) continue;
    const ratio = (p95 / alone.p95).toFixed(2);
    process.stdout.write(`at ${load} % with ${workers} workers, p95 with the backfill is ${ratio} of that without\n`);
  }
}
