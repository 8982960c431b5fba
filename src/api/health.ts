import { Router } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Connections } from '../db/connections/connections.ts';
import { within } from './deadline.ts';
import { json, type Operation } from './document.ts';
import { onlyMethods } from './problems.ts';

/** Each rejects, soon, when its part is not ready; the worker is null where it runs in another process. */
export type Health = {
  database: () => Promise<void>;
  temporal: () => Promise<void>;
  worker: (() => Promise<void>) | null;
};

const partState = z.enum(['ok', 'failed', 'elsewhere']);
const readiness = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    database: partState,
    temporal: partState,
    worker: partState.meta({ description: '`elsewhere` when it runs in another process' }),
    connections: z
      .object({ active: z.int(), broken: z.int() })
      .nullable()
      .meta({ description: 'null when the database does not answer' }),
  })
  .meta({ id: 'Readiness' });

export const healthOperations: Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    operationId: 'getHealth',
    tags: ['Operations'],
    summary: 'Whether the process answers',
    responses: { 200: json('It does', z.object({ status: z.literal('ok') })) },
  },
  {
    method: 'get',
    path: '/readyz',
    operationId: 'getReadiness',
    tags: ['Operations'],
    summary: 'Whether database, Temporal and worker work',
    responses: { 200: json('They do', readiness), 503: json('One of them does not', readiness) },
  },
];

type Part = keyof Health;
const CHECK_MS = 2_000;
const FRESH_MS = 1_000;

/**
 * `/healthz`: the process answers. `/readyz`: 200 when every part works, else 503, with each part's state (`elsewhere` for a
 * worker in another process) and how many connections are broken (C8). Both are open to anybody, so the reasons go to the
 * log only, and once per change, and all who ask within a second are told what one look has found.
 */
export function healthRoutes(
  health: Health,
  connections: Pick<Connections, 'list'>,
  log: Logger,
  freshForMs = FRESH_MS,
): Router {
  const failing = new Set<Part>();

  async function stateOf(part: Part): Promise<'ok' | 'failed' | 'elsewhere'> {
    const check = health[part];
    if (check === null) return 'elsewhere';
    try {
      await check();
      if (failing.delete(part)) log.info({ part }, 'ready again');
      return 'ok';
    } catch (error) {
      if (!failing.has(part))
        log.error({ part, reason: error instanceof Error ? error.message : 'unknown' }, 'not ready');
      failing.add(part);
      return 'failed';
    }
  }

  async function look(): Promise<z.infer<typeof readiness>> {
    const [states, counts] = await Promise.all([
      Promise.all([stateOf('database'), stateOf('temporal'), stateOf('worker')]),
      within(CHECK_MS, connections.list()).then(
        (all) => ({ active: all.filter(isActive).length, broken: all.filter((one) => !isActive(one)).length }),
        () => null,
      ),
    ]);
    const [database, temporal, worker] = states;
    const status = states.includes('failed') ? 'not_ready' : 'ready';
    return { status, database, temporal, worker, connections: counts };
  }

  let found: { look: ReturnType<typeof look>; untilMs: number } | null = null;
  function shared(): ReturnType<typeof look> {
    if (found !== null && performance.now() < found.untilMs) return found.look;
    const mine = { look: look(), untilMs: Infinity };
    found = mine;
    void mine.look.finally(() => (mine.untilMs = performance.now() + freshForMs));
    return mine.look;
  }

  const router = Router();
  router
    .route('/healthz')
    .get((_request, response) => {
      response.json({ status: 'ok' });
    })
    .all(onlyMethods('GET'));
  router
    .route('/readyz')
    .get(async (_request, response) => {
      const answer = await shared();
      response
        .status(answer.status === 'ready' ? 200 : 503)
        .set('Cache-Control', 'no-store')
        .json(answer);
    })
    .all(onlyMethods('GET'));
  return router;
}

function isActive({ state }: { state: string }): boolean {
  return state === 'active';
}
