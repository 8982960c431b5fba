// npm run bench:retrieval: how long a question takes in a knowledge of 20,000 articles, beside the same table read from end
// to end. [--articles N] [--questions N] [--seed N]
import { parseArgs } from 'node:util';
import { prepareArticle } from '../../src/ai/knowledge/markdown-knowledge.ts';
import { createDb, type Db } from '../../src/db/client.ts';
import { createKnowledge } from '../../src/db/knowledge/knowledge.ts';
import type { PreparedArticle } from '../../src/domain/knowledge.ts';
import { createTestDatabase } from '../../testbed/database.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { UNUSED_CONNECTION } from '../golden/golden.ts';
import { randomFrom, type Random } from '../chaos/random.ts';

const { values } = parseArgs({
  options: {
    articles: { type: 'string', default: '20000' },
    questions: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});
const CONNECTION = 'bench';
const VOCABULARY = 12_000;
const SEQUENTIAL_QUESTIONS = 20;
const SYLLABLES =
  'ba ber ca con da den el fa for ga gen ha hel in ka ker la lin ma men na nor o pa per ra ren sa ser ta ter un va ver wi zo'.split(
    ' ',
  );
const COMMON =
  'the order is in your account and you can open it with the link that we send by mail after the delivery of your parcel'.split(
    ' ',
  );

const random = randomFrom(Number(values.seed), 0);
const vocabulary = Array.from({ length: VOCABULARY }, () =>
  Array.from({ length: 2 + Math.floor(random.next() * 3) }, () => random.pick(syllables())).join(''),
);
const server = await startTestServer(process.env['DATABASE_URL']);
const database = await createTestDatabase();
const db = createDb(database.url, { poolSize: 2 });
const unindexed = createDb(withoutIndexes(database.url), { poolSize: 1 });
try {
  await db.connection.create({ data: { id: CONNECTION, ...UNUSED_CONNECTION } });
  const articles = Array.from({ length: Number(values.articles) }, (_, index) => articleOf(index));
  const importMs = await timed(() => createKnowledge(db).replaceFolder(CONNECTION, articles));
  await db.$executeRawUnsafe('VACUUM ANALYZE');
  const passages = await db.knowledgeChunk.count();
  process.stdout.write(
    `${articles.length} articles, ${passages} passages, imported in ${(importMs / 1_000).toFixed(1)} s\n`,
  );
  const questions = Array.from({ length: Number(values.questions) }, () =>
    questionAbout(random.pick(asList(articles))),
  );
  await times(db, questions.slice(0, 10)); // the caches are warm in a service too
  print('index', await times(db, questions));
  print('sequential scan', await times(unindexed, questions.slice(0, SEQUENTIAL_QUESTIONS)));
} finally {
  await db.$disconnect();
  await unindexed.$disconnect();
  await database.drop();
  await server.stop();
}

function syllables(): [string, ...string[]] {
  return asList(SYLLABLES);
}

function asList<T>(items: readonly T[]): [T, ...T[]] {
  const [first, ...rest] = items;
  if (first === undefined) throw new Error('nothing to choose from');
  return [first, ...rest];
}

/** Few words are frequent and most are rare, as in any language. */
function word(from: Random): string {
  const common = from.chance(0.45);
  if (common) return from.pick(asList(COMMON));
  return vocabulary[Math.floor(VOCABULARY * from.next() ** 3)] ?? '';
}

function articleOf(index: number): PreparedArticle {
  const own = randomFrom(Number(values.seed), index + 1);
  const sentence = (length: number) => Array.from({ length }, () => word(own)).join(' ');
  const sections = Array.from(
    { length: 1 + Math.floor(own.next() * 3) },
    () => `## ${sentence(4)}\n\n${sentence(80)}.`,
  );
  return { ...prepareArticle(`${index}.md`, `# ${sentence(5)}\n\n${sections.join('\n\n')}`), language: 'en' };
}

function questionAbout({ article, chunks }: PreparedArticle): string {
  const said = `${article.title} ${chunks[0]?.text ?? ''}`.split(/\s+/);
  return `How do I ${Array.from({ length: 3 + Math.floor(random.next() * 6) }, () => random.pick(asList(said))).join(' ')}?`;
}

async function times(from: Db, questions: readonly string[]): Promise<number[]> {
  const knowledge = createKnowledge(from);
  const measured: number[] = [];
  for (const question of questions)
    measured.push(
      await timed(() =>
        knowledge.search({ connectionId: CONNECTION, question, language: 'en', includeInternal: false, limit: 30 }),
      ),
    );
  return measured.toSorted((a, b) => a - b);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await run();
  return performance.now() - before;
}

function print(name: string, sorted: readonly number[]): void {
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  process.stdout.write(`${name}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, of ${sorted.length} questions\n`);
}

function withoutIndexes(url: string): string {
  const changed = new URL(url);
  changed.searchParams.set('options', '-c enable_bitmapscan=off -c enable_indexscan=off -c enable_indexonlyscan=off');
  return changed.href;
}
