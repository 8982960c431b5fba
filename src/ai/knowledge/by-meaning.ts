import { dot } from '../../domain/embedder.ts';
import type { Nearest } from '../../domain/insight.ts';
import type { KnowledgeSearch, KnowledgeVectors, Passage } from '../../domain/knowledge.ts';
import type { Reading } from '../understanding/before-any-engine.ts';
import { partsOf, type Understood } from '../understanding/understand.ts';
import { visible } from '../reading/text.ts';
import { MIDDLE, confidenceOf, type Features } from './likely.ts';
import type { Likeness, Meaning } from './meaning.ts';
import type { Found, Findings } from './retrieval.ts';

export type ByMeaning = { meaning: Meaning; vectors: KnowledgeVectors; knowledge: KnowledgeSearch };
type Asking = { connectionId: string; includeInternal: boolean };

const FULL_TEXT_SHARE = 0.1;
/** A sentence that only states something stands back behind one that asks. */
const STATEMENT = 0.02;
/** The same question in other words. */
const SAME = 0.97;
const MOST_QUESTIONS = 5;
/** Sentences that may be what the message is about; each is searched for. */
const MOST_CONSIDERED = 12;
const COMPANION = 0.01;
const MOST_PASSAGES = 3;
const PASSAGES = 30;

type Scored = Likeness & { share: number; score: number };
type Answer = {
  best: Scored;
  all: readonly Scored[];
  features: Features | null;
  confidence: number;
  foreignConfidence: number;
};

/**
 * The answer by meaning: the best article for the best sentence of the message, or for each of several questions. Small talk
 * asks nothing; a question that is repeated counts once; of more than five different ones none is answered (N10).
 */
export async function findByMeaning(
  deps: ByMeaning,
  turn: Asking,
  reading: Reading,
  understood: Understood,
): Promise<Findings> {
  const groups = groupsOf(reading, understood);
  if (groups.length > MOST_QUESTIONS) return NOTHING;
  const answers: Answer[] = [];
  for (const group of groups) {
    const answer = await bestOf(deps, turn, group, reading.language, understood);
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
  const wholes = waiting.map((text) => visible(text).slice(0, 2_000).trim());
  const beside = [...new Set([...sentences, ...wholes, ...(subject === null ? [] : [visible(subject).trim()])])];
  return [beside.slice(0, MOST_CONSIDERED)];
}

/** Articles of which passages are given for each question. */
const ARTICLES_READ = 5;

/**
 * The passages nearest to what waits, the best first; of several questions the best of each before the second best of one.
 * What is in the customer's language stands before the rest; none where the best of that is less alike than `least`.
 */
export async function passagesByMeaning(
  deps: ByMeaning,
  turn: Asking,
  reading: Reading,
  understood: Understood,
  { limit, least = 0 }: { limit: number; least?: number },
): Promise<Passage[]> {
  const perGroup: Passage[][] = [];
  const isReadable = readableIn(reading.language);
  for (const group of groupsOf(reading, understood).slice(0, MOST_QUESTIONS)) {
    const best = new Map<string, Scored>();
    const held = new Map<string, number>();
    const ofQuestions: { all: Scored[] }[] = [];
    const asking = group.some(asks);
    for (const text of group) {
      const vector = understood.vectorOf(text);
      if (vector === undefined) continue;
      const { scored, coverage } = await compare(deps, turn, { text, vector }, reading.language);
      if (asks(text)) ofQuestions.push({ all: scored });
      for (const [place, share] of coverage) held.set(place, Math.max(share, held.get(place) ?? 0));
      for (const one of scored) {
        const worth = one.score - (asking && !asks(text) ? STATEMENT : 0);
        const { articleId } = one.article;
        if (worth > (best.get(articleId)?.score ?? 0)) best.set(articleId, { ...one, score: worth });
      }
    }
    const chosen = ranked([...best.values()]).slice(0, ARTICLES_READ);
    const [first] = chosen;
    if (first === undefined || (isReadable(first) && first.score < least)) continue;
    const worthOf = (passage: Passage) => passage.score + FULL_TEXT_SHARE * (held.get(placeOf(passage)) ?? 0);
    const inOrder = [...chosen.filter(isReadable), ...chosen.filter((one) => !isReadable(one))];
    const found = await Promise.all(inOrder.map((one) => foundOf(deps, aimed(one, ofQuestions))));
    perGroup.push(found.flatMap(({ passages }) => passages.toSorted((a, b) => worthOf(b) - worthOf(a))));
  }
  const most = Math.max(0, ...perGroup.map((passages) => passages.length));
  const inTurn = Array.from({ length: most }, (_, rank) => perGroup.flatMap((passages) => passages[rank] ?? [])).flat();
  return [...new Map(inTurn.map((passage) => [placeOf(passage), passage])).values()].slice(0, limit);
}

/** How much of its confidence an answer keeps where the customer asks about something of their own (N8). */
const OWN_AFFAIRS = 0.8;
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
  const named = answers.flatMap(({ all }) => all.slice(0, NAMED)).toSorted((a, b) => b.score - a.score);
  return [...new Map(named.toReversed().map((one) => [one.article.articleId, one])).values()]
    .toReversed()
    .map(({ article: { articleId, title }, title: named_, passage, share }) => ({
      articleId,
      title,
      meaning: named_ + passage,
      words: share,
    }));
}

function asks(sentence: string): boolean {
  return /[?¿？؟]/u.test(sentence);
}

function distinct(questions: readonly string[], { vectorOf }: Understood): string[] {
  const kept: { text: string; vector: Float32Array }[] = [];
  for (const text of questions) {
    const vector = vectorOf(text);
    if (vector !== undefined && kept.every((other) => dot(other.vector, vector) < SAME)) kept.push({ text, vector });
  }
  return kept.map(({ text }) => text);
}

async function bestOf(
  deps: ByMeaning,
  turn: Asking,
  texts: readonly string[],
  language: string | null,
  { vectorOf }: Understood,
): Promise<Answer | null> {
  const asking = texts.some(asks);
  let best: { answer: Answer; worth: number; asks: boolean } | null = null;
  const ofQuestions: Answer[] = [];
  for (const text of texts) {
    const vector = vectorOf(text);
    if (vector === undefined) continue;
    const answer = await answerTo(deps, turn, { text, vector }, language);
    if (answer === null) continue;
    if (asks(text)) ofQuestions.push(answer);
    const worth = answer.best.score - (asking && !asks(text) ? STATEMENT : 0);
    if (best === null || worth > best.worth) best = { answer, worth, asks: asks(text) };
  }
  if (best === null) return null;
  return best.asks ? best.answer : { ...best.answer, best: aimed(best.answer.best, ofQuestions) };
}

/** A subject or a statement may name the article; its passages are those that are nearest to what is asked. */
function aimed(best: Scored, ofQuestions: readonly Pick<Answer, 'all'>[]): Scored {
  const [nearest] = ofQuestions
    .flatMap(({ all }) => all.filter(({ article }) => article.articleId === best.article.articleId))
    .toSorted((a, b) => b.passage - a.passage);
  return nearest === undefined ? best : { ...best, places: nearest.places };
}

type Sentence = { text: string; vector: Float32Array };

/** All articles beside a sentence, and which the full text finds first. */
async function compare(
  { meaning, knowledge }: ByMeaning,
  turn: Asking,
  { text, vector }: Sentence,
  language: string | null,
): Promise<{ scored: Scored[]; first: string | undefined; coverage: Map<string, number> }> {
  const [alike, passages] = await Promise.all([
    meaning.compare(turn.connectionId, vector, turn.includeInternal),
    knowledge.search({ ...turn, question: text, language, limit: PASSAGES }),
  ]);
  const shares = sharesOf(passages);
  const scored = alike.map((likeness) => {
    const share = shares.get(likeness.article.articleId) ?? 0;
    return { ...likeness, share, score: likeness.title + likeness.passage + FULL_TEXT_SHARE * share };
  });
  const coverage = new Map(passages.map((passage) => [placeOf(passage), passage.coverage]));
  return { scored, first: [...shares].toSorted((a, b) => b[1] - a[1])[0]?.[0], coverage };
}

async function answerTo(
  deps: ByMeaning,
  turn: Asking,
  sentence: Sentence,
  language: string | null,
): Promise<Answer | null> {
  const { scored, first } = await compare(deps, turn, sentence, language);
  const readable = readableIn(language);
  const ours = ranked(scored.filter(readable));
  const foreign = ranked(scored.filter((one) => !readable(one)));
  const best = ours[0];
  const foreignConfidence = foreign[0] === undefined ? 0 : confidenceOf(featuresOf(foreign, first));
  if (best === undefined)
    return foreign[0] === undefined
      ? null
      : { best: foreign[0], all: foreign, features: null, confidence: 0, foreignConfidence };
  const features = featuresOf(ours, first);
  return { best, all: ours, features, confidence: confidenceOf(features), foreignConfidence };
}

function placeOf({ articleId, position }: Pick<Passage, 'articleId' | 'position'>): string {
  return `${articleId} ${position}`;
}

function readableIn(language: string | null) {
  return ({ article }: Likeness) => language === null || article.language === null || article.language === language;
}

/** How much of the question's words the best passage of each article holds. */
function sharesOf(passages: readonly Passage[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { articleId, coverage } of passages) shares.set(articleId, Math.max(coverage, shares.get(articleId) ?? 0));
  return shares;
}

function ranked(scored: readonly Scored[]): Scored[] {
  return scored.toSorted((a, b) => b.score - a.score || (a.article.articleId < b.article.articleId ? -1 : 1));
}

/** Where there is nothing to compare with, a margin is neither wide nor narrow. */
function featuresOf(scored: readonly Scored[], foundFirst: string | undefined): Features {
  const [best, second, , fourth] = scored;
  if (best === undefined) throw new RangeError('nothing to compare');
  const ahead = (of: (one: Scored) => number) => of(best) - Math.max(...scored.slice(1).map(of));
  return {
    similarity: best.score,
    margin: second === undefined ? MIDDLE.margin : best.score - second.score,
    passageMargin: second === undefined ? MIDDLE.passageMargin : ahead(({ passage }) => passage),
    titleMargin: second === undefined ? MIDDLE.titleMargin : ahead(({ title }) => title),
    fourth: fourth === undefined ? MIDDLE.fourth : best.score - fourth.score,
    agrees: best.article.articleId === foundFirst,
  };
}

async function foundOf({ vectors }: ByMeaning, { article, places }: Scored): Promise<Found> {
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
