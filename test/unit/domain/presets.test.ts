import { expect, test } from '@jest/globals';
import { isPreset, PRESETS } from '../../../src/domain/presets.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';

test.each([
  ['ai_only', 0.3, false, false, false],
  ['ai_first', 0.45, true, false, true],
  ['balanced', 'earned', true, true, true],
  ['quick', 0.8, true, true, true],
] as const)(
  'H1 the preset %s sets threshold %s and the triggers, nothing else',
  (name, confidenceThreshold, explicitRequest, frustration, lowConfidence) => {
    expect(PRESETS[name]).toEqual({
      handoff: { confidenceThreshold, triggers: { explicitRequest, frustration, lowConfidence } },
    });
  },
);

test('H1 balanced is what a new connection has', () => {
  expect(DEFAULT_SETTINGS.handoff).toMatchObject(PRESETS.balanced.handoff);
});

test('H1 only these four are presets', () => {
  expect(['ai_only', 'ai_first', 'balanced', 'quick', 'slow', 'toString', ''].filter(isPreset)).toEqual([
    'ai_only',
    'ai_first',
    'balanced',
    'quick',
  ]);
});
