import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFreshdesk, type CallLimit, type Freshdesk } from '../src/freshdesk/client.ts';

export type Seen = { method: string; url: string; headers: http.IncomingHttpHeaders; body: string; connection: number };
export type Script = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** An HTTP server on the loopback that answers exactly as one test says, for what a well-behaved simulator cannot do. */
export type ScriptedServer = {
  readonly url: string;
  readonly seen: Seen[];
  answer(script: Script): void;
  stop(): Promise<void>;
};

export async function startScriptedServer(): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  const connections = new Map<unknown, number>();
  let script: Script = (_, response) => void response.writeHead(500).end();
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const connection = connections.get(request.socket) ?? 0;
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body, connection });
      script(request, response);
    });
  });
  server.on('connection', (socket) => connections.set(socket, connections.size + 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (next) => (script = next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with a status, a body (objects as JSON) and headers. */
export function answering(status: number, body: unknown = '', headers: http.OutgoingHttpHeaders = {}): Script {
  return (_, response) => {
    const json = typeof body !== 'string';
    response.writeHead(status, { 'content-type': json ? 'application/json' : 'text/html', ...headers });
    response.end(json ? JSON.stringify(body) : body);
  };
}

export type Lesson =
  | ['acquire', number, string]
  | ['learned', { credits: number; total: number; remaining: number }]
  | ['closed', number, string | null];

/** A rate limit without limit that remembers what it was told. */
export function openLimit(): CallLimit & { lessons: Lesson[] } {
  const lessons: Lesson[] = [];
  return {
    lessons,
    acquire: async ({ credits, kind }) => void lessons.push(['acquire', credits, kind]),
    learned: async (budget) => void lessons.push(['learned', budget]),
    closedFor: async (ms, kind) => void lessons.push(['closed', ms, kind]),
  };
}

export function clientOf(
  baseUrl: string,
  { deadlineMs = 5_000, limit = openLimit() }: { deadlineMs?: number; limit?: CallLimit } = {},
): Freshdesk {
  return createFreshdesk({ baseUrl, apiKey: 'secret-key', limit, deadlineMs });
}
