import { z } from 'zod';
import { DEFAULT_DAYS, MOST_DAYS } from '../domain/backfill.ts';
import { time } from './values.ts';

export const backfillStart = z.strictObject({
  days: z
    .int('must be a whole number of days')
    .min(1, 'must be 1 or more')
    .max(MOST_DAYS, `must be ${MOST_DAYS} or less`)
    .default(DEFAULT_DAYS),
  dryRun: z.boolean('must be true or false').default(false),
});

export const backfillChange = z.strictObject({
  state: z.enum(['paused', 'running'], 'must be "paused" or "running"'),
});

export const backfillView = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'paused', 'completed', 'failed']),
    found: z.int().meta({ description: 'Tickets, without those that exclusions keep out' }),
    done: z.int(),
    failed: z.int(),
    ratePerMinute: z.number(),
    etaSeconds: z.number().nullable().meta({ description: 'null while nothing can be said' }),
    startedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: 'Backfill', description: 'How far a backfill is' });

export const backfillList = z.object({ items: z.array(backfillView) });
