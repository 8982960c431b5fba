import { randomBytes } from 'node:crypto';
import { createDb } from '../../src/db/client.ts';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';
import { startServiceProcess, type ServiceProcess } from '../../testbed/service-process.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { closedLoop, openLoop, quantile } from '../load/measure.ts';
import { accountTicket, type Replies, watchReplies } from '../load/replies.ts';
import { fill } from './fill.ts';

const ROUNDS = 3;
const WARM = { inFlight: 4, forMs: 8_000 };
/** The account counts its tickets from one: those of the past are beyond what it will ever have. */
const FIRST_OF_THE_PAST = 1_000_001;

/** From the customer's message to the reply in the account, milliseconds: of all rounds, and the 95th of each. */
export type Turns = {
  sessions: number;
  workers: number;
  tickets: number;
  unanswered: number;
  p50: number;
  p95: number;
  each: number[];
};

/** `tickets` for each line of the table, in all rounds. */
type Load = { perSecond: number; tickets: number };
type Over = { sizes: readonly number[]; workers: readonly number[] };
type Opened = { sessions: number; desk: Desk; replies: Replies; services: ServiceProcess[] };

/**
 * New tickets, at a rate far below what the machine bears, on accounts with so many sessions in their mirror, with so many processes each. All stand on
 * one PostgreSQL and one Temporal, and take turns.
 */
export async function measureTurns({ sizes, workers, ...load }: Load & Over): Promise<Turns[]> {
  await workflowBundle();
  const opened: Opened[] = [];
  try {
    for (const sessions of sizes) opened.push(await open(sessions));
    const measured: Turns[] = [];
    for (const number of workers) {
      for (const one of opened)
        while (one.services.length < number) one.services.push(await startServiceProcess(one.desk));
      measured.push(...(await inTurns(opened, load)));
    }
    return measured;
  } finally {
    await Promise.all(opened.flatMap(({ services }) => services.map((service) => service.kill())));
    await Promise.all(opened.map(({ desk }) => desk.close()));
  }
}

async function open(sessions: number): Promise<Opened> {
  const desk = await openDesk({
    settings: { limits: { repliesPerConnectionPerHour: 1_000_000 } },
    simulator: { ratePerMinute: 1_000_000, subLimits: null },
  });
  await desk.stop();
  const db = createDb(desk.databaseUrl, { poolSize: 1 });
  await fill(db, 'default', FIRST_OF_THE_PAST, FIRST_OF_THE_PAST + sessions - 1);
  await db.$disconnect();
  return { sessions, desk, replies: watchReplies(desk.simulator), services: [] };
}

async function inTurns(opened: readonly Opened[], { perSecond, tickets }: Load): Promise<Turns[]> {
  const all = opened.map((one) => ({ ...one, took: [] as number[], each: [] as number[], unanswered: 0 }));
  for (const { desk, replies } of all) await closedLoop(WARM.inFlight, WARM.forMs, () => ask(desk, replies));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of round % 2 === 0 ? all : all.toReversed()) {
      const before = one.took.length;
      const { failed } = await openLoop(
        perSecond,
        (1_000 * tickets) / perSecond / ROUNDS,
        async () => void one.took.push(await ask(one.desk, one.replies)),
      );
      one.unanswered += failed;
      one.each.push(quantile(ascending(one.took.slice(before)), 0.95));
      await one.desk.simulator.webhooksIdle();
    }
  }
  return all.map(({ sessions, services, took, unanswered, each }) => {
    const sorted = ascending(took);
    const [p50, p95] = [quantile(sorted, 0.5), quantile(sorted, 0.95)];
    return { sessions, workers: services.length, tickets: took.length, unanswered, p50, p95, each };
  });
}

/** A customer writes: how long until the AI's reply is in the account. */
async function ask(desk: Desk, replies: Replies): Promise<number> {
  const since = performance.now();
  const email = `customer-${randomBytes(6).toString('hex')}@customer.example`;
  await replies.replied(accountTicket(desk.customerAsks(RETURNS_QUESTION, { email })));
  return performance.now() - since;
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((one, other) => one - other);
}
