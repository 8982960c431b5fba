import { expect, test } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';

/** As people outside the project know them. */
const DEFAULTS = {
  intake: {
    autoHandleAll: false,
    defaultGroupId: null,
    onReassign: 'next_message',
    maxAnswerAgeHours: 24,
    exclude: { groupIds: [], productIds: [], tags: [] },
  },
  rollout: { percent: 100 },
  channels: {
    email: {
      mode: 'assist',
      firstReplyDelaySeconds: 30,
      burstSeconds: 8,
      autoResolveAfterHours: 72,
      greeting: null,
      signature: null,
      disclosure: null,
      handoffMessage: null,
    },
    web: {
      mode: 'assist',
      firstReplyDelaySeconds: 4,
      burstSeconds: 2,
      autoResolveAfterHours: 24,
      greeting: null,
      signature: null,
      disclosure: null,
      handoffMessage: null,
    },
    phone: {
      mode: 'assist',
      firstReplyDelaySeconds: 30,
      burstSeconds: 8,
      autoResolveAfterHours: 72,
      greeting: null,
      signature: null,
      disclosure: null,
      handoffMessage: null,
    },
    other: {
      mode: 'off',
      firstReplyDelaySeconds: 30,
      burstSeconds: 8,
      autoResolveAfterHours: 72,
      greeting: null,
      signature: null,
      disclosure: null,
      handoffMessage: null,
    },
  },
  reply: { statusAfterReply: null, cc: 'keep', allowedLinkHosts: [], wording: 'quotes', inboxLink: true },
  assist: { footer: 'Drafted by OpenCX AI. Review before sending.', whenHumanOwned: false },
  handoff: {
    routing: { kind: 'unassign' },
    topics: { allow: [], deny: [] },
    confidenceThreshold: 'earned',
    triggers: { explicitRequest: true, frustration: true, lowConfidence: true },
    officeHours: null,
  },
  autopilot: { sampleShare: 0.1 },
  autoResolve: true,
  limits: {
    repliesPerTicketPerHour: 6,
    repliesPerTicketPerDay: 20,
    repliesPerRequesterPerDay: 40,
    repliesPerConnectionPerHour: 600,
  },
  blocklist: { emails: [], domains: [] },
  attachments: { maxFileBytes: 20971520, maxTicketBytes: 104857600 },
  ai: { dailyTokenBudget: null, dailyMoneyBudget: null },
  backfill: { rateShare: 0.5 },
  reconcile: { everySeconds: 300 },
  reports: { returnWindowDays: 7, minutesPerTicket: null },
  retention: { closedSessionsDays: null },
  paused: false,
};

test('C7 a new connection has the documented defaults: nothing reaches a customer until someone chooses autopilot', () => {
  expect(DEFAULT_SETTINGS).toEqual(DEFAULTS);
});
