import { Router } from 'express';
import type { SessionReads } from '../db/reads/session-reads.ts';
import { json, type Operation, problems } from './document.ts';
import { given } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';
import { messagePage, pageQuery, sessionDetail, sessionPage, sessionParams, sessionsQuery } from './session-schemas.ts';

export const sessionOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/sessions',
    operationId: 'listSessions',
    tags: ['Sessions'],
    summary: 'Sessions, the last changed first',
    request: { query: sessionsQuery },
    responses: { 200: json('A page', sessionPage), ...problems(400) },
  },
  {
    method: 'get',
    path: '/api/sessions/{id}',
    operationId: 'getSession',
    tags: ['Sessions'],
    summary: 'A session with its turns, handoffs and drafts',
    request: { params: sessionParams },
    responses: { 200: json('The session', sessionDetail), ...problems(404) },
  },
  {
    method: 'get',
    path: '/api/sessions/{id}/messages',
    operationId: 'listMessages',
    tags: ['Sessions'],
    summary: 'The mirrored thread, oldest first',
    request: { params: sessionParams, query: pageQuery },
    responses: { 200: json('A page', messagePage), ...problems(400, 404) },
  },
];

/** The mirror, as an operator's tools read it. */
export function sessionRoutes(sessions: SessionReads): Router {
  const router = Router();
  router
    .route('/sessions')
    .get(async (request, response) => {
      const { cursor, limit, ...filter } = given(sessionsQuery, request.query, 'query');
      const page = await sessions.list(
        {
          connection: filter.connection ?? null,
          status: filter.status ?? null,
          owner: filter.owner ?? null,
          channel: filter.channel ?? null,
          tag: filter.tag ?? null,
          contact: filter.contact ?? null,
          ticketId: filter.ticketId ?? null,
          updatedSince: filter.updatedSince ?? null,
        },
        { cursor: cursor ?? null, limit },
      );
      response.json(page);
    })
    .all(onlyMethods('GET'));

  router
    .route('/sessions/:id')
    .get(async ({ params: { id } }, response) => {
      response.json((await sessions.get(id)) ?? noSession(id));
    })
    .all(onlyMethods('GET'));

  router
    .route('/sessions/:id/messages')
    .get(async ({ params: { id }, query }, response) => {
      const { cursor, limit } = given(pageQuery, query, 'query');
      response.json((await sessions.messages(id, { cursor: cursor ?? null, limit })) ?? noSession(id));
    })
    .all(onlyMethods('GET'));
  return router;
}

function noSession(id: string): never {
  throw new Problem(404, `There is no session ${id}.`);
}
