import { Router } from 'express';
import type { Logger } from 'pino';
import type { Connections } from '../db/connections.ts';
import { within } from './deadline.ts';

/** Each rejects when its part is not ready. */
export type Health = { database(): Promise<void>; temporal(): Promise<void>; worker(): Promise<void> };

type Part = keyof Health;
const PARTS: readonly Part[] = ['database', 'temporal', 'worker'];
const CHECK_MS = 2_000;

/**
 * `/healthz`: the process answers. `/readyz`: 200 when every part works, else 503, with each part's state and how many
 * connections are broken (C8). Both are open to anybody, so the reasons go to the log only, and once per change.
 */
export function healthRoutes(health: Health, connections: Pick<Connections, 'list'>, log: Logger): Router {
  const failing = new Set<Part>();

  async function works(part: Part): Promise<boolean> {
    try {
      await within(CHECK_MS, health[part]());
      if (failing.delete(part)) log.info({ part }, 'ready again');
      return true;
    } catch (error) {
      if (!failing.has(part))
        log.error({ part, reason: error instanceof Error ? error.message : 'unknown' }, 'not ready');
      failing.add(part);
      return false;
    }
  }

  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const states = await Promise.all(PARTS.map(async (part) => [part, (await works(part)) ? 'ok' : 'failed'] as const));
    const ready = states.every(([, state]) => state === 'ok');
    const counts = await within(CHECK_MS, connections.list()).then(
      (all) => ({ active: all.filter(isActive).length, broken: all.filter((one) => !isActive(one)).length }),
      () => null,
    );
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ready ? 'ready' : 'not_ready', ...Object.fromEntries(states), connections: counts });
  });
  return router;
}

function isActive({ state }: { state: string }): boolean {
  return state === 'active';
}
