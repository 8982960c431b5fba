import { z } from 'zod';
import { HELD_BACK_FOR } from '../domain/earned.ts';
import { PLAN_DETAILS } from '../domain/plan-detail.ts';
import { review } from './reviews.ts';
import { handoff, session } from './sessions.ts';
import { time } from './values.ts';

const freshdeskId = z.string().meta({ description: '`ticket:<id>` for the description, else `conversation:<id>`' });

const call = z
  .object({
    stage: z.string(),
    round: z.int().meta({ description: '2: once more, with what was wrong with the first answer' }),
    verdict: z.string().nullable().meta({
      description:
        'Of a draft its verdict; of a check `passed` or what it found (`unsupported`, `incomplete`, `obeys`, `reserved`); `unreadable`, or null while no answer has come back',
    }),
    tokens: z.int(),
  })
  .meta({ id: 'ModelCall', description: 'One paid stage of a turn, and what it came to' });

export const insight = z
  .object({
    heads: z.array(
      z.object({
        head: z.string(),
        verdict: z.enum(['sure', 'doubt', 'no']),
        score: z
          .number()
          .meta({ description: 'How much speaks for it, below 0 against it; compared with `doubt` and `sure`' }),
        doubt: z.number(),
        sure: z.number(),
        nearest: z
          .object({ text: z.string(), positive: z.boolean() })
          .nullable()
          .meta({ description: 'The labelled example nearest in meaning; positive: one of what the head looks for' }),
      }),
    ),
    articles: z.array(
      z.object({
        articleId: z.string(),
        title: z.string(),
        meaning: z.number().meta({ description: 'Cosines with title and best passage, added' }),
        words: z.number().meta({ description: "The share of the question's words that its best passage holds" }),
      }),
    ),
  })
  .meta({ id: 'Insight', description: 'What each head said of what waited, and how near the best articles came' });

const turn = z
  .object({
    id: z.uuid(),
    at: time,
    episode: z.int(),
    throughMessage: freshdeskId.meta({ description: 'The newest message it has seen' }),
    rule: z.string().meta({ description: 'The rule that made it' }),
    mode: z.string(),
    verdict: z.string().nullable(),
    outcome: z.string(),
    outcomeWhy: z.string().nullable().meta({ description: 'The rule or reason behind the outcome' }),
    reasons: z.array(z.string()),
    confidence: z.number().nullable(),
    threshold: z.number().nullable().meta({
      description: 'What the confidence had to reach at that time; null: nothing was judged, or nothing earned',
    }),
    heldBack: z.enum(HELD_BACK_FOR).nullable().meta({ description: 'Why an answer on autopilot was left as a draft' }),
    topic: z.string().nullable(),
    sources: z.array(z.object({ title: z.string(), articleId: z.string().nullable(), score: z.number().nullable() })),
    engine: z.string(),
    model: z.string().nullable(),
    tokens: z.int().nullable(),
    money: z.number().nullable().meta({ description: "In the currency of the model's prices" }),
    detail: z.enum(PLAN_DETAILS).nullable().meta({ description: 'Why it went to people beside the reasons' }),
    insight: insight.nullable().meta({ description: 'null where nothing was understood by meaning' }),
    ms: z.int(),
    calls: z.array(call).meta({ description: 'What was asked of a model, in order; empty where none was' }),
    draft: z
      .object({
        html: z.string(),
        fate: z.string().nullable(),
        distance: z.number().nullable(),
        closedBy: freshdeskId.nullable().meta({ description: "The person's public reply that closed it" }),
      })
      .nullable(),
    review: review.nullable().meta({ description: 'How a person of the desk has graded it' }),
  })
  .meta({
    id: 'Turn',
    description: 'One pass over what waited: what was decided, on what grounds, and what became of it',
  });

const write = z
  .object({
    kind: z.string(),
    state: z.enum(['pending', 'sending', 'sent', 'rejected', 'unknown']),
    freshdeskId: freshdeskId.nullable().meta({ description: 'What it became; null while that is not known' }),
    throughMessage: freshdeskId.meta({ description: 'The message it answers' }),
    turnId: z.uuid().nullable().meta({
      description: 'The turn it belongs to; null for one that needed none, or whose record is gone',
    }),
    tries: z.int(),
    attemptedAt: time.nullable(),
    refusal: z.string().nullable().meta({ description: 'What Freshdesk answered to a refused one' }),
  })
  .meta({ id: 'Write', description: 'One write to Freshdesk' });

export const ticketTrace = z
  .object({
    session: session.extend({
      admittedBy: z.string().meta({ description: 'Which part of the gate let it in' }),
      episode: z.int(),
      ticketStatus: z.int().meta({ description: "Freshdesk's number" }),
      lookedAt: time,
      closedAt: time.nullable(),
      resolveRefused: z.string().nullable().meta({
        description: 'The fields that Freshdesk asked for when it refused to resolve the ticket',
      }),
      handoffRefused: z.string().nullable().meta({
        description: 'The fields that Freshdesk named when it refused to take the AI agent off the ticket',
      }),
      handoffRefusedAt: time.nullable(),
      speaker: z
        .object({ who: z.enum(['ai', 'people']), words: z.string(), rule: z.string() })
        .meta({ id: 'Speaker', description: 'Who answers the ticket as things are, and why, in a sentence' }),
      erasedAt: time.nullable().meta({ description: 'The requester was erased: nothing is mirrored any more' }),
    }),
    links: z.object({ freshdesk: z.string().meta({ description: 'The page of the ticket for agents' }) }),
    waiting: z
      .array(z.object({ freshdeskId, at: time }))
      .meta({ description: 'The customer messages that no turn has taken into account, the oldest first' }),
    ignored: z
      .array(z.object({ freshdeskId, at: time, rule: z.string(), why: z.string().nullable() }))
      .meta({ description: "What the customer's side sent and is never answered, by which rule and why" }),
    turns: z.array(turn),
    writes: z.array(write),
    handoffs: z.array(handoff.extend({ episode: z.int(), throughMessage: freshdeskId })),
  })
  .meta({ id: 'TicketTrace', description: 'Everything that is known of what happened on a ticket, and why' });

export type TicketTrace = z.output<typeof ticketTrace>;
export type TurnTrace = z.output<typeof turn>;
export type CallTrace = z.output<typeof call>;
export type WriteTrace = z.output<typeof write>;
