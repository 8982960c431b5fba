// npm run bench:understanding: how long the understanding and the retrieval of a turn take beside 20,000 passages, without the
// answer's own writes. [--passages N] [--questions N]. The embedding server runs with one thread, this process with one.
import { parseArgs } from 'node:util';
import { findByMeaning } from '../../src/ai/knowledge/by-meaning.ts';
import { prepareArticle } from '../../src/ai/knowledge/markdown-knowledge.ts';
import { createMeaning } from '../../src/ai/knowledge/meaning.ts';
import { read } from '../../src/ai/understanding/before-any-engine.ts';
import { createDb } from '../../src/db/client.ts';
import { createKnowledge } from '../../src/db/knowledge/knowledge.ts';
import { createKnowledgeVectors } from '../../src/db/knowledge/knowledge-vectors.ts';
import { createTestDatabase } from '../../testbed/database.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { testEmbedder, testUnderstand } from '../../testbed/understanding.ts';
import { goldenTickets, inputOf, UNUSED_CONNECTION } from '../golden/golden.ts';
import { randomFrom } from '../chaos/random.ts';

const { values } = parseArgs({
  options: { passages: { type: 'string', default: '20000' }, questions: { type: 'string', default: '60' } },
});
const CONNECTION = 'golden';
const WORDS =
  'order parcel return refund invoice delivery address password account tent jacket zipper warranty voucher size colour payment card email'.split(
    ' ',
  );
const server = await startTestServer(process.env['DATABASE_URL']);
const database = await createTestDatabase();
const db = createDb(database.url, { poolSize: 2 });
try {
  await db.connection.create({ data: { id: CONNECTION, ...UNUSED_CONNECTION } });
  const random = randomFrom(1, 0);
  const said = (length: number) =>
    Array.from({ length }, () => WORDS[Math.floor(random.next() * WORDS.length)] ?? '').join(' ');
  const articles = Array.from({ length: Number(values.passages) }, (_, index) =>
    prepareArticle(`${index}.md`, `# ${said(5)} ${index}\n\n${said(40)}.`),
  );
  const knowledge = createKnowledge(db);
  await knowledge.replaceFolder(CONNECTION, articles);
  const [vectors, embedder, understand] = [createKnowledgeVectors(db), testEmbedder(), testUnderstand()];
  await fillVectors(random);
  await db.$executeRawUnsafe('VACUUM ANALYZE');
  const meaning = createMeaning({ vectors, embedder });
  const tickets = goldenTickets().slice(0, Number(values.questions));
  const times: number[] = [];
  for (const [index, ticket] of [...tickets.slice(0, 3), ...tickets].entries()) {
    const started = performance.now();
    const { reading, understood } = await read(inputOf(ticket), { engine: 'embedded', classifies: false, understand });
    if (understood === null) throw new Error('there is no embedder');
    const understoodAt = performance.now();
    const turn = { connectionId: CONNECTION, includeInternal: false };
    await findByMeaning({ meaning, vectors, knowledge }, turn, reading, understood);
    // The first few load the vectors and the heads.
    if (index >= 3) times.push(performance.now() - started);
    if (index < 3)
      process.stdout.write(
        `warming up: understood in ${Math.round(understoodAt - started)} ms, found after ${Math.round(performance.now() - started)} ms\n`,
      );
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  process.stdout.write(
    `${articles.length} passages, ${sorted.length} tickets: median ${at(0.5)} ms, p95 ${at(0.95)} ms\n`,
  );
} finally {
  await db.$disconnect();
  await database.drop();
  await server.stop();
}

/** Vectors as any, of length one: how long they take to compare does not depend on what they mean. */
async function fillVectors(random: { next(): number }): Promise<void> {
  const embedder = testEmbedder();
  const [example = new Float32Array()] = await embedder.embed(['example'], 'query');
  const rows = await db.knowledgeArticle.findMany({ select: { id: true } });
  const any = () => {
    const vector = example.map((value) => value + (random.next() - 0.5) / 10);
    const length = Math.hypot(...vector);
    return Buffer.from(vector.map((value) => value / length).buffer);
  };
  for (let from = 0; from < rows.length; from += 2_000)
    await db.knowledgeVector.createMany({
      data: rows.slice(from, from + 2_000).flatMap(({ id: articleId }) => [
        { articleId, position: -1, part: 0, vector: any() },
        { articleId, position: 0, part: 0, vector: any() },
      ]),
    });
  await db.knowledgeArticle.updateMany({ data: { embeddedBy: embedder.name } });
}
