import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createEmbedder } from '../../../src/ai/understanding/embedder.ts';
import { dot } from '../../../src/domain/embedder.ts';
import { answering, type Script, startScriptedServer, type ScriptedServer } from '../../../testbed/scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.stop());

const vectors = (...embeddings: unknown[]) => answering(200, { data: embeddings.map((embedding) => ({ embedding })) });
const asked = () => server.seen.map(({ body }) => JSON.parse(body) as { model: string; input: string[] });

function embedder(model = 'multilingual-e5-small', timeoutMs = 5_000) {
  server.seen.length = 0;
  return createEmbedder({ baseUrl: `${server.url}/v1`, model, apiKey: 'key', timeoutMs });
}

/** As many vectors as it was asked for. */
const perText: Script = (request, response) => {
  const { input } = asked().at(-1) ?? { input: [] };
  vectors(...input.map((_, index) => [index + 1, 0]))(request, response);
};

test('N7 the texts are marked as the model wants it, and the name says so', async () => {
  server.answer(perText);
  const marksOf = async (model: string) => {
    const { embed, name } = embedder(model);
    await embed(['a'], 'query');
    await embed(['b'], 'passage');
    return [name, ...asked().map(({ model: called, input }) => `${called}|${input[0]}`)];
  };
  expect(await marksOf('intfloat/multilingual-e5-small')).toEqual([
    'intfloat/multilingual-e5-small (query:)',
    'intfloat/multilingual-e5-small|query: a',
    'intfloat/multilingual-e5-small|passage: b',
  ]);
  expect(await marksOf('multilingual-e5-small-q4')).toEqual([
    'multilingual-e5-small-q4',
    'multilingual-e5-small-q4-query|a',
    'multilingual-e5-small-q4-passage|b',
  ]);
  expect(await marksOf('text-embedding-3-small')).toEqual([
    'text-embedding-3-small',
    'text-embedding-3-small|a',
    'text-embedding-3-small|b',
  ]);
});

test('N7 vectors come out at length one, and the key goes along', async () => {
  server.answer(vectors([3, 4]));
  const [vector] = await embedder().embed(['a'], 'query');
  expect(Array.from(vector ?? [])).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)]);
  expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer key', connection: 'close' });
});

test.each([413, 422])('N7 a server that refuses long texts with %i is given their beginnings', async (status) => {
  server.answer((request, response) => {
    const tooLong =
      asked()
        .at(-1)
        ?.input.some(({ length }) => length > 400) === true;
    (tooLong ? answering(status) : perText)(request, response);
  });
  expect(await embedder('text-embedding-3-small').embed(['a word', 'x'.repeat(1_900)], 'query')).toHaveLength(2);
  expect(
    asked()
      .at(-1)
      ?.input.map(({ length }) => length),
  ).toEqual([6, 300]);
  server.answer(answering(status));
  await expect(embedder('text-embedding-3-small').embed(['x'.repeat(1_900)], 'query')).rejects.toThrow(
    `status ${status}`,
  );
});

test('N7 what a server fails on is taken out before: NUL, half characters, nothing, two megabytes', async () => {
  server.answer(perText);
  await embedder().embed(['a\0b', `half ${'😀'.slice(0, 1)}`, '  ', 'x'.repeat(2_000_000)], 'query');
  expect(asked()[0]?.input.map((text) => text.slice(0, 20))).toEqual([
    'query: a b',
    'query: half',
    'query: -',
    'query: xxxxxxxxxxxxx',
  ]);
  expect(asked()[0]?.input[3]).toHaveLength(2_007);
});

test('N7 many texts go in batches, at most four at once, and come back in their order', async () => {
  let [now, most] = [0, 0];
  server.answer((request, response) => {
    most = Math.max(most, (now += 1));
    const { input } = asked().at(-1) ?? { input: [] };
    setImmediate(() => {
      now -= 1;
      vectors(...input.map((text) => [1, Number(text.slice('query: '.length))]))(request, response);
    });
  });
  const texts = Array.from({ length: 200 }, (_, index) => String(index));
  const found = await embedder().embed(texts, 'query');
  expect(found.map(([x = 0, y = 0]) => Math.round(y / x))).toEqual(texts.map(Number));
  expect(most).toBeLessThanOrEqual(4);
});

test.each<[string, Script, string | RegExp]>([
  ['another number of vectors', vectors([1, 0]), 'another number of vectors'],
  ['vectors of different lengths', vectors([1, 0], [1, 0, 0]), 'different lengths'],
  ['a vector that is nothing', vectors([0, 0], [1, 0]), 'not numbers'],
  ['no numbers', answering(200, '{"data":[{"embedding":[NaN,1]},{"embedding":[1,1]}]}'), 'something else than vectors'],
  ['a page', answering(200, '<html>'), 'something else than vectors'],
  ['a wrong key', answering(401, { error: { message: 'the words of the request' } }), 'status 401'],
  ['a failure', answering(500), 'status 500'],
  ['silence', () => undefined, 'no answer within 0.2 s'],
  ['a connection that breaks off', (request) => void request.socket.destroy(), 'cannot be reached'],
])('N7 %s is an embedder that is not available, and no word of it is repeated', async (_, script, seen) => {
  server.answer(script);
  const failure = await embedder('multilingual-e5-small', seen === 'no answer within 0.2 s' ? 200 : 10_000)
    .embed(['a', 'b'], 'query')
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'EmbedderUnavailable', message: expect.stringContaining(String(seen)) });
  expect(failure).toHaveProperty('refused', seen === 'status 401');
});

test('N7 whoever waits no longer breaks the request off', async () => {
  server.answer(() => undefined);
  const reason = new Error('nobody waits');
  const failure = await embedder()
    .embed(['a'], 'query', AbortSignal.abort(reason))
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringMatching(/nobody waits|abort/) });
  expect(failure).not.toHaveProperty('refused');
});

const localUrl = process.env['TEST_EMBEDDING_URL'];
(localUrl === undefined ? test.skip : test)(
  'N7 the local server finds the same meaning in another language',
  async () => {
    const { embed } = createEmbedder({ baseUrl: localUrl ?? '', model: 'multilingual-e5-small-q4', apiKey: null });
    const [cancel, kuendigen, weather] = await embed(
      ['How do I cancel my subscription?', 'Wie kündige ich mein Abo?', 'It will rain tomorrow.'],
      'query',
    );
    if (cancel === undefined || kuendigen === undefined || weather === undefined)
      throw new Error('vectors are missing');
    expect(dot(cancel, kuendigen)).toBeGreaterThan(dot(cancel, weather) + 0.05);
  },
);
