/** A stage of a turn that costs money (N3). */
export type Stage = 'draft' | 'check';

/** What one stage is known by, whichever attempt it is. */
export type StageRef = { connectionId: string; sessionId: string; turnId: string; stage: Stage; round: number };

export type Usage = { inputTokens: number; outputTokens: number; money: number | null };

export type ModelCall = Usage & {
  /** Our clock, at the first attempt. */
  startedAt: Date;
  /** null while no attempt has come back. */
  endedAt: Date | null;
  /** What came back, as it was read; null when it could not be read. */
  result: unknown;
};

/** The paid stages: what has come back once is never paid again. */
export type ModelCalls = {
  /** The stage's row, made at its first attempt. */
  begin(ref: StageRef, model: string, now: Date): Promise<ModelCall>;
  find(ref: StageRef): Promise<ModelCall | null>;
  end(ref: StageRef, usage: Usage, result: unknown, now: Date): Promise<void>;
  /** All that a turn has used. */
  ofTurn(turnId: string): Promise<{ tokens: number; money: number | null }>;
  /** All that a connection has used since then, discarded answers included. */
  since(connectionId: string, since: Date): Promise<{ tokens: number; money: number }>;
};

/** Per million tokens, in the currency of the money budget. */
export type Price = { input: number; output: number };

/**
 * List prices in US dollars as their makers published them; a longer name decides before a shorter one. Prices change: the
 * environment's own go first.
 */
const KNOWN: readonly [prefix: string, price: Price][] = [
  ['gpt-5-nano', { input: 0.05, output: 0.4 }],
  ['gpt-5-mini', { input: 0.25, output: 2 }],
  ['gpt-5', { input: 1.25, output: 10 }],
  ['gpt-4.1-nano', { input: 0.1, output: 0.4 }],
  ['gpt-4.1-mini', { input: 0.4, output: 1.6 }],
  ['gpt-4.1', { input: 2, output: 8 }],
  ['gpt-4o-mini', { input: 0.15, output: 0.6 }],
  ['gpt-4o', { input: 2.5, output: 10 }],
  ['o4-mini', { input: 1.1, output: 4.4 }],
  ['claude-haiku-4-5', { input: 1, output: 5 }],
  ['claude-sonnet-4', { input: 3, output: 15 }],
  ['claude-opus-4-5', { input: 5, output: 25 }],
  ['claude-opus-4', { input: 15, output: 75 }],
];

/** What a model costs; null when nobody has said. */
export function priceOf(model: string): Price | null {
  return KNOWN.find(([prefix]) => model === prefix || model.startsWith(`${prefix}-`))?.[1] ?? null;
}

export function moneyOf(price: Price | null, tokens: { inputTokens: number; outputTokens: number }): number | null {
  return price === null ? null : (tokens.inputTokens * price.input + tokens.outputTokens * price.output) / 1_000_000;
}

/** N3: which of the day's budgets is used up; null when none is, or none is set. */
export function budgetGone(
  budgets: { dailyTokenBudget: number | null; dailyMoneyBudget: number | null },
  spent: { tokens: number; money: number },
): 'token_budget' | 'money_budget' | null {
  if (budgets.dailyTokenBudget !== null && spent.tokens >= budgets.dailyTokenBudget) return 'token_budget';
  return budgets.dailyMoneyBudget !== null && spent.money >= budgets.dailyMoneyBudget ? 'money_budget' : null;
}

/** Budgets are a UTC day's. */
export function dayOf(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
}
