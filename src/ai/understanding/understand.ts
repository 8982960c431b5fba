import { dot, EmbedderUnavailable, type Embedder } from '../../domain/embedder.ts';
import { HEAD_NAMES, type HeadName } from '../../domain/heads.ts';
import type { Heard } from '../../domain/insight.ts';
import { isGladReaction } from '../reading/reactions.ts';
import { sentences, visible, words } from '../reading/text.ts';
import { pairOf } from './fit.ts';
import { createOwnHeads, type OwnExamplesOf } from './own-heads.ts';
import { centred, judge, likenesses, nearest, THRESHOLDS, type Example, type Heads, type Judgement } from './heads.ts';

/** What waits, as heads read it. All texts are untrusted. */
export type Unread = {
  /** Whose own examples count; left out, only those that come with the product do. */
  connectionId?: string;
  waiting: readonly string[];
  /** What we last said in public before that; empty where nothing. */
  before: string;
  subject: string;
  /** Lines that it may be about, in plain language (H10). */
  topics?: readonly string[];
};

/** What a head says of all that waits, and the sentence (or the whole) that it says it of. */
export type Said = Judgement & { of: string; likeness: Float32Array };

/** What waits, understood: by head, and the vectors of what the customer wrote for whoever looks for an answer. */
export type Understood = {
  said: Readonly<Record<HeadName, Said>>;
  /** The same for who asks why, without a word of the customer (A9). */
  heard: Heard[];
  /** The embedding of a text that was understood, as a query; undefined of any other. */
  vectorOf(text: string): Float32Array | undefined;
  /** How near in meaning it comes to a line of `topics`, -1 to 1: the nearest sentence counts. */
  likeness(topic: string): number;
  /** Whether a sentence only stands around what is asked. */
  isSmallTalk(sentence: string): boolean;
};

export type Understand = (unread: Unread, signal?: AbortSignal) => Promise<Understood>;

/** More of a message says nothing new, and every sentence costs time. */
const MAX_SENTENCES = 40;
const MAX_WHOLE = 2_000;
const AUTOMATIC_LENGTH = 700;
const BY_MESSAGE: readonly HeadName[] = ['thanks', 'automatic'];
/** Of mails whose text and whose subject are both below this, none of a program's was found by the two together. */
const NEVER = -0.8;

/**
 * Judges messages with the heads that `load` gives; they are loaded at the first one, and again after a failure. Where a
 * connection has examples of its own, with heads that are fitted on those as well.
 */
export function createUnderstand(
  embedder: Embedder,
  load: () => Promise<Heads>,
  own: OwnExamplesOf | null = null,
): Understand {
  let loading: Promise<Heads> | null = null;
  const heads = (): Promise<Heads> => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  const fitted = createOwnHeads(embedder, own);
  const topicVectors = createTopicVectors(embedder);
  return async (unread, signal) =>
    understandWith(
      embedder,
      await fitted(await heads(), unread.connectionId),
      await topicVectors(unread.topics ?? [], signal),
      unread,
      signal,
    );
}

/** So many lines are kept: they change when somebody changes the settings. */
const TOPICS_KEPT = 1_000;

function createTopicVectors(embedder: Embedder) {
  const kept = new Map<string, Float32Array>();
  return async (topics: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Float32Array>> => {
    const fresh = topics.filter((topic) => !kept.has(topic));
    const vectors = fresh.length === 0 ? [] : await embedder.embed(fresh, 'query', signal);
    if (kept.size > TOPICS_KEPT) kept.clear();
    for (const [index, topic] of fresh.entries()) kept.set(topic, vectors[index] ?? new Float32Array());
    return new Map(topics.map((topic) => [topic, kept.get(topic) ?? new Float32Array()]));
  };
}

async function understandWith(
  embedder: Embedder,
  { mean, heads }: Heads,
  topics: ReadonlyMap<string, Float32Array>,
  { waiting, before, subject }: Unread,
  signal: AbortSignal | undefined,
): Promise<Understood> {
  const parts = waiting.flatMap((text) => partsOf(text));
  const wholes = waiting.map(wholeOf);
  const mails = waiting.map((text) => `${subject}\n${visible(text)}`.slice(0, AUTOMATIC_LENGTH).trim());
  // A sign alone says no more than the words beside it.
  const spoken = wholes.filter((text) => !isGladReaction(text));
  const saidBefore = lastSentences(before);
  const named = visible(subject).trim();
  const byText = new Map<string, Float32Array>();
  const centredByText = new Map<string, Float32Array>();
  const embed = async (wanted: readonly string[]) => {
    const texts = [...new Set(wanted)].filter((text) => text !== '' && !byText.has(text));
    const vectors = texts.length === 0 ? [] : await embedder.embed(texts, 'query', signal);
    if (vectors.some(({ length }) => length !== mean.length))
      throw new EmbedderUnavailable('vectors of another length than those that the heads were fitted on');
    for (const [index, text] of texts.entries()) {
      const vector = vectors[index] ?? new Float32Array();
      byText.set(text, vector);
      centredByText.set(text, centred(vector, mean));
    }
  };
  await embed([...parts, ...wholes, named, saidBefore]);
  // Heads that read the text alone share their examples: each is compared once.
  const compared = new Map<readonly Example[], Map<string, Float32Array>>();
  const likenessTo = (examples: readonly Example[], text: string, read: () => Float32Array) => {
    const known = compared.get(examples) ?? new Map<string, Float32Array>();
    compared.set(examples, known);
    const likeness = known.get(text) ?? likenesses(examples, read());
    known.set(text, likeness);
    return likeness;
  };
  const judged = (name: HeadName, all: readonly string[]) =>
    all.flatMap((text) => {
      const [vector, alone] = [byText.get(text), centredByText.get(text)];
      if (vector === undefined || alone === undefined) return [];
      const read = () => (name === 'thanks' ? pairOf(vector, byText.get(saidBefore) ?? null, mean) : alone);
      const likeness = likenessTo(heads[name].examples, text, read);
      return [{ ...judge(name, heads[name], likeness), of: text, likeness }];
    });
  // A subject of two words is near everything: it counts where it is sure. Of one word it names what the message is about
  // ("Contact", "Feedback") and asks for nobody, unless nothing stands below it.
  const isHeading = words(named).length < 2 && wholes.some((text) => text !== '');
  const inSubject = (name: HeadName) =>
    name === 'person' && isHeading ? [] : judged(name, [named]).filter(({ verdict }) => verdict === 'sure');
  // Where a message is surely a person's, its subject and text together need not be embedded.
  const isPlain = wholes.some((text) =>
    judged('automatic', [text, named]).every(({ verdict, score }) => verdict === 'no' && score < NEVER),
  );
  const received = isPlain ? wholes : mails;
  await embed(received);
  const saidBy = (name: HeadName) =>
    BY_MESSAGE.includes(name)
      ? least(judged(name, name === 'thanks' ? spoken : received))
      : most([...judged(name, [...parts, ...wholes]), ...inSubject(name)]);
  const all = Object.fromEntries(HEAD_NAMES.map((name) => [name, saidBy(name)])) as Record<HeadName, Said>;
  const said = { ...all, automatic: unlessShort(all.automatic) };
  return {
    said,
    heard: HEAD_NAMES.filter((name) => said[name].of !== '').map((name) => {
      const { verdict, score, likeness } = said[name];
      const near = nearest(heads[name], likeness);
      return {
        head: name,
        verdict,
        score,
        ...THRESHOLDS[name],
        nearest:
          near === null
            ? null
            : { text: heads[name].examples[near]?.text ?? '', positive: heads[name].sides[near] === 1 },
      };
    }),
    vectorOf: (text) => byText.get(text),
    likeness(topic) {
      const line = topics.get(topic);
      if (line === undefined || line.length === 0) return -1;
      const meant = centred(line, mean);
      return Math.max(
        -1,
        ...[...parts, ...wholes, named].flatMap((text) => {
          const vector = centredByText.get(text);
          return vector === undefined ? [] : [dot(vector, meant)];
        }),
      );
    },
    isSmallTalk: (sentence) => most(judged('small_talk', [sentence])).verdict === 'sure',
  };
}

const NOTHING: Said = { verdict: 'no', score: Number.NEGATIVE_INFINITY, of: '', likeness: new Float32Array() };
const ORDER = { no: 0, doubt: 1, sure: 2 };

/** An absence note says at least who is away until when: of fewer words none is dropped (N8). */
const FEWEST_WORDS = 8;

function unlessShort(automatic: Said): Said {
  const short = words(automatic.of).length < FEWEST_WORDS;
  return short && automatic.verdict === 'sure' ? { ...automatic, verdict: 'doubt' } : automatic;
}

/** One sentence is enough to ask for a person. */
function most(all: readonly Said[]): Said {
  return all.toSorted((a, b) => ORDER[b.verdict] - ORDER[a.verdict] || b.score - a.score)[0] ?? NOTHING;
}

/** Thanks are thanks only where every message is. */
function least(all: readonly Said[]): Said {
  return all.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict] || a.score - b.score)[0] ?? NOTHING;
}

/** A message as a whole, as it is embedded: its beginning, of a very long one. */
export function wholeOf(text: string): string {
  return visible(text).slice(0, MAX_WHOLE).trim();
}

/** The sentences of a message, as they are embedded; of a very long one those of its beginning and its end. */
export function partsOf(text: string): string[] {
  const all = visible(text)
    .split(/\n\s*\n/)
    .flatMap((paragraph) => sentences(unwrapped(paragraph)));
  return all.length <= MAX_SENTENCES ? all : [...all.slice(0, MAX_SENTENCES / 2), ...all.slice(-MAX_SENTENCES / 2)];
}

/** Mail programs break lines at 70-odd characters: a line that goes on in lower case is the same sentence. */
function unwrapped(paragraph: string): string {
  return paragraph.replace(/[ \t]*\n[ \t]*(?=[\p{Ll}\p{N}])/gu, ' ');
}

function lastSentences(text: string): string {
  return sentences(visible(text)).slice(-2).join(' ');
}
