import { z } from 'zod';
import { EXAMPLE, oneOf, time } from './values.ts';

export const GAP_KINDS = ['nothing_found', 'not_sure', 'rejected'] as const;
export const GAP_STATES = ['open', 'addressed', 'dismissed'] as const;

export const gapsQuery = z.strictObject({
  state: oneOf(GAP_STATES).optional(),
  days: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(3_660, 'must be 3660 or less')
    .default(90)
    .meta({ description: 'Conversations of so many days' }),
});

const gapId = z
  .string('must be given as text')
  .regex(/^[0-9a-f]{32}$/, 'must be the id of a gap, as the list has it')
  .meta({ description: 'Its id, as the list has it', example: EXAMPLE.gap });

export const gapPatch = z.discriminatedUnion(
  'state',
  [
    z.strictObject({
      gap: gapId,
      state: z.literal('dismissed'),
      reason: z
        .string('must be given as text: why nobody means to fill it')
        .trim()
        .min(1, 'must not be empty')
        .max(500, 'must be 500 characters or less'),
    }),
    z.strictObject({ gap: gapId, state: z.literal('open') }),
  ],
  'must be dismissed, with a reason, or open',
);

const gap = z
  .object({
    id: z.string(),
    kind: z.enum(GAP_KINDS).meta({
      description:
        'Nothing was found; what was found was not sure enough; an answer was refused by a guard or left unused',
    }),
    subject: z.string().meta({ description: 'Subject area; empty where nothing was found' }),
    subjectKind: z.enum(['topic', 'article', 'group', 'none']),
    conversations: z.int(),
    firstSeenAt: time,
    lastSeenAt: time,
    examples: z
      .array(z.object({ session: z.uuid(), ticketId: z.int(), subject: z.string(), at: time }))
      .meta({ description: 'The newest that are still mirrored' }),
    state: z.enum(GAP_STATES).meta({
      description: 'addressed: the knowledge has changed since, and of what is asked again some would be answered now',
    }),
    reason: z.string().nullable().meta({ description: 'Why it was dismissed' }),
    askedAgain: z
      .object({ asked: z.int(), answered: z.int() })
      .nullable()
      .meta({ description: 'Of its examples, by the embedded engine; null while the knowledge has not changed since' }),
  })
  .meta({ id: 'Gap', description: 'What the knowledge lacks, by what people had to answer instead' });
export const gapList = z.object({ items: z.array(gap) });

export const GAP_EXAMPLE = { gap: EXAMPLE.gap, state: 'dismissed', reason: 'We do not sell these any more' } as const;

export type Gap = z.output<typeof gap>;
export type GapsQuery = z.output<typeof gapsQuery>;
export type GapPatch = z.output<typeof gapPatch>;
