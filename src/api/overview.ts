import { Router } from 'express';
import { overviewQuery } from '../contract/overview.ts';
import type { OverviewReads } from '../db/reads/overview.ts';
import { documented } from './document.ts';
import { given } from './request-parsing.ts';
import { onlyMethods } from './problems.ts';

export const overviewOperations = [
  documented('getOverview', {
    tag: 'Operations',
    summary: 'What waits, what became of the last 7 days, and how each connection stands',
    ok: 'How things stand',
    problems: [400],
  }),
];

export function overviewRoutes(overview: OverviewReads): Router {
  const router = Router();
  router
    .route('/overview')
    .get(async ({ query }, response) => {
      response.json(await overview.now(given(overviewQuery, query, 'query')));
    })
    .all(onlyMethods('GET'));
  return router;
}
