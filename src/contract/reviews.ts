import { z } from 'zod';
import { CHANNELS } from './sessions.ts';
import { EXAMPLE, oneOf, queryTime, text, time } from './values.ts';

export const GRADES = ['good', 'acceptable', 'poor'] as const;
const FATES = ['sent', 'edited', 'ignored', 'superseded'] as const;

export const turnParams = z.object({
  id: z.string().meta({ description: 'The id of the turn', example: EXAMPLE.turn }),
});

export const reviewBody = z.strictObject({
  grade: z.enum(GRADES, `must be one of ${GRADES.join(', ')}`),
  harmful: z.boolean('must be true or false').default(false).meta({ description: 'It would have done harm' }),
  note: z.string('must be given as text').trim().max(2_000, 'must be 2000 characters or less').nullable().default(null),
});

export const review = z
  .object({
    grade: z.enum(GRADES),
    harmful: z.boolean(),
    note: z.string().nullable(),
    who: z.string(),
    at: time,
  })
  .meta({ id: 'Review', description: 'What a person of the desk thinks of what the AI said' });

export const graded = review
  .extend({
    turnId: z.uuid(),
    replaced: z.enum(GRADES).nullable().meta({ description: 'The grade that stood there before; null: none' }),
  })
  .meta({ id: 'GradedTurn' });

export const reviewQueueQuery = z.strictObject({
  connection: text.optional(),
  channel: oneOf(CHANNELS).optional(),
  mode: oneOf(['autopilot', 'assist']).optional(),
  from: queryTime
    .optional()
    .meta({ description: 'The turn was made at that time or later; 28 days ago where left out' }),
  order: oneOf(['random', 'worst']).default('random'),
  seed: text
    .max(100, 'must be 100 characters or less')
    .default('1')
    .meta({ description: 'The same seed gives the same random order' }),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(100, 'must be 100 or less')
    .default(20),
});

const queued = z
  .object({
    turnId: z.uuid(),
    session: z.uuid(),
    connection: z.string(),
    ticketId: z.int(),
    at: time,
    channel: z.enum(CHANNELS),
    mode: z.string(),
    outcome: z.string(),
    question: z.array(z.string()).meta({ description: 'The messages it answers, clean text, oldest first' }),
    html: z.string().meta({ description: 'What the AI said' }),
    personHtml: z.string().nullable().meta({ description: 'What the person sent instead of the draft, or of it' }),
    fate: z.enum(FATES).nullable(),
    distance: z.number().nullable(),
    confidence: z.number().nullable(),
    threshold: z.number().nullable(),
    sources: z.array(z.object({ title: z.string(), articleId: z.string().nullable() })),
  })
  .meta({ id: 'QueuedTurn', description: 'What the AI said, for a person to grade' });

export const reviewQueue = z
  .object({ items: z.array(queued), left: z.int().meta({ description: 'Not graded yet, these included' }) })
  .meta({ id: 'ReviewQueue' });

export type ReviewBody = z.output<typeof reviewBody>;
export type ReviewView = z.output<typeof graded>;
export type ReviewQueueQuery = z.output<typeof reviewQueueQuery>;
export type ReviewQueue = z.output<typeof reviewQueue>;
