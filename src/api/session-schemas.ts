import { z } from 'zod';
import { isUuid } from '../db/paging.ts';
import { normalEmail } from '../domain/contact.ts';
import { EXAMPLE, time } from './document.ts';

const text = z.string('is given more than once').min(1, 'must not be empty');
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`);
const STATUSES = ['open', 'handed_off', 'closed_resolved', 'closed_unresolved'] as const;
const OWNERS = ['ai', 'human', 'none'] as const;
const CHANNELS = ['email', 'web', 'phone', 'other'] as const;

const paging = {
  cursor: text.optional().meta({ description: '`nextCursor` of the page before' }),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(200, 'must be 200 or less')
    .default(50),
};
export const pageQuery = z.strictObject(paging);
export const sessionsQuery = z.strictObject({
  ...paging,
  connection: text.optional(),
  status: oneOf(STATUSES).optional(),
  owner: oneOf(OWNERS).optional(),
  channel: oneOf(CHANNELS).optional(),
  tag: text.optional(),
  contact: text
    .refine(isContact, 'must be the id of a contact or an e-mail address')
    .optional()
    .meta({ description: 'The id of a contact, or an e-mail address' }),
  ticketId: text
    .regex(/^[1-9]\d{0,15}$/, 'must be a ticket id')
    .transform(Number)
    .pipe(z.int('must be a ticket id'))
    .optional()
    .meta({ example: EXAMPLE.ticketId }),
  updatedSince: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-01-31T08:00:00Z' })
    .transform((since) => new Date(since))
    .optional(),
});

function isContact(who: string): boolean {
  return isUuid(who) || normalEmail(who) !== null;
}

export const sessionParams = z.object({
  id: z.string().meta({ description: 'The id of the session', example: EXAMPLE.session }),
});

const session = z
  .object({
    id: z.uuid(),
    connection: z.string(),
    ticketId: z.int(),
    status: z.enum(STATUSES),
    owner: z.enum(OWNERS).meta({ description: 'Whom the ticket is assigned to' }),
    channel: z.enum(CHANNELS),
    mode: z.enum(['autopilot', 'assist', 'off']).meta({ description: 'Of the channel, by the present settings' }),
    subject: z.string(),
    language: z.string().nullable().meta({ description: 'ISO 639-1' }),
    sentiment: z.string().nullable(),
    tags: z.array(z.string()),
    contact: z
      .object({
        id: z.uuid(),
        name: z.string().nullable(),
        email: z.string().nullable(),
        phone: z.string().nullable(),
      })
      .nullable(),
    closure: z.string().nullable(),
    closedBy: z.string().nullable(),
    backfilled: z.boolean(),
    coveredThrough: z
      .string()
      .nullable()
      .meta({ description: '`freshdeskId` of the newest customer message that a turn has taken into account' }),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Session', description: 'Our mirror of one ticket' });

export const sessionDetail = session
  .extend({
    handoffs: z.array(
      z.object({
        at: time,
        reasons: z.array(z.string()),
        summary: z.string(),
        sentiment: z.string().nullable(),
        language: z.string().nullable(),
        routing: z.record(z.string(), z.unknown()).meta({ description: 'Where the ticket went' }),
      }),
    ),
    turns: z.array(
      z.object({
        at: time,
        rule: z.string().meta({ description: 'The rule that made the turn' }),
        outcome: z.string(),
        confidence: z.number().nullable(),
        topic: z.string().nullable(),
        sources: z.array(z.object({ title: z.string() })),
        engine: z.string(),
        ms: z.int(),
        attachments: z
          .array(
            z.object({
              name: z.string(),
              size: z.int(),
              outcome: z.enum(['attached', 'left_out']),
              why: z.enum(['too_large', 'refused', 'no_answer', 'storage']).optional(),
            }),
          )
          .optional()
          .meta({ description: "The cited articles' files; left out when they have none" }),
      }),
    ),
    drafts: z.array(
      z.object({
        at: time,
        fate: z.string().nullable().meta({ description: 'null until it is known' }),
        distance: z.number().nullable().meta({ description: "How far a person's reply is from the draft, 0 to 1" }),
      }),
    ),
  })
  .meta({ id: 'SessionDetail', description: 'A session with what was decided on it' });

const message = z
  .object({
    freshdeskId: z.string().meta({ description: '`ticket:<id>` for the description, else `conversation:<id>`' }),
    author: z.enum(['customer', 'ai', 'agent', 'system']),
    visibility: z.enum(['public', 'private']),
    text: z.string().meta({ description: 'Without quoted history and signature' }),
    html: z.string().meta({ description: 'Sanitised' }),
    attachments: z.array(
      z.object({
        id: z.uuid(),
        name: z.string(),
        contentType: z.string(),
        size: z.int(),
        status: z.enum(['pending', 'stored', 'refused', 'failed']).meta({ description: 'What became of the copy' }),
        reason: z.string().optional().meta({ description: 'Why there is no copy' }),
      }),
    ),
    createdAt: time,
  })
  .meta({ id: 'Message', description: 'One entry of the thread' });

const pageOf = (item: z.ZodType) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export const sessionPage = pageOf(session);
export const messagePage = pageOf(message);
