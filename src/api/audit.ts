import { Router } from 'express';
import { auditQuery } from '../contract/audit.ts';
import type { Audit } from '../db/audit.ts';
import { documented } from './document.ts';
import { onlyMethods } from './problems.ts';
import { given } from './request-parsing.ts';

export const auditOperations = [
  documented('listAudit', {
    tag: 'Operations',
    summary: 'Who changed which setting from what to what, and what was erased; the newest first',
    ok: 'A page of entries',
    problems: [400],
  }),
];

/** What was changed or removed on our side, and by whom. */
export function auditRoutes(audit: Audit): Router {
  const router = Router();
  router
    .route('/audit')
    .get(async (request, response) => {
      const { cursor = null, limit, ...filter } = given(auditQuery, request.query, 'query');
      response.json(await audit.list(filter, { cursor, limit }));
    })
    .all(onlyMethods('GET'));
  return router;
}
