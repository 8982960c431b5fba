import { z } from 'zod';
import { HELD_BACK_FOR } from '../domain/earned.ts';
import { HANDOFF_REASONS } from '../domain/handoff.ts';
import { PLAN_DETAILS } from '../domain/plan-detail.ts';
import { CHANNELS } from './sessions.ts';
import { insight } from './trace.ts';
import { EXAMPLE, oneOf, pageOf, paging, text, time } from './values.ts';

export const articlesQuery = z.strictObject({
  ...paging,
  q: text.max(500, 'must be 500 characters or less').optional().meta({ description: 'A part of the title' }),
  origin: oneOf(['folder', 'freshdesk']).optional(),
  visibility: oneOf(['public', 'private']).optional().meta({ description: 'private: internal' }),
  language: text.optional().meta({ description: 'ISO 639-1; und: could not be told' }),
});

export const articleParams = z.object({
  id: z.string().meta({ description: 'The id of the connection', example: EXAMPLE.connection }),
  article: z.string().meta({ description: 'The id of the article', example: EXAMPLE.article }),
});

const article = z
  .object({
    id: z.uuid(),
    origin: z.string().meta({ description: 'folder or freshdesk' }),
    sourceId: z.string().meta({ description: "Path below the folder, or Freshdesk's id" }),
    title: z.string(),
    visibility: z.enum(['public', 'private']),
    language: z.string(),
    passages: z.int(),
    led: z.int().meta({ description: 'Conversations whose last plan rested on it first' }),
    draftsClosed: z.int().meta({ description: 'Of those, with a draft that a person has replied after' }),
    draftsIgnored: z.int(),
    updatedAt: time,
  })
  .meta({ id: 'Article' });
export const articlePage = pageOf(article);
export const articleDetail = article
  .extend({
    markdown: z.string(),
    parts: z.array(z.object({ position: z.int(), heading: z.string(), text: z.string() })),
  })
  .meta({ id: 'ArticleDetail', description: 'An article as it was imported, and the passages it is searched by' });

const question = z
  .string('must be given as text')
  .trim()
  .min(1, 'must not be empty')
  .max(20_000, 'must be 20000 characters or less');

export const searchBody = z.strictObject({
  question,
  internal: z
    .boolean('must be true or false')
    .default(false)
    .meta({ description: 'With internal articles, as drafts' }),
});

export const askBody = z.strictObject({
  question,
  subject: z.string('must be given as text').max(500, 'must be 500 characters or less').default(''),
  channel: z.enum(CHANNELS, `must be one of ${CHANNELS.join(', ')}`).default('email'),
  mode: z.enum(['autopilot', 'assist'], 'must be one of autopilot, assist').default('autopilot'),
});

const passage = z
  .object({
    articleId: z.string(),
    title: z.string(),
    visibility: z.enum(['public', 'private']),
    language: z.string().nullable(),
    position: z.int(),
    heading: z.string(),
    text: z.string(),
    score: z.number(),
    coverage: z.number().meta({ description: 'How much of the question it holds, 0 to 1' }),
    words: z.array(z.object({ word: z.string(), share: z.number(), named: z.boolean() })),
  })
  .meta({ id: 'Passage' });

export const searchReport = z
  .object({
    language: z.string().nullable(),
    confidence: z.number(),
    sources: z.array(z.string()),
    passages: z.array(passage),
  })
  .meta({ id: 'SearchReport', description: 'What a question finds, and what the embedded engine would make of it' });

export const askedPlan = z
  .object({
    verdict: z.enum(['answer', 'handoff', 'no_reply']),
    html: z.string().nullable().meta({ description: 'As it would be posted; null where nothing is answered' }),
    confidence: z.number().nullable(),
    threshold: z
      .number()
      .nullable()
      .meta({ description: 'What the confidence has to reach; null: nothing was judged, or nothing is earned yet' }),
    heldBack: z
      .enum(HELD_BACK_FOR)
      .nullable()
      .meta({ description: 'Why an answer on autopilot would be left as a draft' }),
    reasons: z.array(z.enum(HANDOFF_REASONS)),
    detail: z.enum(PLAN_DETAILS).nullable().meta({ description: 'What a guard found, or why there is no plan' }),
    topic: z.string().nullable(),
    sentiment: z.string().nullable(),
    language: z.string().nullable(),
    summary: z.string(),
    sources: z.array(z.object({ articleId: z.string(), title: z.string(), score: z.number() })),
    passages: z.array(passage),
    engine: z.string(),
    model: z.string().nullable(),
    tokens: z.int().nullable(),
    money: z.number().nullable(),
    insight: insight.nullable().meta({ description: 'null where nothing was understood by meaning' }),
  })
  .meta({ id: 'AskedPlan', description: "What the AI would do with that message by today's settings" });

export const knowledgeSync = z
  .object({
    startedAt: time.nullable().meta({ description: 'null: the next is due, within a minute' }),
    endedAt: time.nullable().meta({ description: 'null while it runs' }),
    failure: z.string().nullable(),
  })
  .meta({ id: 'KnowledgeSync' });

export type ArticlesQuery = z.output<typeof articlesQuery>;
export type ArticleView = z.output<typeof article>;
export type ArticleDetail = z.output<typeof articleDetail>;
export type Question = z.output<typeof askBody>;
export type AskedPlan = z.output<typeof askedPlan>;
