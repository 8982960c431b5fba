import { describe, expect, test } from '@jest/globals';
import { reachInWords, widened } from '../../../src/domain/reach.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/domain/settings.ts';
import type { Mode } from '../../../src/domain/ticket.ts';

function settings(email: Mode, { intake = {}, percent = 100 }: { intake?: object; percent?: number } = {}): Settings {
  const { channels } = DEFAULT_SETTINGS;
  return {
    ...DEFAULT_SETTINGS,
    channels: { ...channels, email: { ...channels.email, mode: email } },
    intake: { ...DEFAULT_SETTINGS.intake, ...intake },
    rollout: { percent },
  };
}
const from = (confidenceThreshold: number): Settings => ({
  ...settings('autopilot'),
  handoff: { ...DEFAULT_SETTINGS.handoff, confidenceThreshold },
});
const all = { intake: { autoHandleAll: true } };

describe('C7 what lets more customers get public replies', () => {
  const cases: [string, Settings, Settings, string[]][] = [
    ['autopilot', settings('assist'), settings('autopilot'), ['channels.email.mode: assist → autopilot']],
    ['a larger share', settings('autopilot', { percent: 10 }), settings('autopilot'), ['rollout.percent: 10 → 100']],
    ['every new ticket', settings('autopilot'), settings('autopilot', all), ['intake.autoHandleAll: false → true']],
    [
      'a group',
      settings('autopilot'),
      settings('autopilot', { intake: { defaultGroupId: 7 } }),
      ['intake.defaultGroupId: null → 7'],
    ],
    [
      'another group',
      settings('autopilot', { intake: { defaultGroupId: 7 } }),
      settings('autopilot', { intake: { defaultGroupId: 8 } }),
      ['intake.defaultGroupId: 7 → 8'],
    ],
    ['a larger share of drafts', settings('assist', { percent: 10 }), settings('assist', all), []],
    ['a smaller share', settings('autopilot'), settings('autopilot', { percent: 10 }), []],
    ['less of everything', settings('autopilot', all), settings('autopilot'), []],
    ['back to drafts', settings('autopilot'), settings('assist'), []],
    ['the same', settings('autopilot', all), settings('autopilot', all), []],
    ['a number before it is earned', settings('autopilot'), from(0.9), ['handoff.confidenceThreshold: earned → 0.9']],
    ['a lower number', from(0.9), from(0.8), ['handoff.confidenceThreshold: 0.9 → 0.8']],
    ['a higher number', from(0.8), from(0.9), []],
    ['what is earned, instead of a number', from(0.8), settings('autopilot'), []],
    ['no group', settings('autopilot', { intake: { defaultGroupId: 7 } }), settings('autopilot'), []],
  ];
  test.each(cases)('%s', (_what, before, after, lines) => {
    expect(widened(before, after)).toEqual(lines);
  });
});

describe('C6 who gets answered, in one line', () => {
  test.each([
    [
      settings('assist'),
      'drafts for people on email, web, phone; mirrored only on other. Tickets taken: those that are assigned to the AI agent.',
    ],
    [
      settings('autopilot', { ...all, percent: 20 }),
      'public replies where they are earned, else drafts, on email; drafts for people on web, phone; mirrored only on other. Tickets taken: those that are assigned to the AI agent, and 20 % of all others.',
    ],
    [
      from(0.6),
      'public replies on email; drafts for people on web, phone; mirrored only on other. Tickets taken: those that are assigned to the AI agent.',
    ],
    [
      settings('off', { intake: { defaultGroupId: 42, exclude: { groupIds: [], productIds: [], tags: ['vip'] } } }),
      'drafts for people on web, phone; mirrored only on email, other. Tickets taken: those that are assigned to the AI agent, and those in group 42 (less what intake.exclude names).',
    ],
  ])('%#', (given, words) => {
    expect(reachInWords(given)).toBe(words);
  });
});
