import type { CitedArticles } from '../../domain/knowledge.ts';
import type { Plan, PlanInput } from '../port.ts';
import { judgeAnswer } from './guard.ts';

/**
 * The plan as it is carried out, whichever engine made it (N5): an answer passes the guards, and `body` is its checked HTML;
 * one that does not is handed off with what is wrong with it, and nothing of its text is kept.
 */
export async function guardedPlan(
  plan: Plan,
  { connectionId, mode, settings }: Pick<PlanInput, 'connectionId' | 'mode' | 'settings'>,
  cited: CitedArticles,
): Promise<{ plan: Plan; body: string | null }> {
  if (plan.verdict !== 'answer') return { plan, body: null };
  const citedIds = plan.sources.map(({ articleId }) => articleId);
  const judged = judgeAnswer({
    markdown: plan.markdown,
    mode,
    citedIds,
    cited: await cited(connectionId, citedIds),
    language: plan.language,
    allowedHosts: settings.reply.allowedLinkHosts,
  });
  if (judged.ok) return { plan, body: judged.body };
  const { markdown: _refused, ...rest } = plan;
  return { plan: { ...rest, verdict: 'handoff', reasons: ['low_confidence'], detail: judged.problem }, body: null };
}
