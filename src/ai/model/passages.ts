import type { KnowledgeSearch, Passage } from '../../domain/knowledge.ts';
import { inTurn, type ByMeaning } from '../knowledge/beside.ts';
import { passagesByMeaning } from '../knowledge/by-meaning.ts';
import { UNRELATED } from '../knowledge/likely.ts';
import type { PlanInput } from '../port.ts';
import type { Read, Reading } from '../understanding/before-any-engine.ts';
import { questionsOf, withSubject } from '../understanding/question.ts';

type Sources = { knowledge: KnowledgeSearch; byMeaning?: ByMeaning | null };

const PASSAGES = 8;

/** The best passages for what waits, by meaning where there is an embedder; internal ones for drafts only (N4). */
export async function retrieve(
  deps: Sources,
  input: PlanInput,
  { reading, understood }: Pick<Read, 'reading' | 'understood'>,
): Promise<Passage[]> {
  const { knowledge, byMeaning = null } = deps;
  const { connectionId, mode } = input;
  if (byMeaning === null || understood === null || !(await byMeaning.meaning.ready(connectionId)))
    return retrieveByWords(deps, input, reading);
  const turn = { connectionId, includeInternal: mode === 'assist' };
  return passagesByMeaning({ ...byMeaning, knowledge }, turn, reading, understood, {
    limit: PASSAGES,
    least: UNRELATED,
  });
}

/** For everything that waits, and for each question by itself. */
async function retrieveByWords(
  { knowledge }: Sources,
  input: PlanInput,
  { waiting, subject, language }: Reading,
): Promise<Passage[]> {
  const questions = questionsOf(waiting);
  const readings = [
    questions.whole,
    ...(subject === null ? [] : [withSubject(subject, questions)]),
    ...questions.single,
  ];
  const perReading: Passage[][] = [];
  for (const question of new Set(readings.filter((reading) => reading.trim() !== ''))) {
    const search = { connectionId: input.connectionId, language, includeInternal: input.mode === 'assist' };
    perReading.push(await knowledge.search({ ...search, question, limit: PASSAGES }));
  }
  return inTurn(perReading, PASSAGES);
}
