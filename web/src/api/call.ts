import type { Call } from '../../../src/contract/operations.ts';
import { ROUTES, type RouteName } from '../../../src/contract/routes.ts';

/** Where the service is, below whatever path a proxy gives it: this file lies in its /assets. Ends with a slash. */
export const BASE = new URL('..', import.meta.url).pathname;

type Needed<Name extends RouteName, Key extends 'params' | 'query' | 'body'> = Call<Name>[Key] extends undefined
  ? unknown
  : { [K in Key]: Call<Name>[Key] };

/** What an operation is asked with; what it does not take is left out. */
export type Asked<Name extends RouteName> = Needed<Name, 'params'> &
  Needed<Name, 'body'> &
  Partial<Needed<Name, 'query'>>;
export type Answer<Name extends RouteName> = Call<Name>['answer'];

/** Why something did not work, in the service's own words. `status` 0: it did not answer at all. */
export class Refused extends Error {
  override name = 'Refused';
  readonly status: number;
  readonly requestId: string | null;
  readonly errors: readonly { path: string; message: string }[];

  constructor(status: number, detail: string, more: { requestId?: string; errors?: Refused['errors'] } = {}) {
    super(detail);
    this.status = status;
    this.requestId = more.requestId ?? null;
    this.errors = more.errors ?? [];
  }
}

/** By how much the service's clock is ahead of the browser's, in milliseconds. */
let aheadMs = 0;

/** The time by the service's clock: what it says is compared with nothing else. */
export function now(): number {
  return Date.now() + aheadMs;
}

/** Of an answer its ETag, where it has one. */
const tags = new WeakMap<object, string>();

export function tagOf(answer: object): string | undefined {
  return tags.get(answer);
}

/** Another object that says the same has the same one. */
export function sameTag(answer: unknown, other: unknown): void {
  if (typeof answer !== 'object' || answer === null || typeof other !== 'object' || other === null) return;
  const tag = tags.get(answer);
  if (tag !== undefined) tags.set(other, tag);
}

/** Asks the service. Rejects with Refused. */
export async function call<Name extends RouteName>(
  name: Name,
  asked: Asked<Name>,
  { signal, headers = {} }: { signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<Answer<Name>> {
  const { params, query, body } = asked as { params?: Words; query?: Words; body?: unknown };
  const [method] = ROUTES[name];
  const response = await fetch(urlOf(name, params, query), {
    method: method.toUpperCase(),
    headers: {
      accept: 'application/json',
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new Refused(0, 'The service does not answer. It is asked again by itself.');
  });
  const date = Date.parse(response.headers.get('date') ?? '');
  if (!Number.isNaN(date)) aheadMs = date - Date.now();
  if (response.status === 204) return null as Answer<Name>;
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) {
    const tag = response.headers.get('etag');
    if (tag !== null && typeof answer === 'object') tags.set(answer, tag);
    return answer as Answer<Name>;
  }
  throw refusalOf(response, answer);
}

type Words = Readonly<Record<string, string | number | boolean | undefined>>;

/** The address of an operation, for a link or a request. */
export function urlOf(name: RouteName, params: Words = {}, query: Words = {}): string {
  const [, path] = ROUTES[name];
  const filled = path.replaceAll(/\{(\w+)\}/g, (_all, key: string) => encodeURIComponent(String(params[key])));
  const asked = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]): [string, string][] =>
      value === undefined || value === '' ? [] : [[key, String(value)]],
    ),
  ).toString();
  return `${BASE}${filled.slice(1)}${asked === '' ? '' : `?${asked}`}`;
}

function refusalOf({ status }: Response, answer: unknown): Refused {
  const { detail, requestId, errors } = (answer ?? {}) as {
    detail?: string;
    requestId?: string;
    errors?: Refused['errors'];
  };
  return new Refused(status, detail ?? `What stands before the service answered ${status}.`, {
    ...(requestId === undefined ? {} : { requestId }),
    ...(errors === undefined ? {} : { errors }),
  });
}
