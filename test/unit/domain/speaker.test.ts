import { expect, test } from '@jest/globals';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/domain/settings.ts';
import { speaker, type SpeakerFacts } from '../../../src/domain/speaker.ts';
import type { Mode } from '../../../src/domain/ticket.ts';

const facts: SpeakerFacts = {
  status: 'open',
  responder: 'none',
  channel: 'email',
  groupId: 7,
  admittedBy: 'assigned',
  aiWrote: true,
  personStepped: false,
  backfilled: false,
  erased: false,
  closure: null,
  closedBy: null,
  connectionActive: true,
  handoffRefused: null,
  reasons: null,
};

function on(
  mode: Mode,
  changes: { intake?: Partial<Settings['intake']>; whenHumanOwned?: true; paused?: true } = {},
): Settings {
  const { channels, intake, assist } = DEFAULT_SETTINGS;
  return {
    ...DEFAULT_SETTINGS,
    channels: { ...channels, email: { ...channels.email, mode } },
    intake: { ...intake, ...changes.intake },
    assist: { ...assist, whenHumanOwned: changes.whenHumanOwned === true },
    paused: changes.paused === true,
  };
}

const auto = { intake: { autoHandleAll: true } };

test.each<[what: string, given: Partial<SpeakerFacts>, settings: Settings, who: string, rule: string, words: RegExp]>([
  [
    'assigned to the AI, whose public answers are earned (N11)',
    { responder: 'ai' },
    on('autopilot'),
    'ai',
    'E4',
    /replies in public where that is earned, else drafts: the ticket is assigned to it/,
  ],
  [
    'assigned to the AI, by a number of the operator',
    { responder: 'ai' },
    { ...on('autopilot'), handoff: { ...DEFAULT_SETTINGS.handoff, confidenceThreshold: 0.6 } },
    'ai',
    'E4',
    /replies in public: the ticket is assigned to it/,
  ],
  ['assigned to the AI, in assist', { responder: 'ai' }, on('assist'), 'ai', 'E4', /drafts for people: .* in assist/],
  ['unassigned, in assist', {}, on('assist'), 'ai', 'E7', /drafts for people: e-mail is in assist/],
  ['unassigned, taken unasked', {}, on('autopilot', auto), 'ai', 'E6', /autoHandleAll takes every ticket/],
  ['in the default group', {}, on('autopilot', { intake: { defaultGroupId: 7 } }), 'ai', 'E6', /in the group/],
  ['not given to it', {}, on('autopilot'), 'people', 'E6', /was not given to the AI: .*autoHandleAll is off/],
  ['in another group', {}, on('autopilot', { intake: { defaultGroupId: 8 } }), 'people', 'E6', /not in group 8/],
  ['a person has it', { responder: 'person' }, on('autopilot'), 'people', 'E4', /^A person has the ticket/],
  ['a person has it, in assist', { responder: 'person' }, on('assist'), 'people', 'E4', /assist\.whenHumanOwned\.$/],
  [
    'drafted for a person',
    { responder: 'person' },
    on('assist', { whenHumanOwned: true }),
    'ai',
    'E7',
    /drafts for them/,
  ],
  [
    'assigned by a rule of the account',
    { responder: 'person', admittedBy: 'auto_handle', aiWrote: false },
    on('autopilot', auto),
    'ai',
    'E5',
    /does not silence it/,
  ],
  [
    'handed over',
    { status: 'handed_off', reasons: ['low_confidence'] },
    on('autopilot', auto),
    'people',
    'E6',
    /\(low confidence\)/,
  ],
  ['taken by a reply', { status: 'handed_off' }, on('autopilot', auto), 'people', 'E6', /a person has replied/],
  ['a channel that is off', { responder: 'ai' }, on('off'), 'people', 'E7', /only mirrored/],
  ['a pause', { responder: 'ai' }, on('autopilot', { paused: true }), 'people', 'E12', /paused\. "resume"/],
  ['a pause, of people', { responder: 'person' }, on('autopilot', { paused: true }), 'people', 'E4', /^A person/],
  ['a broken key', { responder: 'ai', connectionActive: false }, on('autopilot'), 'people', 'C8', /refuses the key/],
  ['a refused handoff', { responder: 'ai', handoffRefused: 'cf_x' }, on('autopilot'), 'people', 'H4', /asks for cf_x/],
  [
    'resolved',
    { status: 'closed_resolved', closedBy: 'ai', closure: 'resolved' },
    on('autopilot'),
    'people',
    'S1',
    /customer said so/,
  ],
  ['spam', { status: 'closed_unresolved', closure: 'spam' }, on('autopilot'), 'people', 'S3', /spam in Freshdesk/],
  ['erased', { status: 'closed_unresolved', erased: true }, on('autopilot'), 'people', 'E2', /was erased/],
  [
    'mirrored by the backfill, and not taken since',
    { admittedBy: 'backfill', backfilled: true, aiWrote: false },
    on('autopilot'),
    'people',
    'E2',
    /on autopilot, but .* mirrored only: it is not assigned to the AI agent, and intake\.autoHandleAll is off\.$/,
  ],
  [
    'backfilled',
    { responder: 'ai', backfilled: true },
    on('autopilot'),
    'ai',
    'E4',
    /before the account was connected is not/,
  ],
])('A9 who speaks, in a sentence: %s', (_what, given, settings, who, rule, words) => {
  const found = speaker({ ...facts, ...given }, settings);
  expect(found).toEqual({ who, rule, words: expect.stringMatching(words) });
  expect(found.words).toMatch(/^[A-Z].*\.$/);
});
