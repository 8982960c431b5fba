import { expect, test } from '@jest/globals';
import {
  InvalidSettings,
  mergeSettings,
  parseStoredSettings,
  type SettingsProblem,
} from '../../../src/db/connections/settings.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';

function problemsOf(patch: unknown, stored: unknown = {}): readonly SettingsProblem[] {
  try {
    mergeSettings(stored, patch);
    return [];
  } catch (error) {
    if (error instanceof InvalidSettings) return error.problems;
    throw error;
  }
}
const pathsOf = (patch: unknown) => problemsOf(patch).map(({ path }) => path);

const hours = {
  timezone: 'Europe/Berlin',
  outside: 'handoff',
  shifts: [{ days: ['monday'], start: '09:00', end: '17:30' }],
  holidays: ['2026-12-25'],
};

test('C7 nothing stored is the defaults, and they are valid', () => {
  expect(parseStoredSettings({})).toEqual(DEFAULT_SETTINGS);
  expect(mergeSettings({}, DEFAULT_SETTINGS).settings).toEqual(DEFAULT_SETTINGS);
});

test('a patch merges deeply, and only what was set is stored', () => {
  const first = mergeSettings({}, { channels: { email: { mode: 'autopilot' } } });
  const second = mergeSettings(first.stored, { channels: { email: { greeting: 'Hi' }, web: { mode: 'off' } } });
  expect(second.stored).toEqual({ channels: { email: { mode: 'autopilot', greeting: 'Hi' }, web: { mode: 'off' } } });
  expect(second.settings.channels.email).toEqual({
    ...DEFAULT_SETTINGS.channels.email,
    mode: 'autopilot',
    greeting: 'Hi',
  });
  expect(second.settings.channels.phone).toEqual(DEFAULT_SETTINGS.channels.phone);
});

test('arrays and routing are replaced as a whole', () => {
  const { stored } = mergeSettings(
    {},
    { blocklist: { domains: ['a.example', 'b.example'] }, handoff: { routing: { kind: 'agent', agentId: 4 } } },
  );
  const { settings } = mergeSettings(stored, {
    blocklist: { domains: ['c.example'] },
    handoff: { routing: { kind: 'group', groupId: 5 } },
  });
  expect(settings.blocklist.domains).toEqual(['c.example']);
  expect(settings.handoff.routing).toEqual({ kind: 'group', groupId: 5 });
});

test('null switches a text off, and office hours', () => {
  const { stored } = mergeSettings({}, { handoff: { officeHours: hours } });
  const { settings } = mergeSettings(stored, { assist: { footer: null }, handoff: { officeHours: null } });
  expect(settings.assist.footer).toBeNull();
  expect(settings.handoff.officeHours).toBeNull();
});

test('office hours once set are merged like any object, and must be whole the first time', () => {
  const { stored } = mergeSettings({}, { handoff: { officeHours: hours } });
  expect(
    mergeSettings(stored, { handoff: { officeHours: { outside: 'answer' } } }).settings.handoff.officeHours,
  ).toEqual({ ...hours, outside: 'answer' });
  expect(pathsOf({ handoff: { officeHours: { outside: 'answer' } } })).toEqual([
    'handoff.officeHours.timezone',
    'handoff.officeHours.shifts',
    'handoff.officeHours.holidays',
  ]);
});

test('unknown keys are refused by name, with those that are known there', () => {
  expect(problemsOf({ channels: { emial: { mode: 'assist' } } })).toEqual([
    {
      path: 'channels.emial',
      message: 'is not a setting; known here: email, web, phone, other. Did you mean "email"?',
    },
  ]);
  expect(
    pathsOf({ nope: 1, handoff: { triggers: { rage: true } }, channels: { web: { color: 1 } } }).toSorted(),
  ).toEqual(['channels.web.color', 'handoff.triggers.rage', 'nope']);
  expect(pathsOf(JSON.parse('{"__proto__":{"paused":true},"constructor":1}')).toSorted()).toEqual([
    '__proto__',
    'constructor',
  ]);
});

test('all problems are reported at once', () => {
  const paths = pathsOf({
    paused: 'yes',
    rollout: { percent: 101 },
    nope: 1,
    channels: { email: { mode: 'x', burstSeconds: -1 } },
  });
  expect(paths.toSorted()).toEqual([
    'channels.email.burstSeconds',
    'channels.email.mode',
    'nope',
    'paused',
    'rollout.percent',
  ]);
});

test.each([
  ['rollout.percent', { rollout: { percent: -1 } }],
  ['rollout.percent', { rollout: { percent: 100.5 } }],
  ['handoff.confidenceThreshold', { handoff: { confidenceThreshold: 1.01 } }],
  ['channels.email.firstReplyDelaySeconds', { channels: { email: { firstReplyDelaySeconds: -0.1 } } }],
  ['channels.email.firstReplyDelaySeconds', { channels: { email: { firstReplyDelaySeconds: 1e300 } } }],
  ['channels.email.autoResolveAfterHours', { channels: { email: { autoResolveAfterHours: '72' } } }],
  ['channels.email.greeting', { channels: { email: { greeting: '' } } }],
  ['channels.email.greeting', { channels: { email: { greeting: 'a\0b' } } }],
  ['channels.email.greeting', { channels: { email: { greeting: '\ud800' } } }],
  ['channels.email', { channels: { email: 'autopilot' } }],
  ['channels.email', { channels: { email: null } }],
  ['channels', { channels: [] }],
  ['intake.defaultGroupId', { intake: { defaultGroupId: 1.5 } }],
  ['intake.defaultGroupId', { intake: { defaultGroupId: 2 ** 53 } }],
  ['intake.exclude.tags.0', { intake: { exclude: { tags: [' '] } } }],
  ['intake.exclude.groupIds.1', { intake: { exclude: { groupIds: [1, 'two'] } } }],
  ['limits.repliesPerTicketPerHour', { limits: { repliesPerTicketPerHour: 1.5 } }],
  ['backfill.rateShare', { backfill: { rateShare: 0 } }],
  ['reply.allowedLinkHosts.0', { reply: { allowedLinkHosts: ['https://help.acme.example/'] } }],
  ['blocklist.emails.0', { blocklist: { emails: ['acme.example'] } }],
  ['handoff.routing', { handoff: { routing: null } }],
  ['handoff.routing.kind', { handoff: { routing: { kind: 'skill' } } }],
  ['handoff.routing.agentId', { handoff: { routing: { kind: 'agent' } } }],
  ['handoff.routing.groupId', { handoff: { routing: { kind: 'group', groupId: 0 } } }],
  ['handoff.routing.agentId', { handoff: { routing: { kind: 'group', groupId: 1, agentId: 2 } } }],
  ['handoff.officeHours.timezone', { handoff: { officeHours: { ...hours, timezone: 'Europe/Atlantis' } } }],
  ['handoff.officeHours.timezone', { handoff: { officeHours: { ...hours, timezone: '+02:00' } } }],
  ['handoff.officeHours.holidays.0', { handoff: { officeHours: { ...hours, holidays: ['2026-02-30'] } } }],
  [
    'handoff.officeHours.shifts.0.days',
    { handoff: { officeHours: { ...hours, shifts: [{ days: [], start: '09:00', end: '10:00' }] } } },
  ],
  [
    'handoff.officeHours.shifts.0.start',
    { handoff: { officeHours: { ...hours, shifts: [{ days: ['monday'], start: '00:60', end: '10:00' }] } } },
  ],
  [
    'handoff.officeHours.shifts.0.end',
    { handoff: { officeHours: { ...hours, shifts: [{ days: ['monday'], start: '09:00', end: '25:00' }] } } },
  ],
  [
    'handoff.officeHours.shifts.0.end',
    { handoff: { officeHours: { ...hours, shifts: [{ days: ['monday'], start: '22:00', end: '06:00' }] } } },
  ],
])('refused: %s', (path, patch) => {
  expect(pathsOf(patch)).toEqual([path]);
});

test.each([
  [
    'zero seconds',
    { channels: { email: { firstReplyDelaySeconds: 0, burstSeconds: 0.25, autoResolveAfterHours: 0.001 } } },
  ],
  ['an age of zero', { intake: { maxAnswerAgeHours: 0 } }],
  ['both ends of a share', { rollout: { percent: 0 }, handoff: { confidenceThreshold: 1 } }],
  [
    'a shift until midnight',
    { handoff: { officeHours: { ...hours, shifts: [{ days: ['monday'], start: '00:00', end: '24:00' }] } } },
  ],
  ['no shift at all', { handoff: { officeHours: { ...hours, shifts: [] } } }],
  ['emoji', { channels: { web: { greeting: 'Hi 👋' } } }],
  ['an empty patch', {}],
])('accepted: %s', (_name, patch) => {
  expect(problemsOf(patch)).toEqual([]);
});

test.each([[null], [5], ['paused'], [[]]])('a patch must be an object: %j', (patch) => {
  expect(problemsOf(patch)).toEqual([{ path: '', message: 'settings must be a JSON object' }]);
});

test('what a later version stored does not stop an earlier one, but a value it cannot use does', () => {
  const later = { paused: true, novelty: { level: 3 }, channels: { fax: {}, email: { mode: 'off', font: 'serif' } } };
  expect(parseStoredSettings(later)).toMatchObject({ paused: true, channels: { email: { mode: 'off' } } });
  expect(() => parseStoredSettings({ channels: { email: { mode: 'telepathy' } } })).toThrow(InvalidSettings);
});
