import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import got from 'got';
import type { z } from 'zod';
import { codeOf } from '../domain/errors.ts';
import type { CallLimit } from '../domain/rate-limit.ts';
import { type Answered, budgetOf, clockMsOf, dateMsOf, hasNextPage, refusalOf, retryAfterMsOf } from './answers.ts';
import { OutcomeUnknown, RateLimited, Unreachable } from './errors.ts';

export type Call<Payload extends z.ZodType> = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** After `/api/v2`, with its query. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent instead of `body` where files go along. */
  form?: FormData;
  credits: number;
  payload: Payload;
};

export type Reply<T> = {
  value: T;
  atMs: number;
  hasNext: boolean;
  /** The account's budget of a minute; null where the answer did not say. */
  perMinute: number | null;
};

/** One request as figures see it: no ids, nothing personal. */
export type ObservedCall = {
  method: string;
  /** The path with `:id` for every number, without query: `/tickets/:id/reply`. */
  endpoint: string;
  /** The HTTP status, or what was seen instead: `timeout`, `reset`, `ECONNREFUSED` … */
  status: string;
  ms: number;
  /** Freshdesk's clock in the answer, whole seconds; null where there was none. */
  atMs: number | null;
};

export type RequestOptions = {
  baseUrl: string;
  apiKey: string;
  limit: CallLimit;
  deadlineMs: number;
  /** Told of every request that was made, whatever came of it. Must not throw. */
  observe?: (call: ObservedCall) => void;
};

// Reads share their connections. A write gets a new one: on a kept one that the other side has just closed it could not
// be told whether the request arrived, and "never connected" proves that nothing was sent.
const kept = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
const fresh = { http: new http.Agent({ keepAlive: false }), https: new https.Agent({ keepAlive: false }) };

/** Sends one request, once, and gives its parsed answer; throws what `Freshdesk` documents. */
export async function send<Payload extends z.ZodType>(
  options: RequestOptions,
  call: Call<Payload>,
): Promise<Reply<z.output<Payload>>> {
  const { limit } = options;
  const kind = `${call.method} ${endpointOf(call.path)}`;
  await limit.acquire({ credits: call.credits, kind });
  const sentAt = performance.now();
  const answer = await exchange(options, call);
  const tookMs = performance.now() - sentAt;
  const budget = budgetOf(answer);
  if (answer.status === 429) {
    const retryAfterMs = retryAfterMsOf(answer);
    // L3: where the account has credits left, it is calls of this kind that have a limit of their own.
    const isOwnLimit = budget !== null && budget.remaining >= call.credits;
    await teach(limit.closedFor(retryAfterMs, isOwnLimit ? kind : null));
    throw new RateLimited(retryAfterMs);
  }
  if (budget !== null) await teach(limit.learned({ credits: call.credits, ...budget, tookMs }));
  const refusal = refusalOf(nameOf(call), answer);
  if (refusal !== null) throw refusal;
  if (answer.status < 200 || answer.status > 299) throw lost(call, seenIn(answer));
  const parsed = call.payload.safeParse(jsonOf(answer.body));
  if (!parsed.success) throw lost(call, 'unreadable');
  return {
    value: parsed.data,
    atMs: clockMsOf(answer),
    hasNext: hasNextPage(answer),
    perMinute: budget?.total ?? null,
  };
}

async function exchange(options: RequestOptions, call: Call<z.ZodType>): Promise<Answered> {
  let connected = false;
  const startedAt = performance.now();
  const observed = (status: string, date?: string) =>
    options.observe?.({
      method: call.method,
      endpoint: endpointOf(call.path),
      status,
      ms: performance.now() - startedAt,
      atMs: dateMsOf(date),
    });
  try {
    const { statusCode, headers, body } = await got(`${options.baseUrl}/api/v2${call.path}`, {
      method: call.method,
      headers: {
        authorization: `Basic ${Buffer.from(`${options.apiKey}:X`).toString('base64')}`,
        accept: 'application/json',
        'user-agent': 'opencx-freshdesk',
      },
      ...(call.body === undefined ? {} : { json: call.body }),
      ...(call.form === undefined ? {} : { body: call.form }),
      agent: call.method === 'GET' ? kept : fresh,
      request: (url, native, callback) => {
        const request = (url.protocol === 'https:' ? https : http).request(url, native, callback);
        return request.once('socket', (socket: Socket) => onceConnected(socket, () => (connected = true)));
      },
      timeout: { request: options.deadlineMs },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
    });
    observed(String(statusCode), headers.date);
    return { status: statusCode, headers, body };
  } catch (error) {
    const seen = seenInstead(error);
    observed(seen);
    throw connected ? lost(call, seen) : new Unreachable(nameOf(call), seen);
  }
}

/** Node writes a request only after the connection, and over TLS the verified handshake, stands. */
function onceConnected(socket: Socket, note: () => void): void {
  const shakesHands = 'encrypted' in socket;
  const underWay = socket.connecting || ('secureConnecting' in socket && socket.secureConnecting === true);
  if (underWay) socket.once(shakesHands ? 'secureConnect' : 'connect', note);
  else note();
}

/** No usable answer to a request that may have arrived: harmless for a read, an open question for a write. */
function lost(call: Call<z.ZodType>, seen: string): OutcomeUnknown | Unreachable {
  return call.method === 'GET' ? new Unreachable(nameOf(call), seen) : new OutcomeUnknown(nameOf(call), seen);
}

/** Few enough to be a label: `/tickets/12/reply?x=1` is `/tickets/:id/reply`. */
function endpointOf(path: string): string {
  return path.replace(/\?.*$/, '').replace(/\/\d+(?=\/|$)/g, '/:id');
}

function nameOf(call: Call<z.ZodType>): string {
  return `${call.method} ${call.path}`;
}

function seenIn({ status }: Answered): string {
  return status >= 300 && status < 400 ? 'redirect' : `http_${status}`;
}

const cutOff = new Set(['ECONNRESET', 'EPIPE', 'ERR_READING_RESPONSE_STREAM', 'ERR_HTTP_CONTENT_LENGTH_MISMATCH']);

function seenInstead(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ETIMEDOUT') return 'timeout';
  if (typeof code === 'string' && cutOff.has(code)) return 'reset';
  return typeof code === 'string' && /^\w+$/.test(code) ? code : 'failed';
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** What became of the request is known by now; a bucket that could not be told learns from the next answer. */
async function teach(lesson: Promise<void>): Promise<void> {
  await lesson.catch(() => undefined);
}
