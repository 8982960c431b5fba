import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { createEmbeddedEngine } from '../../src/ai/embedded.ts';
import { guardedPlan } from '../../src/ai/guards/guarded-plan.ts';
import { embedKnowledge } from '../../src/ai/knowledge/embed-knowledge.ts';
import { createMeaning } from '../../src/ai/knowledge/meaning.ts';
import { EXAMPLES_FOLDER } from '../../src/ai/understanding/examples.ts';
import { loadHeads } from '../../src/ai/understanding/fitted.ts';
import { createUnderstand } from '../../src/ai/understanding/understand.ts';
import { readMarkdownFolder } from '../../src/ai/knowledge/markdown-knowledge.ts';
import type { Plan, PlanInput } from '../../src/ai/port.ts';
import { questionsOf } from '../../src/ai/understanding/question.ts';
import { read } from '../../src/ai/understanding/before-any-engine.ts';
import { readingsOf, searchOf, type Readings } from '../../src/ai/knowledge/retrieval.ts';
import { createCitedArticles } from '../../src/db/knowledge/cited-articles.ts';
import { createDb, type Db } from '../../src/db/client.ts';
import { createKnowledge } from '../../src/db/knowledge/knowledge.ts';
import { createKnowledgeVectors } from '../../src/db/knowledge/knowledge-vectors.ts';
import type { Embedder } from '../../src/domain/embedder.ts';
import type { KnowledgeSearch } from '../../src/domain/knowledge.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { isHeldOut } from '../eval/evaluation.ts';

const ticket = z.strictObject({
  id: z.string(),
  verdict: z.enum(['answer', 'handoff', 'no_reply']),
  /** Files below `knowledge/`: what the answer has to cite, all of it and nothing else. */
  articles: z.array(z.string()),
  language: z.string(),
  /** Why it goes to people, or what is hard about it. */
  reason: z.string(),
  subject: z.string(),
  text: z.string(),
  /** An earlier question that the AI has answered; the text is the customer's next message. */
  answered: z.string().optional(),
});
export type GoldenTicket = z.output<typeof ticket>;

/**
 * Which part of the work a ticket belongs to: rules and words are made looking at `fit` and `check`, the confidence is
 * fitted on `fit` alone, and `held_out` is only measured.
 */
export type Part = 'fit' | 'check' | 'held_out';

export function partOf({ id }: GoldenTicket): Part {
  if (isHeldOut(id, 1 / 3)) return 'held_out';
  return isHeldOut(`calibration ${id}`, 1 / 2) ? 'check' : 'fit';
}

export function goldenTickets(): GoldenTicket[] {
  return z.array(ticket).parse(parse(readFileSync(path.join(import.meta.dirname, 'tickets.yaml'), 'utf8')));
}

const CONNECTION = 'golden';

/** The golden knowledge in a database of its own, and the engine on it: by full text, or by meaning where there is an embedder. */
export async function openGolden(
  databaseUrl: string,
  embedder: Embedder | null = null,
): Promise<{
  db: Db;
  knowledge: KnowledgeSearch;
  /** What would be carried out: the engine's plan after the guards. */
  plan(asked: GoldenTicket, threshold: number): Promise<Plan>;
  /** What the knowledge holds for each way to read it; null where the engine does not ask the knowledge. */
  readings(asked: GoldenTicket): Promise<Readings | null>;
  /** The file behind an article's id. */
  fileOf(articleId: string): string;
  close(): Promise<void>;
}> {
  const db = createDb(databaseUrl, { poolSize: 2 });
  await db.connection.create({ data: { id: CONNECTION, ...UNUSED_CONNECTION } });
  const knowledge = createKnowledge(db);
  await knowledge.replaceFolder(CONNECTION, await readMarkdownFolder(path.join(import.meta.dirname, 'knowledge')));
  const rows = await db.knowledgeArticle.findMany({ select: { id: true, sourceId: true } });
  const files = new Map(rows.map(({ id, sourceId }) => [id, sourceId]));
  const vectors = createKnowledgeVectors(db);
  if (embedder !== null) while ((await embedKnowledge({ vectors, embedder }, CONNECTION, 50)) > 0);
  const byMeaning = embedder === null ? null : { vectors, meaning: createMeaning({ vectors, embedder }) };
  const understand =
    embedder === null ? null : createUnderstand(embedder, () => loadHeads(embedder, [EXAMPLES_FOLDER]));
  const engine = createEmbeddedEngine({ knowledge, understand, byMeaning });
  const cited = createCitedArticles(db);
  return {
    db,
    knowledge,
    async plan(asked, threshold) {
      const input = inputOf(asked, threshold);
      return (await guardedPlan(await engine.plan(input), input, cited)).plan;
    },
    async readings(asked) {
      const input = inputOf(asked);
      const { reading, settled } = await read(input, { engine: 'embedded', classifies: false, understand: null });
      if (settled !== null) return null;
      const search = searchOf(knowledge, { ...input, ...reading, includeInternal: false });
      return readingsOf(search, { ...reading, questions: questionsOf(reading.waiting) });
    },
    fileOf: (articleId) => files.get(articleId) ?? '',
    close: () => db.$disconnect(),
  };
}

/** A connection that is never used to reach Freshdesk. */
export const UNUSED_CONNECTION = {
  domain: 'golden.freshdesk.com',
  baseUrl: 'https://golden.freshdesk.com',
  apiKeyCiphertext: '',
  apiKeyKeyId: '',
  webhookSecretHash: '',
  agentId: 1n,
  agentName: '',
  agentEmail: '',
  connectedAt: new Date(0),
};

/** Who sets a number usually sets this one; `earned` is none to measure at. */
export const USUAL_THRESHOLD = 0.6;

export function inputOf(
  { id, subject, text, answered }: Pick<GoldenTicket, 'id' | 'subject' | 'text' | 'answered'>,
  threshold: number = USUAL_THRESHOLD,
): PlanInput {
  const said = (author: 'customer' | 'ai', words: string, waiting: boolean): PlanInput['thread'][number] => ({
    author,
    visibility: 'public',
    text: words,
    at: new Date(0),
    waiting,
  });
  const before =
    answered === undefined ? [] : [said('customer', answered, false), said('ai', 'Here is how it works.', false)];
  return {
    connectionId: CONNECTION,
    ticketId: Number(id.slice(1)),
    channel: 'email',
    mode: 'autopilot',
    subject,
    thread: [...before, said('customer', text, true)],
    settings: {
      ...DEFAULT_SETTINGS,
      handoff: { ...DEFAULT_SETTINGS.handoff, confidenceThreshold: threshold },
    },
    now: new Date(0),
  };
}

/** Whether an answer that cites these files answers the ticket: all that it needs, and nothing else. */
export function isRight({ verdict, articles }: GoldenTicket, cited: readonly string[]): boolean {
  return (
    verdict === 'answer' && cited.length === articles.length && articles.every((article) => cited.includes(article))
  );
}
