import type { z } from 'zod';
import type { At } from './payloads.ts';
import { send, type Call, type Reply, type RequestOptions } from './request.ts';

/** How the parts of the client ask: one account, one key, one rate limit. Each call is one request. */
export type Calls = {
  /** A read; `credits` is what Freshdesk charges for it, 1 when left out. */
  get<Payload extends z.ZodType>(path: string, payload: Payload, credits?: number): Promise<Reply<z.output<Payload>>>;
  call<Payload extends z.ZodType>(what: Call<Payload>): Promise<Reply<z.output<Payload>>>;
};

export function callsOf(options: RequestOptions): Calls {
  return {
    get: (path, payload, credits = 1) => send(options, { method: 'GET', path, payload, credits }),
    call: (what) => send(options, what),
  };
}

/** Every page of a list, from the first; `path` ends in `?` or `&`. Each page is one credit. */
export async function everyPage<T>(path: string, get: (path: string) => Promise<Reply<readonly T[]>>): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1, more = true; more; page += 1) {
    const { value, hasNext } = await get(`${path}per_page=100&page=${page}`);
    all.push(...value);
    more = hasNext;
  }
  return all;
}

/** The value and Freshdesk's clock, without the rest of the answer. */
export function at<T>({ value, atMs }: Reply<T>): At<T> {
  return { value, atMs };
}
