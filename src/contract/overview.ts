import { z } from 'zod';
import { backfillView } from './backfills.ts';
import { outcomesReport } from './reports.ts';
import { isTimeZone } from './settings.ts';
import { CHANNELS } from './sessions.ts';
import { text, time } from './values.ts';

export const overviewQuery = z.strictObject({
  connection: text.optional(),
  zone: text
    .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')
    .default('UTC')
    .meta({ description: 'In which days begin and end' }),
});

export const STEPS = ['key', 'rules', 'knowledge', 'drafts_on', 'drafts_closed', 'autopilot'] as const;

export const earnedView = z
  .object({
    threshold: z
      .number()
      .nullable()
      .meta({ description: 'From which confidence on answers are public; null: none are' }),
    since: time.nullable().meta({ description: 'Since it opened or closed; null: it never was open' }),
    graded: z.int().meta({ description: 'Graded answers that count' }),
    needed: z.int(),
    at: z.object({ threshold: z.number(), graded: z.int(), wrong: z.int() }).nullable().meta({
      description: 'How many of the graded are wrong at the threshold, or at the one that is nearest to be earned',
    }),
    words: z.string(),
  })
  .meta({ id: 'Earned', description: 'How far public answers are earned' });

const backlog = z.object({ tickets: z.int(), oldestSince: time.nullable() });

const state = z
  .object({
    connection: z.string(),
    domain: z.string(),
    state: z.enum(['active', 'broken']),
    stateReason: z.string().nullable(),
    paused: z.boolean(),
    modes: z.record(z.enum(CHANNELS), z.enum(['autopilot', 'assist', 'off'])),
    rolloutPercent: z.number(),
    autoHandleAll: z.boolean(),
    lastWebhookAt: time.nullable(),
    earned: earnedView.nullable().meta({ description: 'null: the confidence is a number of the operator' }),
    backfill: backfillView.nullable().meta({ description: 'Under way, running or paused' }),
    steps: z
      .array(z.object({ step: z.enum(STEPS), done: z.boolean(), reached: z.int(), of: z.int() }))
      .meta({ description: 'From the key to autopilot, in order' }),
  })
  .meta({ id: 'ConnectionOverview' });

export const overview = z
  .object({
    asOf: time,
    waiting: backlog.meta({ description: 'For the AI' }),
    held: backlog.meta({ description: 'By a pause or a broken key' }),
    drafts: backlog.meta({ description: 'That no person has replied after' }),
    outcomes: outcomesReport.meta({ description: 'Of the last 7 days, beside the 7 before' }),
    connections: z.array(state),
  })
  .meta({ id: 'Overview', description: 'How things stand' });

export type Overview = z.output<typeof overview>;
export type OverviewQuery = z.output<typeof overviewQuery>;
