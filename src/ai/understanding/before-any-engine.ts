import type { HandoffReason, Sentiment } from '../../domain/handoff.ts';
import { firstLanguage } from '../reading/language.ts';
import { words } from '../reading/text.ts';
import type { Plan, PlanInput } from '../port.ts';
import { isQuestion, isReplySubject, MAX_READ_LENGTH } from './question.ts';
import { signalsByMeaning, signalsByWords, type Signals } from './signals.ts';
import { summarise } from '../answering/summary.ts';
import { forbiddenTopic } from './topics.ts';
import type { Understand, Understood } from './understand.ts';

/** Messages that wait; who writes more before anybody has answered gets a person. */
const MAX_WAITING = 20;

/** So few tell nothing of the language where the thread has one. */
const FEW_WORDS = 2;

/** What is waiting, as every engine reads it. */
export type Reading = {
  waiting: string[];
  /** What we last said in public before that; null when nothing was. */
  before: string | null;
  /** The subject where it belongs to what is waiting: on a ticket nobody has answered yet. */
  subject: string | null;
  language: string | null;
};
export type Base = Omit<Plan, 'verdict' | 'markdown' | 'rule'>;

export type Read = {
  reading: Reading;
  /** What the plan says whatever is decided. */
  base: Base;
  /** What the rules decide before any engine is asked; null when nothing stands in its way. */
  settled: Plan | null;
  /** null without an embedder. */
  understood: Understood | null;
};

/**
 * The rules in front of every engine: the safety topics, which cannot be switched off (H6), the asks and tempers that go to
 * people (H1), the office hours (H7), and thanks, which get no answer (E9). Topics are matched here only for an
 * engine that cannot classify (H10).
 */
export async function read(
  input: PlanInput,
  { engine, classifies, understand }: { engine: string; classifies: boolean; understand: Understand | null },
): Promise<Read> {
  const reading = readingOf(input);
  const { waiting, before, subject } = reading;
  const { allow, deny } = input.settings.handoff.topics;
  const topics = classifies ? [] : [...deny, ...allow];
  const unread = { ...unreadOf(reading), connectionId: input.connectionId, topics };
  const understood = understand === null ? null : await understand(unread, input.signal);
  const said = { texts: subject === null ? waiting : [subject, ...waiting], waiting, before };
  const signals =
    understood === null ? signalsByWords(said) : signalsByMeaning(understood, said, input.settings.handoff.triggers);
  const heard = understood === null ? {} : { insight: { heads: understood.heard, articles: [] } };
  const base = { ...baseOf(input, reading, { engine, mood: signals.mood }), ...heard };
  return {
    reading,
    base,
    settled: settle(input, reading, { base, signals, likeness: understood?.likeness ?? null, classifies }),
    understood,
  };
}

type Judged = {
  base: Base;
  signals: Signals;
  likeness: Understood['likeness'] | null;
  classifies: boolean;
};

/** What needs no engine; null where one is to be asked. */
function settle(input: PlanInput, reading: Reading, judged: Judged): Plan | null {
  const { base, signals } = judged;
  const why = reasonsOf(input, reading, judged);
  if (why.reasons.length > 0) return { ...base, ...why, verdict: 'handoff' };
  if (signals.thanked) return thanked(input, reading, base);
  if (signals.automatic) return { ...base, verdict: 'no_reply', rule: 'E8', detail: 'automatic_mail' };
  const suspected = signals.suspected ?? (looksAutomatic(input) ? 'maybe_automatic' : null);
  return suspected === null ? null : { ...base, reasons: ['low_confidence'], detail: suspected, verdict: 'handoff' };
}

/** Freshdesk's flag, the sender or the subject says so: too little to drop it, and too much to answer it (N8). */
function looksAutomatic({ thread }: PlanInput): boolean {
  return thread.some((entry) => entry.waiting && entry.suspected === true);
}

/** Of very many messages the last: the rest goes to people anyway. */
function unreadOf({ waiting, before, subject }: Reading) {
  return {
    waiting: waiting.slice(-MAX_WAITING).map((text) => text.slice(0, MAX_READ_LENGTH)),
    before: before ?? '',
    subject: subject ?? '',
  };
}

function readingOf({ ticketId, subject, thread, earlier }: PlanInput): Reading {
  const waiting = thread.filter((entry) => entry.waiting).map(wordsOf);
  if (waiting.length === 0) throw new Error(`Ticket ${ticketId} has no waiting message to plan an answer for.`);
  const answered = earlier !== undefined || thread.some((entry) => isOurs(entry));
  const earlierTexts = thread
    .filter((entry) => !entry.waiting && entry.author === 'customer')
    .map((entry) => entry.text);
  const own = waiting.join('\n');
  // "Merci!" in a thread in German is no French.
  const few = words(own).length <= FEW_WORDS;
  return {
    waiting,
    before: thread.findLast((entry) => isOurs(entry))?.text ?? (answered ? '' : null),
    subject: answered || isReplySubject(subject) ? null : subject,
    language: firstLanguage([...(few ? [] : [own]), ...earlierTexts.toReversed(), own, subject]),
  };
}

/** F3: a message that is nothing but files asks with their text; beside words of its own, files only prove something. */
function wordsOf({ text, attachments = [] }: PlanInput['thread'][number]): string {
  if (text.trim() !== '') return text;
  return attachments.flatMap((file) => (file.text === null ? [] : [file.text])).join('\n\n');
}

function isOurs({ author, visibility }: PlanInput['thread'][number]): boolean {
  return visibility === 'public' && (author === 'ai' || author === 'agent');
}

function baseOf(input: PlanInput, { language }: Reading, { engine, mood }: { engine: string; mood: Sentiment }): Base {
  return {
    reasons: [],
    confidence: null,
    topic: null,
    sentiment: mood,
    language,
    summary: [summarise(input.thread, input.subject), ...(input.earlier === undefined ? [] : [input.earlier])].join(
      '\n',
    ),
    sources: [],
    engine,
    model: null,
    tokens: null,
  };
}

function reasonsOf(
  { settings, officeClosed, thread }: PlanInput,
  { waiting, subject }: Reading,
  { signals: { safety, person, angry, thanked: thanks }, likeness, classifies }: Judged,
): { reasons: HandoffReason[]; topic: string | null } {
  const { triggers, topics } = settings.handoff;
  const texts = subject === null ? waiting : [subject, ...waiting];
  const tooLong =
    waiting.length > MAX_WAITING || thread.some((entry) => entry.waiting && entry.text.length > MAX_READ_LENGTH);
  const forbidden = thanks || classifies ? null : forbiddenTopic(texts, topics, likeness);
  const reasons: HandoffReason[] = [
    ...(safety === null ? [] : (['safety'] as const)),
    ...(triggers.explicitRequest && person ? (['user_requested_human_assistance'] as const) : []),
    ...(forbidden === null ? [] : (['prohibited_topic'] as const)),
    ...(triggers.frustration && angry ? (['frustrated_customer'] as const) : []),
    ...(tooLong ? (['low_confidence'] as const) : []),
    // Thanks at night wake nobody.
    ...(officeClosed === true && !thanks ? (['outside_office_hours'] as const) : []),
  ];
  return {
    reasons,
    topic: safety?.replace('_', ' ') ?? forbidden ?? (tooLong ? 'more than can be read' : null),
  };
}

/** Thanks are not answered (E9), unless the question stands in the subject and nobody has answered it: a person looks. */
function thanked({ subject }: PlanInput, reading: Reading, base: Base): Plan {
  return reading.subject !== null && isQuestion(subject)
    ? { ...base, reasons: ['low_confidence'], verdict: 'handoff' }
    : { ...base, verdict: 'no_reply', rule: 'E9' };
}
