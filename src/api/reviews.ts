import { type Request, type Response, Router } from 'express';
import { reviewBody, reviewQueueQuery } from '../contract/reviews.ts';
import type { Reviews } from '../db/turns/reviews.ts';
import { callerOf } from './auth.ts';
import { documented } from './document.ts';
import { body, given } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

export const reviewOperations = [
  documented('listReviewQueue', {
    tag: 'Reviews',
    summary: 'What the AI said and nobody has graded: a random sample, or the worst first',
    ok: 'The next ones',
    problems: [400],
  }),
  documented('reviewTurn', {
    tag: 'Reviews',
    summary: 'Grades what the AI said in a turn; a second grade replaces the first',
    ok: 'Graded',
    example: { grade: 'good' },
    problems: [404],
  }),
  documented('unreviewTurn', {
    tag: 'Reviews',
    summary: 'Takes a grade back',
    ok: 'There is none any more',
    problems: [404],
  }),
];

/** What people think of what the AI said. */
export function reviewRoutes(reviews: Reviews): Router {
  const router = Router();
  router
    .route('/review-queue')
    .get(async ({ query }, response) => {
      response.json(await reviews.queue(given(reviewQueueQuery, query, 'query')));
    })
    .all(onlyMethods('GET'));

  router
    .route('/turns/:id/review')
    .put(body, async (request: Request<{ id: string }>, response: Response) => {
      const { id } = request.params;
      const graded = await reviews.put(id, given(reviewBody, request.body), callerOf(response).who);
      response.json(graded ?? noTurn(id));
    })
    .delete(async (request: Request<{ id: string }>, response: Response) => {
      const { id } = request.params;
      if (!(await reviews.remove(id, callerOf(response).who))) noTurn(id);
      response.status(204).end();
    })
    .all(onlyMethods('PUT, DELETE'));
  return router;
}

function noTurn(id: string): never {
  throw new Problem(404, `There is no turn ${id} with something to grade, or with a grade.`);
}
