import { expect, test } from '@jest/globals';
import { budgetGone, dayOf, moneyOf, priceOf } from '../../../src/domain/model-calls.ts';
import { detailInWords, type PlanDetail } from '../../../src/domain/plan-detail.ts';

test.each([
  ['gpt-5-nano', { input: 0.05, output: 0.4 }],
  ['gpt-5-mini', { input: 0.25, output: 2 }],
  ['gpt-5-mini-2025-08-07', { input: 0.25, output: 2 }],
  ['gpt-5', { input: 1.25, output: 10 }],
  ['gpt-5-2025-08-07', { input: 1.25, output: 10 }],
  ['gpt-4.1-nano-2025-04-14', { input: 0.1, output: 0.4 }],
  ['gpt-4.1-mini-2025-04-14', { input: 0.4, output: 1.6 }],
  ['gpt-4.1', { input: 2, output: 8 }],
  ['gpt-4o-mini', { input: 0.15, output: 0.6 }],
  ['gpt-4o-2024-11-20', { input: 2.5, output: 10 }],
  ['o4-mini', { input: 1.1, output: 4.4 }],
  ['claude-haiku-4-5-20251001', { input: 1, output: 5 }],
  ['claude-sonnet-4-5-20250929', { input: 3, output: 15 }],
  ['claude-sonnet-4-20250514', { input: 3, output: 15 }],
  ['claude-opus-4-5-20251101', { input: 5, output: 25 }],
  ['claude-opus-4-20250514', { input: 15, output: 75 }],
  ['gpt-50', null],
  ['my-gpt-5', null],
  ['my-own-model', null],
  ['', null],
])('N3 the price of %s', (model, price) => {
  expect(priceOf(model)).toEqual(price);
});

test('N3 money is tokens by their price; without a price there is none', () => {
  const tokens = { inputTokens: 2_000_000, outputTokens: 500_000 };
  expect(moneyOf({ input: 0.25, output: 2 }, tokens)).toBe(1.5);
  expect(moneyOf(null, tokens)).toBeNull();
});

test.each([
  [{ dailyTokenBudget: null, dailyMoneyBudget: null }, { tokens: 1_000_000, money: 1_000 }, null],
  [{ dailyTokenBudget: 100, dailyMoneyBudget: null }, { tokens: 99, money: 0 }, null],
  [{ dailyTokenBudget: 100, dailyMoneyBudget: null }, { tokens: 100, money: 0 }, 'token_budget'],
  [{ dailyTokenBudget: null, dailyMoneyBudget: 5 }, { tokens: 0, money: 4.99 }, null],
  [{ dailyTokenBudget: null, dailyMoneyBudget: 5 }, { tokens: 0, money: 5 }, 'money_budget'],
  [{ dailyTokenBudget: 100, dailyMoneyBudget: 5 }, { tokens: 100, money: 5 }, 'token_budget'],
  [{ dailyTokenBudget: 0, dailyMoneyBudget: null }, { tokens: 0, money: 0 }, 'token_budget'],
] as const)('N3 budgets %j after %j: %s', (budgets, spent, gone) => {
  expect(budgetGone(budgets, spent)).toBe(gone);
});

test('N3 a budget is that of a day in UTC', () => {
  expect(dayOf(new Date('2026-01-31T23:59:59.999Z'))).toEqual(new Date('2026-01-31T00:00:00Z'));
  expect(dayOf(new Date('2026-02-01T00:30:00+01:00'))).toEqual(new Date('2026-01-31T00:00:00Z'));
});

/** The record makes the compiler ask for every one of them. */
const DETAILS: Record<PlanDetail, RegExp> = {
  empty: /no text/,
  too_long: /too long/,
  unquoted: /words of its sources/,
  altered: /differs/,
  citation: /source/,
  internal: /internal/,
  link: /link/,
  email: /e-mail address/,
  phone: /phone number/,
  secret: /key or a card number/,
  amount: /amount/,
  percentage: /percentage/,
  date: /date/,
  time: /time of day/,
  number: /number/,
  ungrounded: /sources do not/,
  language: /language/,
  check_failed: /check/,
  unreadable: /no usable answer/,
  model_down: /reached/,
  embedder_down: /embedding server/,
  model_key_refused: /AI_API_KEY/,
  model_refused: /AI_MODEL and AI_BASE_URL/,
  maybe_safety: /may be about harm/,
  maybe_person: /may be asking for a person/,
  maybe_automatic: /may be an automatic mail/,
  maybe_thanks: /may be thanks/,
  many_questions: /more than the AI answers/,
  said_before: /given this answer already/,
  automatic_mail: /automatic mail/,
  token_budget: /token budget/,
  money_budget: /money budget/,
};

test.each(Object.entries(DETAILS))('N5 H2 %s is said in words to people', (detail, words) => {
  expect(detailInWords(detail as PlanDetail)).toMatch(words);
});
