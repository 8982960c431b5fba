import { z } from 'zod';

/** ISO 8601 in UTC on the wire, a Date in the program. */
export const time = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (at) => at.toISOString(),
});

/** A time in a query, of any zone. */
export const queryTime = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-01-31T08:00:00Z' })
  .transform((at) => new Date(at))
  .refine((at) => at.getUTCFullYear() >= 1970 && at.getUTCFullYear() < 10_000, 'must be a time from 1970 to 9999');

/** One parameter of a query. */
export const text = z.string('is given more than once').min(1, 'must not be empty');

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);

/** Presence alone is no answer: `waiting=true`. */
export const queryFlag = oneOf(['true', 'false']).transform((value) => value === 'true');

/** A Freshdesk id in a query. */
export const queryId = text
  .regex(/^[1-9]\d{0,15}$/, 'must be a Freshdesk id, a whole number')
  .transform(Number)
  .pipe(z.int('must be a Freshdesk id, a whole number'));

export const paging = {
  cursor: text.optional().meta({ description: '`nextCursor` of the page before' }),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(200, 'must be 200 or less')
    .default(50),
};
export const pageQuery = z.strictObject(paging);

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** What the examples of the document speak of; the test of the document makes exactly these. */
export const EXAMPLE = {
  connection: 'default',
  newConnection: 'shop',
  session: '01980000-0000-7000-8000-000000000001',
  ticketId: '42',
  attachment: '01980000-0000-7000-8000-000000000002',
  turn: '01980000-0000-7000-8000-000000000004',
  gap: '6f1ed002ab5595859014ebf0951522d9',
  article: '01980000-0000-7000-8000-000000000003',
} as const;

export const connectionParams = z.object({
  id: z.string().meta({ description: 'The id of the connection', example: EXAMPLE.connection }),
});

export const attachmentParams = z.object({
  id: z.string().meta({ description: 'The id of the attachment', example: EXAMPLE.attachment }),
});

export const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What is wrong, and what to do' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong with which part of the request' }),
    reason: z.string().optional().meta({ description: 'For programs: why, as one word' }),
    requestId: z.string().meta({ description: 'What the log has this request under' }),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });
