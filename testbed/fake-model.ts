import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Check, Draft } from '../src/ai/model/schemas.ts';

/** What the fake was asked, taken apart as a model would read it. */
export type Asked = {
  stage: 'draft' | 'check';
  system: string;
  prompt: string;
  /** The articles it was given, as S1, S2 …, with their first line, which is the title. */
  articles: {
    label: string;
    title: string;
    text: string;
    /** Their numbers, where they have any. */ sentences: string[];
  }[];
  /** The messages that wait. */
  waiting: string[];
  images: number;
};

/** An answer: what belongs into the message, or a whole HTTP answer; `null` never answers. */
export type Says =
  | { content: string | null; finish?: 'stop' | 'length'; tokens?: { input: number; output: number } }
  | { status: number; body?: unknown; headers?: http.OutgoingHttpHeaders }
  | null;

/** An OpenAI-compatible endpoint on the loopback that answers as one test says. */
export type FakeModel = {
  /** For AI_BASE_URL. */
  readonly url: string;
  readonly asked: Asked[];
  /** How it answers from now on; what it is not told it does well. */
  says(script: { draft?: (asked: Asked) => Says; check?: (asked: Asked) => Says }): void;
  /** Only this key is accepted; any without. */
  readonly key: string;
  stop(): Promise<void>;
};

export const MODEL = 'fake-1';

export async function startFakeModel(): Promise<FakeModel> {
  const asked: Asked[] = [];
  let script: Parameters<FakeModel['says']>[0] = {};
  const key = 'key-of-the-tests';
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const send = (status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}) =>
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      if (request.headers.authorization !== `Bearer ${key}`)
        return send(401, { error: { message: 'Incorrect API key provided', type: 'invalid_request_error' } });
      if (request.method === 'GET') return send(200, { object: 'list', data: [{ id: MODEL, object: 'model' }] });
      const question = readQuestion(JSON.parse(Buffer.concat(chunks).toString()) as ChatRequest);
      asked.push(question);
      const says = script[question.stage]?.(question) ?? (script[question.stage] === undefined ? good(question) : null);
      if (says === null) return; // for ever
      if ('status' in says) return send(says.status, says.body ?? { error: { message: 'no' } }, says.headers);
      const { input = 1_000, output = 100 } = says.tokens ?? {};
      return send(200, completion(says.content, says.finish ?? 'stop', { input, output }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    says: (next) => (script = next),
    key,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A draft as a good model writes it: what the best article says, cited; without a fitting article it hands off. */
export function draftOf(question: Pick<Asked, 'articles'>, changes: Partial<Draft> = {}): Draft {
  const [best] = question.articles;
  return {
    verdict: best === undefined ? 'handoff' : 'answer',
    reasons: best === undefined ? ['insufficient_knowledge'] : [],
    confidence: 0.9,
    denied_topic: null,
    allowed_topic: null,
    sentiment: 'neutral',
    // Words of its own, where a test gives it some, stand for a model that does not choose by number.
    sentences: changes.answer === undefined ? (best?.sentences ?? []) : [],
    answer: best === undefined || best.sentences.length > 0 ? '' : best.text,
    sources: best === undefined ? [] : [best.label],
    ...changes,
  };
}

export const draft =
  (changes: Partial<Draft> = {}) =>
  (question: Asked): Says => ({ content: JSON.stringify(draftOf(question, changes)) });

export const PASSED: Check = {
  supported: true,
  unsupported: [],
  answers: true,
  obeys: false,
  reserved: false,
  reason: '',
};
export const check =
  (changes: Partial<Check> = {}) =>
  (): Says => ({ content: JSON.stringify({ ...PASSED, ...changes }) });

function good(question: Asked): Says {
  return question.stage === 'draft' ? draft()(question) : check()();
}

type Content = string | { type: string; text?: string }[];
type ChatRequest = { messages: { role: string; content: Content }[] };

function readQuestion({ messages }: ChatRequest): Asked {
  const parts = messages.flatMap(({ role, content }) =>
    (typeof content === 'string' ? [{ type: 'text', text: content }] : content).map((part) => ({ role, ...part })),
  );
  const textOf = (role: string) =>
    parts
      .filter((part) => part.role === role && part.type === 'text')
      .map(({ text }) => text ?? '')
      .join('\n');
  const images = parts.filter(({ type }) => type === 'image_url').length;
  return { ...takenApart(textOf('system'), textOf('user')), images };
}

/** A prompt as a model reads it: which stage it is, and what stands between the marks. */
export function takenApart(system: string, prompt: string): Omit<Asked, 'images'> {
  const fence = /<<([0-9a-f]{24})/.exec(system)?.[1] ?? 'no fence';
  const fenced = [...prompt.matchAll(new RegExp(`<<${fence} ([^\\n]*)\\n([^]*?)\\n${fence}>>`, 'g'))];
  return {
    stage: system.includes('You check a reply') ? 'check' : 'draft',
    system,
    prompt,
    articles: fenced
      .filter(([, what]) => what?.startsWith('article'))
      .map(([, what = '', text = '']) => {
        const [title = '', ...rest] = text.split('\n');
        const marked = rest.join('\n');
        return {
          label: what.replace('article ', ''),
          title,
          text: marked.replace(/⟦[^⟧]*⟧ /g, ''),
          sentences: [...marked.matchAll(/⟦([^⟧]*)⟧/g)].map(([, number = '']) => number),
        };
      }),
    waiting: fenced.filter(([, what]) => what?.endsWith('waiting')).map(([, , text = '']) => text),
  };
}

function completion(content: string | null, finish: string, { input, output }: { input: number; output: number }) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: MODEL,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish }],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  };
}
