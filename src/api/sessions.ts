import { Router } from 'express';
import { z } from 'zod';
import type { SessionReads } from '../db/session-reads.ts';
import { isUuid } from '../db/cursor.ts';
import { normalEmail } from '../domain/contact.ts';
import { onlyMethods, Problem } from './problems.ts';

const text = z.string('is given more than once').min(1, 'must not be empty');
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);
const paging = {
  cursor: text.optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(200, 'must be 200 or less')
    .default(50),
};
const pageQuery = z.strictObject(paging);
const sessionsQuery = z.strictObject({
  ...paging,
  connection: text.optional(),
  status: oneOf(['open', 'handed_off', 'closed_resolved', 'closed_unresolved']).optional(),
  owner: oneOf(['ai', 'human', 'none']).optional(),
  channel: oneOf(['email', 'web', 'phone', 'other']).optional(),
  tag: text.optional(),
  contact: text.refine(isContact, 'must be the id of a contact or an e-mail address').optional(),
  ticketId: text
    .regex(/^[1-9]\d{0,15}$/, 'must be a ticket id')
    .transform(Number)
    .pipe(z.int('must be a ticket id'))
    .optional(),
  updatedSince: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-01-31T08:00:00Z' })
    .transform((time) => new Date(time))
    .optional(),
});

function isContact(who: string): boolean {
  return isUuid(who) || normalEmail(who) !== null;
}

/** The mirror, as an operator's tools read it. */
export function sessionRoutes(sessions: SessionReads): Router {
  const router = Router();
  router
    .route('/sessions')
    .get(async (request, response) => {
      const { cursor, limit, ...filter } = parseQuery(sessionsQuery, request.query);
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
      const { cursor, limit } = parseQuery(pageQuery, query);
      response.json((await sessions.messages(id, { cursor: cursor ?? null, limit })) ?? noSession(id));
    })
    .all(onlyMethods('GET'));
  return router;
}

function noSession(id: string): never {
  throw new Problem(404, `There is no session ${id}.`);
}

/** Throws a problem naming every parameter that is unknown or unusable. */
function parseQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((path) => ({ path, message: 'is not a parameter of this address' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
  throw new Problem(400, 'The query is not usable.', faults);
}
