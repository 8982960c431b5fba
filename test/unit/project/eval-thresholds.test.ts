import { describe, expect, test } from '@jest/globals';
import { automaticMail } from '../../../bench/eval/automatic-mail.ts';
import { closingTurns } from '../../../bench/eval/closing-turns.ts';
import { missing } from '../../../bench/eval/evaluation.ts';
import { quoting } from '../../../bench/eval/quoting.ts';
import { reached, table } from '../../../bench/eval/report.ts';

const noDatabase = { database: () => Promise.reject(new Error('These sets need no database.')) };

/** What `npm run eval` prints of the real data must not get worse; no number of ours is written down here. */
describe.each([
  ['I5', quoting],
  ['E8', automaticMail],
  ['E9', closingTurns],
])('%s on real data', (rule, evaluation) => {
  const absent = missing(evaluation);
  const here = absent.length === 0;
  if (!here) console.info(`${evaluation.name} is not measured: ../shared/data lacks ${absent.join(', ')}`);

  (here ? test : test.skip)(`${rule} every wanted figure of ${evaluation.name} is reached`, async () => {
    const figures = await evaluation.measure(noDatabase);
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.filter((figure) => reached(figure) === false)).toEqual([]);
  });
});

test('what is missed is said to be, and what is absent is named', () => {
  const printed = table([
    {
      name: 'one',
      state: 'measured',
      figures: [
        { measure: 'm', ours: 0.5, of: 2, baselines: [{ name: 'plain', value: 0.25 }], target: { atLeast: 0.6 } },
        { measure: 'time', ours: 3, unit: 'number', of: 2, baselines: [], target: { atMost: 3 }, note: 'in days' },
      ],
    },
    { name: 'two', state: 'skipped', why: 'not there' },
  ]);
  expect(printed).toMatch(/one\s+m\s+2\s+50\.0 %\s+9–91\s+≥ 60\.0 %\s+MISSED\s+plain 25\.0 %/);
  expect(printed).toMatch(/time\s+2\s+3\s+≤ 3\s+reached/);
  expect(printed).toContain('one, time: in days');
  expect(printed).toContain('two: skipped, not there');
});
