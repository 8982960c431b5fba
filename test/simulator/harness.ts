import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/simulator.ts';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A simulator that ends with the test. */
export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const started = await startSimulator(options);
  open.push(() => started.close());
  return started;
}

export type Reply = { status: number; text: string; body: unknown; headers: Headers };

export type Request = { key?: string | null; headers?: Record<string, string>; raw?: string };

/** One API call with the admin key unless told otherwise; `raw` is sent as it is. */
export async function call(
  { url, apiKey }: Simulator,
  method: string,
  path: string,
  body?: unknown,
  { key = apiKey, headers = {}, raw }: Request = {},
): Promise<Reply> {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${url}/api/v2${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Basic ${Buffer.from(`${key}:X`).toString('base64')}` }),
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answer = await response.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, text: answer, body: parsed, headers: response.headers };
}

export type Received = { body: string; headers: IncomingHttpHeaders };
export type Sink = { url: string; received: Received[]; answer: (status: number) => void };

/** A server that takes webhooks; it answers 202 until told otherwise. */
export async function webhookSink(): Promise<Sink> {
  let status = 202;
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      received.push({ body, headers: request.headers });
      response.statusCode = status;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer: (next) => {
      status = next;
    },
  };
}

/** A clock that the test moves. */
export function clock(start = '2026-03-01T09:00:00.400Z'): { now: () => Date; advance: (ms: number) => void } {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    advance: (ms) => {
      time += ms;
    },
  };
}

/** A field of a JSON answer, by path. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
}
