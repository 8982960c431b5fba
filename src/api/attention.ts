import { Router } from 'express';
import type { Logger } from 'pino';
import type { Attention } from '../db/reads/attention.ts';
import { type AttentionItem, type FailingWorkflow, temporalUnreachable, workflowItem } from '../domain/attention.ts';
import { nameOf } from '../domain/errors.ts';
import { documented } from './document.ts';
import { onlyMethods } from './problems.ts';

/** At most so many items; whoever has more has one problem, not many. */
const MOST_ITEMS = 200;
/** Each of these costs a request to Temporal. */
const MOST_WORKFLOWS = 50;

export type AttentionDeps = {
  attention: Attention;
  /** The tickets whose workflow fails; rejects when Temporal cannot be asked, or does not answer soon. */
  failingWorkflows: (limit: number) => Promise<FailingWorkflow[]>;
  log: Logger;
};

export const attentionOperations = [
  documented('listAttention', {
    tag: 'Operations',
    summary: 'What needs a person, newest first',
    ok: 'At most 200 items',
  }),
];

/** What needs a person, newest first. When Temporal does not answer, that is one of the items. */
export function attentionRoutes({ attention, failingWorkflows, log }: AttentionDeps): Router {
  async function workflows(): Promise<AttentionItem[]> {
    try {
      return (await failingWorkflows(MOST_WORKFLOWS)).map(workflowItem);
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
