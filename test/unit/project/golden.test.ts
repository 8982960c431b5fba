import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { confidenceOf, likelihoodOf, type Evidence } from '../../../src/ai/knowledge/calibration.ts';
import { goldenTickets, isRight, partOf, type GoldenTicket } from '../../../bench/golden/golden.ts';
import { fitLogistic } from '../../../bench/golden/logistic.ts';

const tickets = goldenTickets();

test('N2 the golden tickets are at least two hundred, about half of them answerable, in five languages and more', () => {
  const answerable = tickets.filter(({ verdict }) => verdict === 'answer').length;
  expect(tickets.length).toBeGreaterThanOrEqual(200);
  expect(new Set(tickets.map(({ id }) => id)).size).toBe(tickets.length);
  expect(answerable / tickets.length).toBeGreaterThan(0.45);
  expect(answerable / tickets.length).toBeLessThan(0.55);
  expect([...new Set(tickets.map(({ language }) => language))]).toEqual(
    expect.arrayContaining(['en', 'de', 'fr', 'es', 'pt']),
  );
});

test('N2 every golden answer names articles that are there, and nothing else does', () => {
  const knowledge = path.join(import.meta.dirname, '../../../bench/golden/knowledge');
  for (const { id, verdict, articles } of tickets) {
    expect([id, articles.filter((file) => !existsSync(path.join(knowledge, file)))]).toEqual([id, []]);
    expect([id, articles.length > 0]).toEqual([id, verdict === 'answer']);
  }
});

test('N2 a third of the golden tickets is held out, whatever their order and number', () => {
  const parts = new Map(tickets.map((ticket) => [ticket.id, partOf(ticket)]));
  const heldOut = [...parts.values()].filter((part) => part === 'held_out').length;
  expect(heldOut / tickets.length).toBeGreaterThan(0.3);
  expect(heldOut / tickets.length).toBeLessThan(0.4);
  expect([partOf({ ...someTicket(), id: 'g001' }), partOf({ ...someTicket(), id: 'g003' })]).toEqual([
    parts.get('g001'),
    parts.get('g003'),
  ]);
});

test('N2 an answer is right when it cites all that it needs and nothing else', () => {
  const ticket = { ...someTicket(), verdict: 'answer' as const, articles: ['a.md', 'b.md'] };
  expect(isRight(ticket, ['b.md', 'a.md'])).toBe(true);
  for (const cited of [['a.md'], ['a.md', 'b.md', 'c.md'], ['a.md', 'c.md'], []])
    expect([cited, isRight(ticket, cited)]).toEqual([cited, false]);
  expect(isRight({ ...ticket, verdict: 'handoff' }, ['a.md', 'b.md'])).toBe(false);
});

const EVIDENCE: Evidence = { passage: 0.5, named: 0.4, known: 0.6, words: 2, margin: 0.3 };

test('N2 the confidence grows with everything that speaks for an article, and doubts lower it', () => {
  const base = likelihoodOf(EVIDENCE);
  const more: Partial<Evidence>[] = [{ passage: 0.9 }, { named: 0.8 }, { known: 1 }, { words: 3 }, { margin: 0.9 }];
  for (const change of more) expect([change, likelihoodOf({ ...EVIDENCE, ...change }) > base]).toEqual([change, true]);
  const sure = confidenceOf(base, { aboutOwn: false, disputed: false });
  expect(confidenceOf(Math.min(1, base + 0.1), { aboutOwn: false, disputed: false })).toBeGreaterThan(sure);
  expect(confidenceOf(base, { aboutOwn: true, disputed: false })).toBeLessThan(sure);
  expect(confidenceOf(base, { aboutOwn: false, disputed: true })).toBeLessThan(sure);
  expect(confidenceOf(0, { aboutOwn: false, disputed: false })).toBe(0);
});

test('a logistic regression finds the odds that its examples have', () => {
  const examples = [
    ...Array.from({ length: 100 }, (_, index) => ({ features: [1], label: index < 80, weight: 1 })),
    ...Array.from({ length: 100 }, (_, index) => ({ features: [0], label: index < 20, weight: 1 })),
  ];
  const [bias = 0, weight = 0] = fitLogistic(examples, 1e-6);
  expect(1 / (1 + Math.exp(-bias))).toBeCloseTo(0.2, 3);
  expect(1 / (1 + Math.exp(-bias - weight))).toBeCloseTo(0.8, 3);
  expect(
    fitLogistic(
      examples.map((one) => ({ ...one, label: !one.label })),
      1e-6,
      [Number.NEGATIVE_INFINITY, 0],
    )[1],
  ).toBe(0);
});

function someTicket(): GoldenTicket {
  const [first] = tickets;
  if (first === undefined) throw new Error('there are no golden tickets');
  return first;
}
