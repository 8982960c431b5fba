import { Router } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Attention } from '../db/reads/attention.ts';
import {
  type AttentionItem,
  KINDS,
  type FailingWorkflow,
  temporalUnreachable,
  workflowItem,
} from '../domain/attention.ts';
import { nameOf } from '../domain/errors.ts';
import { within } from './deadline.ts';
import { json, type Operation, time } from './document.ts';
import { onlyMethods } from './problems.ts';

/** At most so many items; whoever has more has one problem, not many. */
const MOST_ITEMS = 200;
/** Each of these costs a request to Temporal. */
const MOST_WORKFLOWS = 50;
const DEADLINE_MS = 4_000;

export type AttentionDeps = {
  attention: Attention;
  /** The tickets whose workflow fails; rejects when Temporal cannot be asked. */
  failingWorkflows: (limit: number) => Promise<FailingWorkflow[]>;
  log: Logger;
};

const attentionItem = z
  .object({
    kind: z.enum(KINDS),
    connection: z.string().nullable().meta({ description: 'null where it concerns them all' }),
    ticketId: z.int().nullable(),
    since: time,
    what: z.string(),
    whatToDo: z.string(),
  })
  .meta({ id: 'AttentionItem', description: 'Something that needs a person' });

export const attentionOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/attention',
    operationId: 'listAttention',
    tags: ['Operations'],
    summary: 'What needs a person, newest first',
    responses: { 200: json('At most 200 items', z.object({ items: z.array(attentionItem) })) },
  },
];

/** What needs a person, newest first. When Temporal does not answer, that is one of the items. */
export function attentionRoutes({ attention, failingWorkflows, log }: AttentionDeps): Router {
  async function workflows(): Promise<AttentionItem[]> {
    try {
      return (await within(DEADLINE_MS, failingWorkflows(MOST_WORKFLOWS))).map(workflowItem);
    } catch (error) {
      log.warn({ reason: nameOf(error) }, 'Temporal cannot say which workflows fail');
      return [temporalUnreachable(new Date())];
    }
  }

  const router = Router();
  router
    .route('/attention')
    .get(async (_request, response) => {
      const [stored, failing] = await Promise.all([attention.list(MOST_ITEMS), workflows()]);
      const items = [...stored, ...failing].toSorted((one, other) => other.since.getTime() - one.since.getTime());
      response.json({ items: items.slice(0, MOST_ITEMS) });
    })
    .all(onlyMethods('GET'));
  return router;
}
