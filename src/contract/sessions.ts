import { z } from 'zod';
import { normalEmail } from '../domain/contact.ts';
import { DECISION_KINDS } from '../domain/decision-line.ts';
import { OUTCOMES } from '../domain/episode.ts';
import { HANDOFF_REASONS } from '../domain/handoff.ts';
import { EXAMPLE, oneOf, pageOf, paging, queryFlag, queryId, queryTime, text, time } from './values.ts';

const STATUSES = ['open', 'handed_off', 'closed_resolved', 'closed_unresolved'] as const;
const OWNERS = ['ai', 'human', 'none'] as const;
export const CHANNELS = ['email', 'web', 'phone', 'other'] as const;
const FATES = ['sent', 'edited', 'ignored', 'superseded'] as const;
const SORTS = ['changed', 'unchanged', 'began', 'waiting'] as const;

/** Of the list and of its counts. */
const filters = {
  connection: text.optional(),
  status: oneOf(STATUSES).optional(),
  owner: oneOf(OWNERS).optional(),
  channel: oneOf(CHANNELS).optional(),
  tag: text.optional(),
  group: queryId.optional().meta({ description: 'The id of the group in Freshdesk' }),
  contact: text
    .refine(isContact, 'must be the id of a contact or an e-mail address')
    .optional()
    .meta({ description: 'The id of a contact, or an e-mail address' }),
  ticketId: queryId.optional().meta({ example: EXAMPLE.ticketId }),
  reason: oneOf(HANDOFF_REASONS)
    .optional()
    .meta({ description: 'Handed off for that reason in the present conversation' }),
  outcome: oneOf(OUTCOMES)
    .optional()
    .meta({ description: 'What the present conversation has come to, as the reports tell it' }),
  draft: oneOf(['open', ...FATES])
    .optional()
    .meta({ description: 'A draft of the present conversation that no person has replied after, or its fate' }),
  waiting: queryFlag.optional().meta({ description: 'The AI has to deal with a customer message' }),
  held: queryFlag.optional().meta({ description: 'A pause or a broken key is in the way' }),
  q: text
    .max(500, 'must be 500 characters or less')
    .optional()
    .meta({ description: "Words of the subject or the thread, a ticket's number, or an e-mail address" }),
  from: queryTime.optional().meta({ description: 'The ticket was created at that time or later' }),
  to: queryTime.optional().meta({ description: 'The ticket was created before that time' }),
  updatedSince: queryTime.optional(),
};

export const sessionsQuery = z.strictObject({
  ...paging,
  ...filters,
  sort: oneOf(SORTS).default('changed').meta({
    description:
      'The last changed first, the first changed first, the newest ticket first, or the longest waiting first: of these only the ones that wait',
  }),
});
export const sessionCountsQuery = z.strictObject(filters);

function isContact(who: string): boolean {
  return z.guid().safeParse(who).success || normalEmail(who) !== null;
}

export const sessionParams = z.object({
  id: z.string().meta({ description: 'The id of the session', example: EXAMPLE.session }),
});

export const contactView = z.object({
  id: z.uuid(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
});

const decision = z
  .object({
    kind: z.enum(DECISION_KINDS),
    words: z.string().meta({ description: 'In one line: "drafted 0.72 from Returns"' }),
    rule: z.string().nullable().meta({ description: 'By which rule the AI is silent' }),
    since: time.nullable(),
  })
  .meta({ id: 'Decision', description: 'What the AI did last, or why it does nothing' });

export const session = z
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
    group: z.object({ id: z.int(), name: z.string().nullable() }).nullable(),
    contact: contactView.nullable(),
    closure: z.string().nullable(),
    closedBy: z.string().nullable(),
    backfilled: z.boolean(),
    coveredThrough: z
      .string()
      .nullable()
      .meta({ description: '`freshdeskId` of the newest customer message that a turn has taken into account' }),
    decision,
    waitingSince: time
      .nullable()
      .meta({ description: 'Since when the AI has known of a message that it has to deal with' }),
    heldSince: time.nullable().meta({ description: 'Since when a pause or a broken key has been in the way' }),
    ticketCreatedAt: time,
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Session', description: 'Our mirror of one ticket' });

export const handoff = z.object({
  at: time,
  reasons: z.array(z.string()),
  summary: z.string(),
  sentiment: z.string().nullable(),
  language: z.string().nullable(),
  routing: z.record(z.string(), z.unknown()).meta({ description: 'Where the ticket went' }),
});

export const turnFile = z.object({
  name: z.string(),
  size: z.int(),
  outcome: z.enum(['attached', 'left_out']),
  why: z.enum(['too_large', 'refused', 'no_answer', 'storage']).optional(),
});

export const sessionDetail = session
  .extend({
    handoffs: z.array(handoff),
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
          .array(turnFile)
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

export const fileView = z.object({
  id: z.uuid(),
  name: z.string(),
  contentType: z.string(),
  size: z.int(),
  status: z.enum(['pending', 'stored', 'refused', 'failed']).meta({ description: 'What became of the copy' }),
  reason: z.string().optional().meta({ description: 'Why there is no copy' }),
});

const message = z
  .object({
    freshdeskId: z.string().meta({ description: '`ticket:<id>` for the description, else `conversation:<id>`' }),
    author: z.enum(['customer', 'ai', 'agent', 'system']),
    visibility: z.enum(['public', 'private']),
    kind: z.string().meta({ description: 'description, reply, note, forward, other' }),
    text: z.string().meta({ description: 'Without quoted history and signature' }),
    html: z.string().meta({ description: 'Sanitised' }),
    ignored: z
      .object({ rule: z.string(), why: z.string().nullable() })
      .nullable()
      .meta({ description: 'By which rule it is never answered, and why' }),
    attachments: z.array(fileView),
    createdAt: time,
  })
  .meta({ id: 'Message', description: 'One entry of the thread' });

export const sessionPage = pageOf(session);
export const messagePage = pageOf(message);

const counted = <T extends readonly [string, ...string[]]>(values: T) => z.record(z.enum(values), z.int());
export const sessionCounts = z
  .object({
    total: z.int(),
    status: counted(STATUSES),
    owner: counted(OWNERS),
    channel: counted(CHANNELS),
    waiting: z.int(),
    held: z.int(),
    openDrafts: z.int(),
    groups: z.array(z.object({ id: z.int(), name: z.string().nullable(), count: z.int() })),
    tags: z.array(z.object({ tag: z.string(), count: z.int() })),
  })
  .meta({
    id: 'SessionCounts',
    description: 'How many sessions each filter would show, the other filters kept; the most frequent tags and groups',
  });

export const hinted = z.object({ connection: z.string(), ticketId: z.int(), hinted: z.literal(true) });
export const retried = z.object({
  connection: z.string(),
  ticketId: z.int(),
  writes: z.int().meta({ description: 'Undecided writes that are no longer in the way' }),
  refused: z.int().meta({ description: 'Refused answers that may be sent again' }),
  resolve: z.boolean().meta({ description: 'A refused resolution may be tried again' }),
  status: z.enum(STATUSES),
});

export type SessionView = z.output<typeof session>;
export type SessionDetail = z.output<typeof sessionDetail>;
export type MessageView = z.output<typeof message>;
export type ContactView = z.output<typeof contactView>;
export type FileView = z.output<typeof fileView>;
export type SessionCounts = z.output<typeof sessionCounts>;
type Filters = z.output<typeof sessionCountsQuery>;
/** What is not there is any. */
export type SessionFilter = { [K in keyof Filters]: Filters[K] };
export type SessionSort = (typeof SORTS)[number];
