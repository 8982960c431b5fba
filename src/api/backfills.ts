import { ServiceError } from '@temporalio/client';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { backfillChange, backfillStart } from '../contract/backfills.ts';
import type { Audit } from '../db/audit.ts';
import type { Connections } from '../db/connections/connections.ts';
import { type BackfillControl, BackfillRuns, NoBackfill } from '../domain/backfill.ts';
import { callerOf } from './auth.ts';
import { documented } from './document.ts';
import { existing } from './existing.ts';
import { body, given, hasBody } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

export type BackfillRouteDeps = {
  connections: Pick<Connections, 'get'>;
  backfills: BackfillControl;
  audit: Pick<Audit, 'note'>;
  log: Logger;
};

export const backfillOperations = [
  documented('startBackfill', {
    tag: 'Backfills',
    summary: 'Mirrors what is unresolved and was updated in the last days; answers nothing',
    ok: 'Started',
    bodyRequired: false,
    example: { days: 30 },
    problems: [404, 409, 503],
  }),
  documented('listBackfills', {
    tag: 'Backfills',
    summary: 'The backfills of the connection, the newest first',
    ok: 'At most twenty; none where there has been none',
    problems: [404],
  }),
  documented('getBackfill', {
    tag: 'Backfills',
    summary: 'The newest backfill of the connection',
    ok: 'How far it is',
    problems: [404],
  }),
  documented('changeBackfill', {
    tag: 'Backfills',
    summary: 'Pauses it, or lets it go on',
    ok: 'Told',
    example: { state: 'paused' },
    problems: [404, 409, 503],
  }),
];

/** Starts backfills, says how far the newest is, and lets it pause and go on (B1, B4, B5). */
export function backfillRoutes({ connections, backfills, audit, log }: BackfillRouteDeps): Router {
  const known: RequestHandler<{ id: string }> = async ({ params: { id } }, _response, next) => {
    await existing(connections, id);
    next();
  };

  const router = Router();
  router
    .route('/connections/:id/backfills')
    .get(known, async ({ params: { id } }, response) => {
      response.json({ items: await backfills.list(id) });
    })
    .post(known, body, async (request: Request<{ id: string }>, response: Response) => {
      const { id } = request.params;
      const options = given(backfillStart, hasBody(request) ? request.body : {});
      const progress = await orProblem(() => backfills.start(id, options));
      await audit.note({ connectionId: id, what: 'backfill_started', by: callerOf(response).who });
      log.info({ connection: id, backfill: progress.id, ...options }, 'backfill started');
      response
        .status(201)
        .location(`/api/connections/${encodeURIComponent(id)}/backfills/current`)
        .json(progress);
    })
    .all(onlyMethods('GET, POST'));

  router
    .route('/connections/:id/backfills/current')
    .get(known, async ({ params: { id } }, response) => {
      const progress = await backfills.current(id);
      if (progress === null)
        throw new Problem(
          404,
          `This connection has not been backfilled yet. POST /api/connections/${id}/backfills starts one.`,
        );
      response.json(progress);
    })
    .patch(known, body, async (request: Request<{ id: string }>, response: Response) => {
      const { id } = request.params;
      const { state } = given(backfillChange, request.body);
      const progress = await orProblem(() => backfills.setState(id, state));
      const what = state === 'paused' ? 'backfill_paused' : 'backfill_resumed';
      await audit.note({ connectionId: id, what, by: callerOf(response).who });
      log.info({ connection: id, backfill: progress.id, state }, 'backfill told');
      response.json(progress);
    })
    .all(onlyMethods('GET, PATCH'));
  return router;
}

async function orProblem<T>(order: () => Promise<T>): Promise<T> {
  try {
    return await order();
  } catch (error) {
    if (error instanceof BackfillRuns || error instanceof NoBackfill) throw new Problem(409, error.message);
    if (error instanceof ServiceError) throw new Problem(503, 'Temporal did not take the order; try again later.');
    throw error;
  }
}
