import { ServiceError } from '@temporalio/client';
import { type Request, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { doctorBody, type Findings, type Reconciled } from '../contract/operating.ts';
import type { Audit } from '../db/audit.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { Directory } from '../domain/directory.ts';
import type { ReconcileResult } from '../domain/reconcile.ts';
import { nameOf } from '../domain/errors.ts';
import { callerOf } from './auth.ts';
import { documented } from './document.ts';
import { existing } from './existing.ts';
import { body, given, hasBody } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

export type OperatingDeps = {
  connections: Pick<Connections, 'get'>;
  /** Looks at everything the product stands on, and at one connection or all of them (C6). */
  doctor: (connectionId: string | null) => Promise<Findings['items']>;
  /** One pass (X2); rejects when Temporal does not answer. */
  reconcile: (connectionId: string) => Promise<ReconcileResult>;
  /** Asks the account for the names of what settings name by number; rejects as the client does. */
  directory: (connectionId: string) => Promise<Directory>;
  audit: Pick<Audit, 'note'>;
  log: Logger;
};

export const operatingOperations = [
  documented('examine', {
    tag: 'Operations',
    summary: 'Looks at everything the product stands on',
    ok: 'What `doctor --json` prints',
    bodyRequired: false,
    example: { connection: null },
    problems: [404],
  }),
  documented('reconcileNow', {
    tag: 'Operations',
    summary: 'Looks now for what no webhook told of',
    ok: 'What the pass came to, or that it goes on',
    problems: [404, 503],
  }),
  documented('getAccount', {
    tag: 'Connections',
    summary: "Names for the ids of the account's groups, statuses and mailboxes",
    ok: 'As they were last read',
    problems: [404],
  }),
  documented('getDirectory', {
    tag: 'Connections',
    summary: 'Asks the account now what settings can name: groups, agents, statuses, products',
    description: 'It costs a request for each, and one more for every hundred groups or agents.',
    ok: 'All of them, by name',
    problems: [404, 502],
  }),
];

/** A pass over a large account takes longer than anybody waits for an answer. */
const PASS_LIMIT_MS = 25_000;

/** What an admin does beside tickets: look whether everything is well, and for what was missed. */
export function operatingRoutes({ connections, doctor, reconcile, directory, audit, log }: OperatingDeps): Router {
  const router = Router();
  router
    .route('/doctor')
    .post(body, async (request: Request, response: Response) => {
      const { connection } = given(doctorBody, hasBody(request) ? request.body : {});
      if (connection !== null) await existing(connections, connection);
      response.json({ items: await doctor(connection) });
    })
    .all(onlyMethods('POST'));

  router
    .route('/connections/:id/reconcile')
    .post(async ({ params: { id } }, response) => {
      await existing(connections, id);
      const result = await soon(reconcile(id));
      await audit.note({ connectionId: id, what: 'reconciled', by: callerOf(response).who });
      log.info({ connection: id, finished: result !== null }, 'an operator has a reconcile pass made');
      response.json(viewOf(result));
    })
    .all(onlyMethods('POST'));

  router
    .route('/connections/:id/account')
    .get(async ({ params: { id } }, response) => {
      const { domain, agent, groups, statuses, mailboxes, supportEmails, groupsReadAt } = await existing(
        connections,
        id,
      );
      const names = statuses.map((status) => ({ id: status.id, name: status.label }));
      response.json({ domain, agent, groups, statuses: names, mailboxes, supportEmails, groupsReadAt });
    })
    .all(onlyMethods('GET'));

  router
    .route('/connections/:id/directory')
    .get(async ({ params: { id } }, response) => {
      await existing(connections, id);
      const found = await directory(id).catch((error: unknown) => {
        log.warn({ connection: id, reason: nameOf(error) }, 'the account did not say its names');
        throw new Problem(502, 'Freshdesk did not say what the account has; try again later.');
      });
      response.json(found);
    })
    .all(onlyMethods('GET'));
  return router;
}

/** null while the pass goes on. */
async function soon(pass: Promise<ReconcileResult>): Promise<ReconcileResult | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), PASS_LIMIT_MS);
  try {
    return await Promise.race([pass, late]);
  } catch (error) {
    if (error instanceof ServiceError) throw new Problem(503, 'Temporal did not take the order; try again later.');
    throw error;
  } finally {
    clearTimeout(timer);
    pass.catch(() => undefined);
  }
}

function viewOf(result: ReconcileResult | null): Reconciled {
  if (result === null) return { finished: false, looked: null, missing: null, failed: null, ticketIds: [] };
  const { looked, missing, failed, ticketIds } = result;
  return { finished: true, looked, missing, failed, ticketIds };
}
