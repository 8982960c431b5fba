import { createHash } from 'node:crypto';
import { z } from 'zod';
import { createEmbeddedEngine } from '../../src/ai/embedded.ts';
import { embedKnowledge } from '../../src/ai/knowledge/embed-knowledge.ts';
import { prepareArticle } from '../../src/ai/knowledge/markdown-knowledge.ts';
import { createMeaning } from '../../src/ai/knowledge/meaning.ts';
import { createDb } from '../../src/db/client.ts';
import { createKnowledge } from '../../src/db/knowledge/knowledge.ts';
import { createKnowledgeVectors } from '../../src/db/knowledge/knowledge-vectors.ts';
import { type Grade, judge, NOTHING_EARNED } from '../../src/domain/earned.ts';
import { testEmbedder, testUnderstand } from '../../testbed/understanding.ts';
import { randomFrom } from '../chaos/random.ts';
import { inputOf, UNUSED_CONNECTION, USUAL_THRESHOLD } from '../golden/golden.ts';
import { type Evaluation, type EvaluationTools, type Figure, readData, shareOf } from './evaluation.ts';

const CORPORA = ['faq/stackfaq-en.json', 'faq/covid-qa-de.json'];
const CONNECTION = 'faq';
/** Drafts that people have dealt with before anything is looked at. */
const GRADED_BEFORE = 200;
const SAMPLE_SHARE = 0.1;
/** As many desks, each with the questions in another order. */
const DESKS = 20;
/** Every question costs an embedding: of a large corpus so many, the same in every run. */
const MOST_QUESTIONS = 700;
const ALL = 1_000;

const corpus = z.object({
  name: z.string(),
  language: z.string(),
  articles: z.array(z.object({ id: z.string(), title: z.string(), body: z.string() })),
  questions: z.array(z.object({ text: z.string(), in_scope: z.boolean(), articles: z.array(z.string()) })),
});
type Corpus = z.output<typeof corpus>;

/** What the engine made of a question: no answer, or one, and whether it rests on the right article. */
type Answered = { inScope: boolean; answer: { confidence: number; right: boolean } | null };

/** N11: what goes out in public once it is earned, on knowledge nobody has measured. */
export const earned: Evaluation = {
  name: 'earned',
  needs: CORPORA,
  async measure(tools) {
    const figures: Figure[] = [];
    for (const name of CORPORA) {
      const read = corpus.parse(JSON.parse(readData(name)));
      figures.push(...figuresOf(read.name, await answersOf(tools, read)));
    }
    return figures;
  },
};

async function answersOf(tools: EvaluationTools, { articles, questions }: Corpus): Promise<Answered[]> {
  const db = createDb((await tools.database()).url, { poolSize: 4 });
  try {
    await db.connection.create({ data: { id: CONNECTION, ...UNUSED_CONNECTION } });
    const [knowledge, vectors, embedder] = [createKnowledge(db), createKnowledgeVectors(db), testEmbedder()];
    const prepared = articles.map(({ id, title, body }) =>
      prepareArticle(`${id}.md`, `---\ntitle: ${JSON.stringify(title)}\n---\n\n${body}`),
    );
    await knowledge.replaceFolder(CONNECTION, prepared);
    while ((await embedKnowledge({ vectors, embedder }, CONNECTION, ALL)) > 0);
    const rows = await db.knowledgeArticle.findMany({ select: { id: true, sourceId: true } });
    const files = new Map(rows.map(({ id, sourceId }) => [id, sourceId]));
    const engine = createEmbeddedEngine({
      knowledge,
      understand: testUnderstand(),
      byMeaning: { vectors, meaning: createMeaning({ vectors, embedder }) },
    });
    const answered: Answered[] = [];
    for (const { text, in_scope: inScope, articles: right } of chosen(questions)) {
      const plan = await engine.plan({ ...inputOf({ id: 't1', subject: '', text }, 0), connectionId: CONNECTION });
      const cited = plan.sources.map(({ articleId }) => files.get(articleId));
      const isRight = inScope && cited.every((file) => right.some((id) => file === `${id}.md`));
      const answer =
        plan.verdict === 'answer' && plan.confidence !== null ? { confidence: plan.confidence, right: isRight } : null;
      answered.push({ inScope, answer });
    }
    return answered;
  } finally {
    await db.$disconnect();
  }
}

function chosen(questions: Corpus['questions']): Corpus['questions'] {
  const place = ({ text }: { text: string }) => createHash('sha256').update(text).digest('hex');
  return questions.toSorted((one, other) => (place(one) < place(other) ? -1 : 1)).slice(0, MOST_QUESTIONS);
}

type Day = { open: boolean; closed: boolean; asked: number; sent: { right: boolean }[] };

/** One desk: its people deal with drafts, and what they make of them is graded; what is earned goes out. */
function dayOf(questions: readonly Answered[], desk: number): Day {
  const random = randomFrom(1, desk);
  const order = questions
    .map((question) => ({ question, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ question }) => question);
  const grades: Grade[] = [];
  const day: Day = { open: false, closed: false, asked: 0, sent: [] };
  let standing = NOTHING_EARNED;
  for (const [minute, { inScope, answer }] of order.entries()) {
    const settled = grades.length >= GRADED_BEFORE;
    if (settled) {
      day.asked += inScope ? 1 : 0;
      day.open ||= standing.threshold !== null;
    }
    if (answer === null) continue;
    const isPublic = settled && standing.threshold !== null && answer.confidence >= standing.threshold;
    if (isPublic && !random.chance(SAMPLE_SHARE)) {
      day.sent.push(answer);
      continue;
    }
    grades.push({ ...answer, atMs: minute + 1 });
    const before = standing;
    if (grades.length >= GRADED_BEFORE) standing = judge(before, grades, minute + 1);
    day.closed ||= before.threshold !== null && standing.threshold === null;
  }
  return day;
}

function figuresOf(name: string, answered: readonly Answered[]): Figure[] {
  const days = Array.from({ length: DESKS }, (_, desk) => dayOf(answered, desk));
  const sent = days.flatMap((day) => day.sent);
  const asked = days.reduce((sum, day) => sum + day.asked, 0);
  const fixed = answered.filter(({ answer }) => answer !== null && answer.confidence >= USUAL_THRESHOLD);
  const wrong = (one: { right: boolean }) => !one.right;
  const wrongAtFixed = shareOf(fixed, ({ answer }) => answer !== null && !answer.right);
  return [
    {
      measure: `${name}: wrong among public answers, after ${GRADED_BEFORE} graded drafts`,
      ours: shareOf(sent, wrong),
      of: sent.length,
      baselines: [{ name: `a fixed ${USUAL_THRESHOLD}`, value: wrongAtFixed }],
      ...(sent.length === 0 ? {} : { target: { atMost: 0.05 } }),
      note: `${DESKS} desks, each with the questions in another order`,
    },
    {
      measure: `${name}: questions with an article answered rightly in public after that`,
      ours: asked === 0 ? 0 : sent.filter(({ right }) => right).length / asked,
      of: asked,
      baselines: [],
    },
    {
      measure: `${name}: desks where it opened`,
      ours: shareOf(days, ({ open }) => open),
      of: days.length,
      baselines: [],
      note: `closed again on ${days.filter(({ closed }) => closed).length} of them`,
    },
  ];
}
