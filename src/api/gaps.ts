import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { ExplainSearch } from '../ai/knowledge/explain.ts';
import { GAP_EXAMPLE, type Gap, gapPatch, gapsQuery } from '../contract/gaps.ts';
import type { Audit } from '../db/audit.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { FoundGap, Gaps } from '../db/reads/gaps.ts';
import { leastConfidence } from '../domain/earned.ts';
import { callerOf } from './auth.ts';
import { documented } from './document.ts';
import { existing } from './existing.ts';
import { body, given } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

export type GapRouteDeps = {
  connections: Pick<Connections, 'get' | 'settings'>;
  gaps: Gaps;
  search: ExplainSearch;
  audit: Pick<Audit, 'note'>;
};

export const gapOperations = [
  documented('listGaps', {
    tag: 'Knowledge',
    summary: 'What the knowledge lacks, the most frequent first',
    description: 'Once the knowledge has changed, the examples are asked again by themselves.',
    ok: 'At most 100',
    problems: [400, 404],
  }),
  documented('markGap', {
    tag: 'Knowledge',
    summary: 'Dismisses a gap that nobody means to fill, or takes that back',
    ok: 'Marked',
    example: GAP_EXAMPLE,
    problems: [404],
  }),
];

/** Gaps whose examples one request asks again; the next one asks for more. */
const AT_ONCE = 5;
/** Answers that are kept; more than any list has. */
const KEPT = 1_000;

/** What the knowledge lacks, and whether it does still. */
export function gapRoutes({ connections, gaps, search, audit }: GapRouteDeps): Router {
  const known: RequestHandler<{ id: string }> = async ({ params: { id } }, _response, next) => {
    await existing(connections, id);
    next();
  };
  const askedAgain = createAskedAgain({ connections, search });

  const router = Router();
  router
    .route('/connections/:id/knowledge/gaps')
    .get(known, async ({ params: { id }, query }, response) => {
      const { state, ...asked } = given(gapsQuery, query, 'query');
      const found = await gaps.list(id, asked);
      const again = await askedAgain(id, found);
      const items = found.map((gap) => viewOf(gap, again.get(gap.id) ?? null));
      response.json({ items: items.filter((gap) => state === undefined || gap.state === state) });
    })
    .patch(known, body, async (request: Request<{ id: string }>, response: Response) => {
      const patch = given(gapPatch, request.body);
      const { who } = callerOf(response);
      const { id } = request.params;
      const marked = await gaps.mark(id, patch, who);
      if (!marked) throw new Problem(404, 'There is no such gap that was dismissed.');
      const what = patch.state === 'dismissed' ? 'gap_dismissed' : 'gap_opened';
      await audit.note({ connectionId: id, what, by: who });
      response.status(204).end();
    })
    .all(onlyMethods('GET, PATCH'));
  return router;
}

type Again = NonNullable<Gap['askedAgain']>;

function viewOf(
  { dismissed, knowledgeChanged: _changed, questions: _questions, ...gap }: FoundGap,
  again: Again | null,
): Gap {
  const addressed = again !== null && again.answered > 0;
  return { ...gap, askedAgain: again, state: dismissed ? 'dismissed' : addressed ? 'addressed' : 'open' };
}

/** Asks the examples of gaps anew whose knowledge has changed since; costs no model, and the answers are kept for a while. */
function createAskedAgain({ connections, search }: Pick<GapRouteDeps, 'connections' | 'search'>) {
  const kept = new Map<string, { at: number; again: Again }>();
  const FRESH_MS = 60_000;

  async function ask(connectionId: string, questions: readonly string[]): Promise<Again> {
    const { handoff } = await connections.settings(connectionId);
    let answered = 0;
    for (const question of questions) {
      const { confidence, sources } = await search({
        connectionId,
        question,
        includeInternal: false,
      });
      if (sources.length > 0 && confidence >= leastConfidence(handoff)) answered += 1;
    }
    return { asked: questions.length, answered };
  }

  return async (connectionId: string, found: readonly FoundGap[]): Promise<Map<string, Again>> => {
    const told = new Map<string, Again>();
    let asking = 0;
    for (const { id, knowledgeChanged, questions, dismissed } of found) {
      if (!knowledgeChanged || dismissed || questions.length === 0) continue;
      const key = `${connectionId} ${id}`;
      const before = kept.get(key);
      if (before !== undefined && (Date.now() - before.at < FRESH_MS || asking >= AT_ONCE)) {
        told.set(id, before.again);
      } else if (asking < AT_ONCE) {
        asking += 1;
        const again = await ask(connectionId, questions);
        kept.delete(key);
        kept.set(key, { at: Date.now(), again });
        told.set(id, again);
      }
    }
    for (const key of [...kept.keys()].slice(0, Math.max(0, kept.size - KEPT))) kept.delete(key);
    return told;
  };
}
