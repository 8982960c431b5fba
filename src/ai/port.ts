import type { HandoffReason, Sentiment } from '../domain/handoff.ts';
import type { Insight } from '../domain/insight.ts';
import type { Stage } from '../domain/model-calls.ts';
import type { PlanDetail } from '../domain/plan-detail.ts';
import type { Settings } from '../domain/settings.ts';
import type { Author, Channel, Visibility, WritingMode } from '../domain/ticket.ts';

/** A message's file (F3). Name and text are as untrusted as the message itself. */
export type ThreadFile = {
  name: string;
  /** By its content, not by its name. */
  contentType: string;
  /** Of PDF, Word, plain text and CSV; null where there is none. Those of a turn together are bounded. */
  text: string | null;
  /**
   * Only of images that models take (PNG, JPEG, GIF, WebP, up to 5 MB, the newest few of a turn): gives the bytes, or null
   * when they are gone. Throws when the storage cannot be read.
   */
  image?: () => Promise<Uint8Array | null>;
};

/** What an engine is given for one turn. All texts come from the ticket and are untrusted. */
export type PlanInput = {
  connectionId: string;
  ticketId: number;
  channel: Channel;
  mode: WritingMode;
  subject: string;
  /** What was said before this episode, in a few lines (I7); absent in the first one. */
  earlier?: string;
  /** The thread of this episode, oldest first, clean text. */
  thread: {
    author: Author;
    visibility: Visibility;
    text: string;
    at: Date;
    waiting: boolean;
    /** It looks like an automatic mail's, too little to be sure (N8); no when left out. */
    suspected?: boolean;
    /** The files that are stored; left out where there are none. */
    attachments?: ThreadFile[];
  }[];
  settings: Pick<Settings, 'handoff' | 'reply'> & Partial<Pick<Settings, 'ai'>>;
  /** Nobody is there, and everything is to go to people then (H7). */
  officeClosed?: boolean;
  now: Date;
  /** Aborted when nobody waits for the plan any more: what is asked of a model is broken off. */
  signal?: AbortSignal;
};

/** An article that an answer rests on; of a handoff, one that came near to an answer. */
export type Source = {
  articleId: string;
  title: string;
  /** How much of the question its best cited passage holds, 0–1. */
  score: number;
};

/** What the engine decided. Exactly one answer, handoff or silence for all that is waiting (N1). */
export type Plan = {
  reasons: HandoffReason[];
  /** Probability that the answer is right, 0–1; null where the engine has none. */
  confidence: number | null;
  topic: string | null;
  sentiment: Sentiment | null;
  /** ISO 639-1 of the customer's messages; null when they are too short to tell. */
  language: string | null;
  /** The conversation in a few lines, for the person who takes over. */
  summary: string;
  sources: Source[];
  engine: string;
  model: string | null;
  tokens: number | null;
  /** In the currency of the model's prices; null or absent where nothing was paid or no price is known. */
  money?: number | null;
  /** Why it goes to people, beside the reasons. */
  detail?: PlanDetail;
  /** What heads and knowledge said; absent without an embedder. */
  insight?: Insight;
  /** The ids of the articles that are nearest to the question, the nearest first; left out where it was not looked for. */
  nearest?: string[];
  /** Found by words alone, as without an embedder or while vectors are being made: an answer is never sent in public (N7). */
  draftOnly?: boolean;
} & ({ verdict: 'answer'; markdown: string } | { verdict: 'handoff' } | { verdict: 'no_reply'; rule: 'E8' | 'E9' });

/** The plan is not there yet: this stage costs money, and is an activity of its own (N3). */
export type Unfinished = { next: Stage; round: number };

/** Which turn a stage belongs to: what it has paid for is kept under these. */
export type TurnRef = { turnId: string; sessionId: string };

/**
 * Plans one turn. A failure is thrown and becomes a handoff in the workflow (N6). An engine with paid stages answers with the
 * next one instead of a plan, and is then asked to carry on with it.
 */
export type InferenceEngine = {
  plan(input: PlanInput): Promise<Plan | Unfinished>;
  carryOn?(input: PlanInput, turn: TurnRef, stage: Unfinished): Promise<Plan | Unfinished>;
};
