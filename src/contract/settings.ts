import { z } from 'zod';
import type { Settings } from '../domain/settings.ts';

const amount = (most: number, unit: string) =>
  z
    .number(`must be a number of ${unit}`)
    .min(0, `must be 0 ${unit} or more`)
    .max(most, `must be ${most} ${unit} or less`);
/** Fractions and zero are welcome; the upper bounds keep dates and timers within what they can hold. */
const seconds = amount(86_400, 'seconds');
const hours = amount(87_600, 'hours');
const count = z.int('must be a whole number').min(0, 'must be 0 or more');
const share = z.number('must be a number from 0 to 1').min(0, 'must be 0 or more').max(1, 'must be 1 or less');
const freshdeskId = z.int('must be a Freshdesk id, a whole number').positive('must be a Freshdesk id, 1 or more');
const flag = z.boolean('must be true or false');
/** PostgreSQL's JSON holds neither. */
const storable = (value: string) => value.isWellFormed() && !value.includes('\0');
const line = z
  .string('must be a text')
  .refine(storable, 'must not hold a NUL or half a character')
  .trim()
  .min(1, 'must not be empty')
  .max(500, 'must be 500 characters or less');
const text = z
  .string('must be a text, or null to switch it off')
  .refine(storable, 'must not hold a NUL or half a character')
  .min(1, 'must not be empty; null switches it off')
  .max(5_000, 'must be 5000 characters or less')
  .nullable();
const host = line.regex(
  /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i,
  'must be a host name such as help.example.com, without https:// or a path',
);
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);
const object = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : 'must be an object') });

const channel = object({
  mode: oneOf(['autopilot', 'assist', 'off']),
  firstReplyDelaySeconds: seconds,
  burstSeconds: seconds,
  autoResolveAfterHours: hours,
  greeting: text,
  signature: text,
  disclosure: text,
  handoffMessage: text,
});

const routing = z.discriminatedUnion(
  'kind',
  [
    object({ kind: z.literal('unassign') }),
    object({ kind: z.literal('unassign_with_marker') }),
    object({ kind: z.literal('agent'), agentId: freshdeskId }),
    object({ kind: z.literal('group'), groupId: freshdeskId }),
  ],
  'must be one of unassign, unassign_with_marker, agent (with agentId), group (with groupId)',
);

const day = oneOf(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);
const startTime = z.string('must be HH:MM').regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM, from 00:00 to 23:59');
const endTime = z.string('must be HH:MM').regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be HH:MM, up to 24:00');

const officeHours = object({
  timezone: z.string('must be an IANA time zone').refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin'),
  outside: oneOf(['answer', 'handoff']),
  shifts: z.array(
    object({
      days: z.array(day, 'must be a list such as ["monday"]').min(1, 'must name a day'),
      start: startTime,
      end: endTime,
    }).refine(({ start, end }) => start < end, {
      path: ['end'],
      message: 'must be after start; write a night as two shifts, up to 24:00 and from 00:00',
    }),
    'must be a list such as [{"days":["monday"],"start":"09:00","end":"17:30"}]',
  ),
  holidays: z.array(
    z.string('must be a date').refine(isDate, 'must be a date such as 2026-12-25'),
    'must be a list such as ["2026-12-25"]',
  ),
});

/** Every setting, complete and nothing else; each message goes behind the setting's path. */
export const settingsSchema: z.ZodType<Settings, Settings> = object({
  intake: object({
    autoHandleAll: flag,
    defaultGroupId: freshdeskId.nullable(),
    onReassign: oneOf(['next_message', 'waiting']),
    maxAnswerAgeHours: hours,
    exclude: object({
      groupIds: list(freshdeskId, '[42]'),
      productIds: list(freshdeskId, '[42]'),
      tags: list(line, '["vip"]'),
    }),
  }),
  rollout: object({
    percent: z.number('must be a number from 0 to 100').min(0, 'must be 0 or more').max(100, 'must be 100 or less'),
  }),
  channels: object({ email: channel, web: channel, phone: channel, other: channel }),
  reply: object({
    statusAfterReply: z
      .int('must be the number of a ticket status')
      .positive('must be the number of a ticket status')
      .nullable(),
    cc: oneOf(['keep', 'none']),
    allowedLinkHosts: list(host, '["help.example.com"]'),
    wording: oneOf(['quotes', 'free']),
    inboxLink: flag,
  }),
  assist: object({ footer: text, whenHumanOwned: flag }),
  handoff: object({
    routing,
    topics: object({ allow: list(line, '["returns"]'), deny: list(line, '["refunds"]') }),
    confidenceThreshold: z.union([share, z.literal('earned')], { error: 'must be a number from 0 to 1, or "earned"' }),
    triggers: object({ explicitRequest: flag, frustration: flag, lowConfidence: flag }),
    officeHours: officeHours.nullable(),
  }),
  autopilot: object({ sampleShare: share }),
  autoResolve: flag,
  limits: object({
    repliesPerTicketPerHour: count,
    repliesPerTicketPerDay: count,
    repliesPerRequesterPerDay: count,
    repliesPerConnectionPerHour: count,
  }),
  blocklist: object({
    emails: list(line.regex(/^[^@\s]+@[^@\s]+$/, 'must be an e-mail address'), '["shop@spam.example"]'),
    domains: list(host, '["spam.example"]'),
  }),
  attachments: object({ maxFileBytes: count, maxTicketBytes: count }),
  ai: object({
    dailyTokenBudget: count.nullable(),
    dailyMoneyBudget: z.number('must be a number').min(0, 'must be 0 or more').nullable(),
  }),
  backfill: object({
    rateShare: z.number('must be a number above 0, up to 1').gt(0, 'must be above 0').max(1, 'must be 1 or less'),
  }),
  reconcile: object({ everySeconds: seconds }),
  reports: object({
    returnWindowDays: amount(365, 'days').min(1, 'must be 1 day or more'),
    minutesPerTicket: amount(10_000, 'minutes').nullable(),
  }),
  retention: object({ closedSessionsDays: amount(36_500, 'days').nullable() }),
  paused: flag,
});

function list<T extends z.ZodType>(item: T, example: string) {
  return z.array(item, `must be a list such as ${example}`).max(1_000, 'must have 1000 entries or less');
}

export function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 are accepted by Intl, but know no daylight saving.
  if (!/^[a-z]/i.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
