import { detectLanguage } from '../../src/ai/reading/language.ts';
import { configurationOf } from '../../src/db/knowledge/text-search.ts';
import { remembering } from '../../testbed/remembering.ts';
import { testEmbedder } from '../../testbed/understanding.ts';
import {
  goldenTickets,
  isRight,
  openGolden,
  partOf,
  USUAL_THRESHOLD,
  type GoldenTicket,
  type Part,
} from '../golden/golden.ts';
import { calibrationError } from './calibration-error.ts';
import { majorityShare, shareOf, type Evaluation, type Figure } from './evaluation.ts';

const THRESHOLD = USUAL_THRESHOLD;
const MAX_WRONG = 0.05;
const MIN_ANSWERED = 0.6;
/** Below it nothing is ever answered, whatever the settings say, so it is where the curve begins. */
const LOWEST = 0.3;

/** What became of one ticket: by our engine, and by the plainest full-text search there is. */
type Result = {
  ticket: GoldenTicket;
  verdict: string;
  /** Null where the knowledge was not asked: thanks, safety, anger, a wish for a person. */
  confidence: number | null;
  /** Of the answer that is given from `LOWEST` on. */
  right: boolean;
  plain: { score: number; right: boolean };
};
type Golden = Awaited<ReturnType<typeof openGolden>>;

/** The project's own tickets, with the knowledge that answers half of them. */
export const golden: Evaluation = {
  name: 'golden tickets',
  needs: [],
  async measure({ database }) {
    const { url } = await database();
    const opened = await openGolden(url, remembering(testEmbedder()));
    try {
      const results: Result[] = [];
      for (const ticket of goldenTickets()) results.push(await resultOf(opened, ticket));
      const of = (...parts: Part[]) => results.filter(({ ticket }) => parts.includes(partOf(ticket)));
      const tuning = of('fit', 'check');
      const plainThreshold = bestPlainThreshold(tuning);
      return [
        ...answers('held out', of('held_out'), plainThreshold),
        ...answers('tuned on', tuning, plainThreshold),
        verdicts('held out', of('held_out')),
        calibrationError('held out', of('held_out')),
        calibrationError('tuned on, not fitted on', of('check')),
        ...curve(of('held_out')),
      ];
    } finally {
      await opened.close();
    }
  },
};

async function resultOf(opened: Golden, ticket: GoldenTicket): Promise<Result> {
  const { verdict } = await opened.plan(ticket, THRESHOLD);
  const plan = await opened.plan(ticket, LOWEST);
  return {
    ticket,
    verdict,
    confidence: plan.confidence,
    right:
      plan.verdict === 'answer' &&
      isRight(
        ticket,
        plan.sources.map(({ articleId }) => opened.fileOf(articleId)),
      ),
    plain: await plainSearch(opened, ticket),
  };
}

/** The best passage by PostgreSQL's own rank for any of the words, in the language the message is written in. */
async function plainSearch({ db, fileOf }: Golden, ticket: GoldenTicket): Promise<Result['plain']> {
  const text = `${ticket.subject} ${ticket.text}`;
  const configuration = configurationOf(detectLanguage(text));
  const [best] = await db.$queryRaw<{ articleId: string; score: number }[]>`
    SELECT c."articleId"::text, ts_rank(c."search", q."query")::float8 AS "score"
      FROM "KnowledgeChunk" c
      JOIN "KnowledgeArticle" a ON a."id" = c."articleId",
           (SELECT replace(plainto_tsquery(${configuration}::regconfig, ${text})::text, '&', '|')::tsquery AS "query") q
     WHERE a."visibility" = 'public' AND c."search" @@ q."query"
     ORDER BY "score" DESC, c."articleId", c."position" LIMIT 1`;
  return best === undefined
    ? { score: 0, right: false }
    : { score: best.score, right: isRight(ticket, [fileOf(best.articleId)]) };
}

/** Where plain search answers most while it is wrong as rarely as ours has to be; where it never is, its least wrong one. */
function bestPlainThreshold(results: readonly Result[]): number {
  const all = results.map(({ plain }) => plain.score).filter((score) => score > 0);
  const measured = all.map((threshold) => {
    const given = results.filter(({ plain }) => plain.score >= threshold);
    return { threshold, wrong: shareOf(given, ({ plain }) => !plain.right), given: given.length };
  });
  const good = measured.filter(({ wrong }) => wrong <= MAX_WRONG);
  const order =
    good.length > 0 ? good.toSorted((a, b) => b.given - a.given) : measured.toSorted((a, b) => a.wrong - b.wrong);
  return order[0]?.threshold ?? 1;
}

function answers(name: string, results: readonly Result[], plainThreshold: number): Figure[] {
  const given = results.filter(({ verdict }) => verdict === 'answer');
  const plain = results.filter((result) => result.plain.score >= plainThreshold);
  const answerable = results.filter(({ ticket }) => ticket.verdict === 'answer');
  return [
    {
      measure: `public answers that cite a wrong article, ${name}`,
      ours: shareOf(given, ({ right }) => !right),
      of: given.length,
      baselines: [
        { name: `ts_rank top 1 (${plain.length} answers)`, value: shareOf(plain, (result) => !result.plain.right) },
      ],
      target: { atMost: MAX_WRONG },
    },
    {
      measure: `answerable tickets answered rightly, ${name}`,
      ours: shareOf(answerable, ({ verdict, right }) => verdict === 'answer' && right),
      of: answerable.length,
      baselines: [
        {
          name: 'ts_rank top 1',
          value: shareOf(answerable, (result) => result.plain.right && result.plain.score >= plainThreshold),
        },
        { name: 'always handing off', value: 0 },
      ],
      target: { atLeast: MIN_ANSWERED },
    },
  ];
}

function verdicts(name: string, results: readonly Result[]): Figure {
  return {
    measure: `verdict as labelled, ${name}`,
    ours: shareOf(
      results,
      ({ ticket, verdict, right }) => verdict === ticket.verdict && (verdict !== 'answer' || right),
    ),
    of: results.length,
    baselines: [{ name: 'always the majority', value: majorityShare(results.map(({ ticket }) => ticket.verdict)) }],
  };
}

/** Risk and coverage: what a stricter or looser threshold would give. */
function curve(results: readonly Result[]): Figure[] {
  const answerable = results.filter(({ ticket }) => ticket.verdict === 'answer').length;
  return [0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((threshold) => {
    const given = results.filter(({ confidence }) => confidence !== null && confidence >= threshold);
    const right = given.filter((result) => result.right).length;
    return {
      measure: `wrong among answers at threshold ${threshold}, held out`,
      ours: shareOf(given, (result) => !result.right),
      of: given.length,
      baselines: [{ name: 'answerable tickets answered', value: right / answerable }],
    };
  });
}
