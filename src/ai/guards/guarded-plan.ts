import type { CitedArticles } from '../../domain/knowledge.ts';
import type { Plan, PlanInput } from '../port.ts';
import { judgeAnswer, type Unsupported } from './guard.ts';

/** `unsupported` are the sentences of a draft that its sources do not carry (N9). */
export type Guarded = { plan: Plan; body: string | null; unsupported: readonly Unsupported[] };

/**
 * The plan as it is carried out, whichever engine made it (N5): an answer passes the guards, and `body` is its checked HTML;
 * one that does not is handed off with what is wrong with it, and nothing of its text is kept.
 */
export async function guardedPlan(
  plan: Plan,
  { connectionId, mode, settings }: Pick<PlanInput, 'connectionId' | 'mode' | 'settings'>,
  cited: CitedArticles,
): Promise<Guarded> {
  if (plan.verdict !== 'answer') return { plan, body: null, unsupported: [] };
  const citedIds = plan.sources.map(({ articleId }) => articleId);
  const judged = judgeAnswer({
    markdown: plan.markdown,
    mode,
    citedIds,
    cited: await cited(connectionId, citedIds),
    language: plan.language,
    allowedHosts: settings.reply.allowedLinkHosts,
    // Free wording needs a model, whose second question has supported every sentence.
    wording: plan.model === null ? 'quotes' : settings.reply.wording,
  });
  if (judged.ok) return { plan, body: judged.body, unsupported: judged.unsupported ?? [] };
  const { markdown: _refused, ...rest } = plan;
  return {
    plan: { ...rest, verdict: 'handoff', reasons: ['low_confidence'], detail: judged.problem },
    body: null,
    unsupported: [],
  };
}
