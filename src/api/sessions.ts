import { type RequestHandler, type Response, Router } from 'express';
import type { Logger } from 'pino';
import type { TicketTrace } from '../contract/trace.ts';
import { sessionCountsQuery, sessionsQuery } from '../contract/sessions.ts';
import { pageQuery } from '../contract/values.ts';
import type { Audit } from '../db/audit.ts';
import type { Sessions } from '../db/conversations/sessions.ts';
import type { SessionReads } from '../db/reads/session-reads.ts';
import type { TicketTraces } from '../db/reads/ticket-traces.ts';
import type { Outbounds } from '../db/turns/outbounds.ts';
import { clearForRetry } from '../db/turns/retry.ts';
import { nameOf } from '../domain/errors.ts';
import { settledBefore, type WriteTiming } from '../domain/outbound.ts';
import { callerOf } from './auth.ts';
import { documented } from './document.ts';
import { given } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';
import type { SignalTicket } from '../temporal/signal-ticket.ts';

export type SessionRouteDeps = {
  sessions: SessionReads;
  traces: Pick<TicketTraces, 'ofSession'>;
  retries: { outbounds: Pick<Outbounds, 'clear'>; sessions: Pick<Sessions, 'forgetRefusedResolve'> };
  timing: WriteTiming;
  signalTicket: SignalTicket;
  audit: Pick<Audit, 'note'>;
  log: Logger;
};

export const sessionOperations = [
  documented('listSessions', {
    tag: 'Sessions',
    summary: 'Sessions, the last changed first',
    ok: 'A page',
    problems: [400],
  }),
  documented('countSessions', {
    tag: 'Sessions',
    summary: 'How many sessions each filter would show, the other filters kept',
    ok: 'The counts',
    problems: [400],
  }),
  documented('getSession', {
    tag: 'Sessions',
    summary: 'A session with its turns, handoffs and drafts',
    ok: 'The session',
    problems: [404],
  }),
  documented('listMessages', {
    tag: 'Sessions',
    summary: 'The mirrored thread, oldest first',
    ok: 'A page',
    problems: [400, 404],
  }),
  documented('getTrace', {
    tag: 'Sessions',
    summary: 'What was decided on the ticket, on what grounds, and what became of it',
    ok: 'What `ticket show --json` prints',
    problems: [404],
  }),
  documented('syncSession', {
    tag: 'Sessions',
    summary: 'Has the ticket read again now, its whole thread too',
    ok: "Handed to the ticket's workflow",
    problems: [404, 503],
  }),
  documented('retrySession', {
    tag: 'Sessions',
    summary: 'Lets the AI write again where it could not be told whether it had, or was refused',
    description:
      'Look at the ticket in Freshdesk first: what is cleared here is written again, unless the thread shows it.',
    ok: "Cleared, and handed to the ticket's workflow",
    problems: [404, 503],
  }),
];

/** The mirror, as an operator's tools read it, and the two things an operator can do on a ticket. */
export function sessionRoutes(deps: SessionRouteDeps): Router {
  const { sessions, traces, log } = deps;

  async function traced(id: string): Promise<TicketTrace> {
    return (await traces.ofSession(id)) ?? noSession(id);
  }

  async function hint({ session: { connection, ticketId } }: TicketTrace): Promise<void> {
    await deps.signalTicket(connection, ticketId, { kind: 'operator' }).catch((error: unknown) => {
      log.warn({ connection, ticketId, reason: nameOf(error) }, "the ticket's workflow could not be told");
      throw new Problem(503, "Temporal could not be reached, so the ticket's workflow was not told; try again later.");
    });
  }

  const sync: RequestHandler<{ id: string }> = async ({ params: { id } }, response) => {
    const trace = await traced(id);
    await hint(trace);
    const { connection, ticketId } = trace.session;
    await deps.audit.note({ connectionId: connection, ticketId, what: 'ticket_synced', by: callerOf(response).who });
    log.info({ connection, ticketId }, 'an operator has the ticket read again');
    response.status(202).json({ connection, ticketId, hinted: true });
  };

  const retry: RequestHandler<{ id: string }> = async ({ params: { id } }, response: Response) => {
    const trace = await traced(id);
    const { connection, ticketId, status } = trace.session;
    const ticket = { connectionId: connection, ticketId };
    const cleared = await clearForRetry(deps.retries, ticket, settledBefore(new Date(), deps.timing));
    await deps.audit.note({ ...ticket, what: 'ticket_retried', by: callerOf(response).who });
    log.info({ connection, ticketId, ...cleared }, 'an operator lets the AI write again');
    await hint(trace);
    response.status(202).json({ connection, ticketId, ...cleared, status });
  };

  const router = Router();
  router
    .route('/sessions')
    .get(async (request, response) => {
      const { cursor, limit, ...asked } = given(sessionsQuery, request.query, 'query');
      response.json(await sessions.list(asked, { cursor: cursor ?? null, limit }));
    })
    .all(onlyMethods('GET'));

  router
    .route('/sessions/counts')
    .get(async (request, response) => {
      response.json(await sessions.counts(given(sessionCountsQuery, request.query, 'query')));
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

  router
    .route('/sessions/:id/trace')
    .get(async ({ params: { id } }, response) => {
      response.json(await traced(id));
    })
    .all(onlyMethods('GET'));

  router.route('/sessions/:id/sync').post(sync).all(onlyMethods('POST'));
  router.route('/sessions/:id/retry').post(retry).all(onlyMethods('POST'));
  return router;
}

function noSession(id: string): never {
  throw new Problem(404, `There is no session ${id}.`);
}
