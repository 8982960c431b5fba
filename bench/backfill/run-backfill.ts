import type { BackfillProgress } from '../../src/domain/backfill.ts';
import type { LoggedRequest } from '../../simulator/request-log.ts';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';
import { until } from '../../testbed/until.ts';
import { makePast, pastClock } from '../../testbed/history.ts';
import { startServiceProcess } from '../../testbed/service-process.ts';
import { checkInvariants, type Invariant } from '../chaos/invariants.ts';

export type BackfillOptions = { tickets: number; rate: number; share: number; say: (line: string) => void };

export type BackfillReport = Pick<BackfillProgress, 'found' | 'done' | 'failed'> & {
  /** What differs between an account's ticket and its mirror. */
  wrong: string[];
  /** Entries of the AI's on tickets from before the connection. */
  answered: number;
  /** From question to answer, ms. */
  live: { without: number[]; with: number[] };
  /** Per minute. */
  tooManyRequests: number[];
  /** Credits of the backfill, by what its share of the limit would have been. */
  usedShare: number;
  /** Credits of each minute, live ones included. */
  windows: number[];
  pages: number;
  refusedPages: number;
  kills: number;
  requests: number;
  credits: number;
  tookMs: number;
};

/** Of a history, which is read and never answered. */
const OF_A_MIRROR: readonly Invariant[] = [
  'every ticket has a session',
  'the session follows the ticket',
  'the mirror equals the ticket',
  'nothing is undecided',
];
const LIVE = 10;
const DAYS = 170;
/** So many tickets changed in one second, and the list goes no further than page 3. */
const SAME_SECOND = 250;
const LAST_PAGE = 3;
const PATH = '/connections/default/backfills';
const LIMIT_MS = 30 * 60_000;

/** A desk with a past, at first without a backfill and then with one, whose worker is killed twice. */
export async function runBackfill({ tickets, rate, share, say }: BackfillOptions): Promise<BackfillReport> {
  const clock = pastClock();
  let past: number[] = [];
  const desk = await openDesk({
    simulator: { now: clock.now, ratePerMinute: rate, subLimits: null, lastListPage: LAST_PAGE },
    settings: { backfill: { rateShare: share } },
    before: (simulator) => {
      const together = Math.min(SAME_SECOND, Math.floor(tickets / 4));
      past = [
        ...makePast(simulator, clock, { tickets: tickets - together, days: DAYS, statuses: [2, 3, 6] }),
        ...makePast(simulator, clock, { tickets: together, days: 1, statuses: [2], together: true }),
      ];
    },
  });
  await desk.stop();
  let service = await startServiceProcess(desk);
  try {
    say(`${past.length} tickets from before; ${LIVE} live ones without a backfill, and as many afterwards`);
    const without: number[] = [];
    for (let nth = 0; nth < LIVE; nth += 1) without.push((await answerTime(desk)).ms);

    const api = async <T>(route: string, method = 'GET'): Promise<T> => {
      const headers = { authorization: `Bearer ${desk.config.adminToken}`, 'content-type': 'application/json' };
      const body = method === 'GET' ? {} : { body: '{}' };
      const response = await fetch(`${service.url}/api${route}`, { method, headers, ...body });
      if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}`);
      return (await response.json()) as T;
    };
    await api(PATH, 'POST');
    const startedAt = Date.now();
    const settled = async (): Promise<number> => {
      const { done, failed } = await api<BackfillProgress>(`${PATH}/current`);
      return done + failed;
    };
    const passed = (portion: number) =>
      until(`${portion} of the tickets`, async () => (await settled()) >= portion * tickets, LIMIT_MS);

    const during: number[] = [];
    const liveTickets = new Set<number>();
    let kills = 0;
    for (let nth = 1; nth <= LIVE; nth += 1) {
      await passed((nth - 0.5) / LIVE);
      const { ticketId, ms } = await answerTime(desk);
      during.push(ms);
      liveTickets.add(ticketId);
      say(`${await settled()} of ${tickets} mirrored; a live ticket was answered in ${(ms / 1_000).toFixed(1)} s`);
      if (nth !== 3 && nth !== 7) continue;
      await service.kill();
      kills += 1;
      say('the worker is killed, and started again');
      service = await startServiceProcess(desk);
    }
    await until(
      'the backfill has ended',
      async () => (await api<BackfillProgress>(`${PATH}/current`)).endedAt !== null,
      LIMIT_MS,
    );
    const endedAt = Date.now();
    for (let nth = 0; nth < LIVE; nth += 1) without.push((await answerTime(desk)).ms);

    const progress = await api<BackfillProgress>(`${PATH}/current`);
    const { broken } = await checkInvariants(desk.simulator, desk.databaseUrl, past);
    const requests = desk.simulator.requests
      .find({})
      .filter(({ at }) => at.getTime() >= startedAt && at.getTime() <= endedAt);
    const ofBackfill = requests.filter(({ ticketId }) => ticketId === null || !liveTickets.has(ticketId));
    const lists = requests.filter(({ path }) => path === '/api/v2/tickets');
    return {
      found: progress.found,
      done: progress.done,
      failed: progress.failed,
      wrong: broken
        .filter(({ invariant }) => OF_A_MIRROR.includes(invariant))
        .map(({ ticketId, invariant, how }) => `#${ticketId} ${invariant}: ${how}`),
      answered: past.flatMap((id) => [...desk.aiReplies(id), ...desk.aiNotes(id)]).length,
      live: { without, with: during },
      tooManyRequests: perMinute(
        requests.filter(({ status }) => status === 429),
        startedAt,
        () => 1,
      ),
      usedShare: creditsOf(ofBackfill) / (((endedAt - startedAt) / 60_000) * rate * share),
      windows: perMinute(requests, startedAt, ({ credits }) => credits),
      pages: lists.length,
      refusedPages: lists.filter(({ status }) => status === 400).length,
      kills,
      requests: requests.length,
      credits: creditsOf(requests),
      tookMs: endedAt - startedAt,
    };
  } finally {
    await service.kill();
    await desk.close();
  }
}

/** A customer asks, and how long it takes until the answer is there. */
async function answerTime(desk: Desk): Promise<{ ticketId: number; ms: number }> {
  const startedAt = performance.now();
  const ticketId = desk.customerAsks(RETURNS_QUESTION, { email: `live${Math.random()}@shop.example` });
  await until(`ticket ${ticketId} is answered`, () => desk.aiReplies(ticketId).length > 0, LIMIT_MS);
  return { ticketId, ms: performance.now() - startedAt };
}

function creditsOf(requests: readonly LoggedRequest[]): number {
  return requests.reduce((sum, { credits }) => sum + credits, 0);
}

function perMinute(
  requests: readonly LoggedRequest[],
  startedAt: number,
  figure: (request: LoggedRequest) => number,
): number[] {
  const sums: number[] = [];
  for (const request of requests) {
    const minute = Math.floor((request.at.getTime() - startedAt) / 60_000);
    sums[minute] = (sums[minute] ?? 0) + figure(request);
  }
  return Array.from(sums, (sum) => sum ?? 0);
}
