import type { ModelCall, ModelCalls, StageRef } from '../../domain/model-calls.ts';

/**
 * The paid stages of a question that nobody keeps. They are in no table, so that no budget counts them; what the tickets have
 * used counts all the same.
 */
export function createPassingCalls(since: ModelCalls['since']): ModelCalls {
  const calls = new Map<string, ModelCall>();
  const keyOf = ({ turnId, stage, round }: StageRef) => `${turnId} ${stage} ${round}`;
  return {
    async begin(ref, _model, now) {
      const call = calls.get(keyOf(ref)) ?? { startedAt: now, endedAt: null, result: null, ...NOTHING };
      calls.set(keyOf(ref), call);
      return call;
    },
    find: async (ref) => calls.get(keyOf(ref)) ?? null,
    async end(ref, usage, result, now) {
      calls.set(keyOf(ref), { startedAt: calls.get(keyOf(ref))?.startedAt ?? now, endedAt: now, result, ...usage });
    },
    async ofTurn(turnId) {
      const used = [...calls].filter(([key]) => key.startsWith(`${turnId} `)).map(([, call]) => call);
      const paid = used.flatMap(({ money }) => (money === null ? [] : [money]));
      return {
        tokens: used.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0),
        money: paid.length === 0 ? null : paid.reduce((sum, money) => sum + money, 0),
      };
    },
    since,
  };
}

const NOTHING = { inputTokens: 0, outputTokens: 0, money: null };
