import { ServiceError } from '@temporalio/client';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import type { Connections } from '../db/connections/connections.ts';
import { type BackfillControl, BackfillRuns, DEFAULT_DAYS, MOST_DAYS, NoBackfill } from '../domain/backfill.ts';
import { jsonBody, connectionParams, json, type Operation, problems, time } from './document.ts';
import { body, given } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

export type BackfillRouteDeps = { connections: Pick<Connections, 'get'>; backfills: BackfillControl; log: Logger };

const start = z.strictObject({
  days: z
    .int('must be a whole number of days')
    .min(1, 'must be 1 or more')
    .max(MOST_DAYS, `must be ${MOST_DAYS} or less`)
    .default(DEFAULT_DAYS),
  dryRun: z.boolean('must be true or false').default(false),
});
const change = z.strictObject({
  state: z.enum(['paused', 'running'], 'must be "paused" or "running"'),
});

const backfillView = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'paused', 'completed', 'failed']),
    found: z.int().meta({ description: 'Tickets, without those that exclusions keep out' }),
    done: z.int(),
    failed: z.int(),
    ratePerMinute: z.number(),
    etaSeconds: z.number().nullable().meta({ description: 'null while nothing can be said' }),
    startedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: 'Backfill', description: 'How far a backfill is' });

export const backfillOperations: Operation[] = [
  {
    method: 'post',
    path: '/api/connections/{id}/backfills',
    operationId: 'startBackfill',
    tags: ['Backfills'],
    summary: 'Mirrors what is unresolved and was updated in the last days; answers nothing',
    request: { params: connectionParams, body: { ...jsonBody(start, { days: 30 }), required: false } },
    responses: { 201: json('Started', backfillView), ...problems(400, 404, 409, 413, 415, 503) },
  },
  {
    method: 'get',
    path: '/api/connections/{id}/backfills/current',
    operationId: 'getBackfill',
    tags: ['Backfills'],
    summary: 'The newest backfill of the connection',
    request: { params: connectionParams },
    responses: { 200: json('How far it is', backfillView), ...problems(404) },
  },
  {
    method: 'patch',
    path: '/api/connections/{id}/backfills/current',
    operationId: 'changeBackfill',
    tags: ['Backfills'],
    summary: 'Pauses it, or lets it go on',
    request: { params: connectionParams, body: jsonBody(change, { state: 'paused' }) },
    responses: { 200: json('Told', backfillView), ...problems(400, 404, 409, 413, 415, 503) },
  },
];

/** Starts backfills, says how far the newest is, and lets it pause and go on (B1, B4, B5). */
export function backfillRoutes({ connections, backfills, log }: BackfillRouteDeps): Router {
  const known: RequestHandler<{ id: string }> = async ({ params: { id } }, _response, next) => {
    if ((await connections.get(id)) === null) throw new ConnectionNotFound(id);
    next();
  };

  const router = Router();
  router
    .route('/connections/:id/backfills')
    .post(known, body, async (request: Request<{ id: string }>, response: Response) => {
      const { id } = request.params;
      const options = given(start, hasBody(request) ? request.body : {});
      const progress = await orProblem(() => backfills.start(id, options));
      log.info({ connection: id, backfill: progress.id, ...options }, 'backfill started');
      response
        .status(201)
        .location(`/api/connections/${encodeURIComponent(id)}/backfills/current`)
        .json(progress);
    })
    .all(onlyMethods('POST'));

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
      const { state } = given(change, request.body);
      const progress = await orProblem(() => backfills.setState(id, state));
      log.info({ connection: id, backfill: progress.id, state }, 'backfill told');
      response.json(progress);
    })
    .all(onlyMethods('GET, PATCH'));
  return router;
}

/** Orders that cannot be read are no order to start with the defaults. */
function hasBody(request: Request<{ id: string }>): boolean {
  return Number(request.get('content-length') ?? 0) > 0 || request.get('transfer-encoding') !== undefined;
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
