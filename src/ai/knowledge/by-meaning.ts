import { dot } from '../../domain/embedder.ts';
import type { Nearest } from '../../domain/insight.ts';
import type { Passage } from '../../domain/knowledge.ts';
import type { Reading } from '../understanding/before-any-engine.ts';
import { asks } from '../understanding/question.ts';
import { partsOf, wholeOf, type Understood } from '../understanding/understand.ts';
import { visible } from '../reading/text.ts';
import {
  compareAll,
  firstOf,
  FULL_TEXT_SHARE,
  inTurn,
  placeOf,
  readableIn,
  searchOf,
  weighed,
  type Asking,
  type BothLegs,
  type ByMeaning,
  type Compared,
  type Scored,
  type Search,
} from './beside.ts';
import { MIDDLE, confidenceOf, type Features } from './likely.ts';
import { likenessOf, placesOf } from './meaning.ts';
import type { Found, Findings } from './retrieval.ts';

/** The same question in other words. */
const SAME = 0.97;
const MOST_QUESTIONS = 5;
/** Sentences that may be what the message is about; each is searched for. */
const MOST_CONSIDERED = 12;
const COMPANION = 0.01;
const MOST_PASSAGES = 3;

type Answer = {
  best: Scored;
  /** The best few, the best first. */
  first: readonly Scored[];
  features: Features | null;
  confidence: number;
  foreignConfidence: number;
};

/**
 * The answer by meaning: the best article for the best sentence of the message, or for each of several questions. Small talk
 * asks nothing; a question that is repeated counts once; of more than five different ones none is answered (N10).
 */
export async function findByMeaning(
  deps: BothLegs,
  turn: Asking,
  reading: Reading,
  understood: Understood,
): Promise<Findings> {
  const groups = groupsOf(reading, understood);
  if (groups.length > MOST_QUESTIONS) return { ...NOTHING, many: true };
  const search = await searchOf(deps, turn, reading);
  const answers: Answer[] = [];
  for (const group of groups) {
    const answer = await bestOf(search, group, understood);
    if (answer === null) return NOTHING;
    answers.push(answer);
  }
  const [least] = answers.toSorted((a, b) => a.confidence - b.confidence);
  const confidence = least?.confidence ?? 0;
  // What nothing speaks for is not read.
  const found = await Promise.all(
    answers
      .filter((answer) => answer.confidence > 0)
      .map(async (answer) => ({ found: await foundOf(deps, answer.best), confidence: answer.confidence })),
  );
  return {
    matches: confidence === 0 ? [] : found.map((part) => part.found),
    parts: answers.length < 2 ? [] : found,
    confidence: understood.said.account.verdict === 'sure' ? confidence * OWN_AFFAIRS : confidence,
    foreignConfidence: Math.min(...answers.map((answer) => Math.max(answer.confidence, answer.foreignConfidence))),
    nearest: nearestOf(answers),
    features: least?.features ?? null,
  };
}

/** What is looked for: each of several questions, or whatever the message may be about. */
function groupsOf({ waiting, subject }: Reading, understood: Understood): string[][] {
  const sentences = waiting.flatMap((text) => partsOf(text)).filter((text) => !understood.isSmallTalk(text));
  const questions = distinct(sentences.filter(asks), understood);
  if (questions.length > 1) return questions.map((question) => [question]);
  const wholes = waiting.map(wholeOf);
  const beside = [...new Set([...sentences, ...wholes, ...(subject === null ? [] : [visible(subject).trim()])])];
  return [beside.slice(0, MOST_CONSIDERED)];
}

/**
 * The passages nearest to what waits, the best first; of several questions the best of each before the second best of one.
 * What is in the customer's language stands before the rest; none where the best of that is less alike than `least`.
 */
export async function passagesByMeaning(
  deps: BothLegs,
  turn: Asking,
  reading: Reading,
  understood: Understood,
  { limit, least = 0 }: { limit: number; least?: number },
): Promise<Passage[]> {
  const search = await searchOf(deps, turn, reading);
  const perGroup: Passage[][] = [];
  const isReadable = readableIn(reading.language);
  for (const group of groupsOf(reading, understood).slice(0, MOST_QUESTIONS)) {
    const best = new Map<string, Scored>();
    const held = new Map<string, number>();
    for (const compared of await compareAll(search, group, understood)) {
      const { readable, foreign, coverage } = await weighed(search, compared);
      for (const [place, share] of coverage) held.set(place, Math.max(share, held.get(place) ?? 0));
      for (const one of firstOf([...readable, ...foreign])) {
        const worth = one.score - compared.behind;
        const { articleId } = one.article;
        if (worth > (best.get(articleId)?.score ?? 0)) best.set(articleId, { ...one, score: worth });
      }
    }
    const questions = questionsOf(group, understood);
    const chosen = firstOf([...best.values()]);
    const [first] = chosen;
    if (first === undefined || (isReadable(first.article) && first.score < least)) continue;
    const worthOf = (passage: Passage) => passage.score + FULL_TEXT_SHARE * (held.get(placeOf(passage)) ?? 0);
    const inOrder = chosen.toSorted((a, b) => Number(isReadable(b.article)) - Number(isReadable(a.article)));
    const found = await Promise.all(inOrder.map((one) => foundOf(deps, aimed(one, questions))));
    perGroup.push(found.flatMap(({ passages }) => passages.toSorted((a, b) => worthOf(b) - worthOf(a))));
  }
  return inTurn(perGroup, limit);
}

/** How much of its confidence an answer keeps where the customer asks about something of their own (N8). */
const OWN_AFFAIRS = 0.9;
const NOTHING: Findings = {
  matches: [],
  confidence: 0,
  foreignConfidence: 0,
  parts: [],
  nearest: [],
  features: null,
};

/** So many articles are named for each question. */
const NAMED = 3;

function nearestOf(answers: readonly Answer[]): Nearest[] {
  const named = answers.flatMap(({ first }) => first.slice(0, NAMED)).toSorted((a, b) => b.score - a.score);
  return [...new Map(named.toReversed().map((one) => [one.article.articleId, one])).values()]
    .toReversed()
    .map(({ article: { articleId, title }, title: named_, passage, share }) => ({
      articleId,
      title,
      meaning: named_ + passage,
      words: share,
    }));
}

function distinct(questions: readonly string[], { vectorOf }: Understood): string[] {
  const kept: { text: string; vector: Float32Array }[] = [];
  for (const text of questions) {
    const vector = vectorOf(text);
    if (vector !== undefined && kept.every((other) => dot(other.vector, vector) < SAME)) kept.push({ text, vector });
  }
  return kept.map(({ text }) => text);
}

async function bestOf(search: Search, texts: readonly string[], understood: Understood): Promise<Answer | null> {
  let best: (Answer & { worth: number; isAsked: boolean }) | null = null;
  const compared = await compareAll(search, texts, understood);
  for (const one of compared.toSorted((a, b) => b.most - a.most)) {
    // What the full text can add to this one, and to those behind it, would not bring it in front.
    if (best !== null && one.most + FULL_TEXT_SHARE < best.worth) break;
    const answer = await answerTo(search, one);
    const worth = answer === null ? 0 : answer.best.score - one.behind;
    if (answer !== null && (best === null || worth > best.worth)) best = { ...answer, worth, isAsked: asks(one.text) };
  }
  return best === null || best.isAsked ? best : { ...best, best: aimed(best.best, questionsOf(texts, understood)) };
}

function questionsOf(texts: readonly string[], { vectorOf }: Understood): Float32Array[] {
  return texts.filter(asks).flatMap((text) => vectorOf(text) ?? []);
}

/** A subject or a statement may name the article; its passages are those that are nearest to what is asked. */
function aimed(best: Scored, questions: readonly Float32Array[]): Scored {
  const [nearest] = questions
    .map((asked) => ({ asked, likeness: likenessOf(best.article, asked).passage }))
    .toSorted((a, b) => b.likeness - a.likeness);
  return nearest === undefined ? best : { ...best, asked: nearest.asked };
}

async function answerTo(search: Search, compared: Compared): Promise<Answer | null> {
  const { readable, foreign: others, foundFirst } = await weighed(search, compared);
  const ours = answerAmong(readable, search.readable.length, foundFirst);
  const foreign = answerAmong(others, search.foreign.length, foundFirst);
  if (ours !== null) return { ...ours, foreignConfidence: foreign?.confidence ?? 0 };
  return foreign === null ? null : { ...foreign, features: null, confidence: 0, foreignConfidence: foreign.confidence };
}

function answerAmong(scored: readonly Scored[], among: number, foundFirst: string | undefined) {
  const first = firstOf(scored);
  const [best, second] = first;
  if (best === undefined) return null;
  const nextPassage = scored.reduce((most, one) => (one === best ? most : Math.max(most, one.passage)), -1);
  const features: Features = {
    similarity: best.score,
    // Where there is nothing to compare with, a margin is neither wide nor narrow.
    margin: second === undefined ? MIDDLE.margin : best.score - second.score,
    passageMargin: second === undefined ? MIDDLE.passageMargin : best.passage - nextPassage,
    agrees: best.article.articleId === foundFirst,
    among,
  };
  return { best, first, features, confidence: confidenceOf(features) };
}

async function foundOf({ vectors }: ByMeaning, { article, asked }: Scored): Promise<Found> {
  const places = placesOf(article, asked);
  const least = (places[0]?.likeness ?? 0) - COMPANION;
  const chosen = places.filter(({ likeness }) => likeness >= least).slice(0, MOST_PASSAGES);
  const { articleId, title, language, visibility } = article;
  const texts = await vectors.passages(chosen.map(({ position }) => ({ articleId, position })));
  const passages: Passage[] = texts.map(({ position, heading, text }) => {
    const likeness = chosen.find((place) => place.position === position)?.likeness ?? 0;
    const score = Math.max(0, Math.min(1, likeness));
    return { articleId, title, language, visibility, position, heading, text, score, coverage: score, words: [] };
  });
  return { articleId, title, language, passages: passages.toSorted((a, b) => a.position - b.position) };
}
