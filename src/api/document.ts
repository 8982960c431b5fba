import type { ResponseConfig, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { type Exchange, operations } from '../contract/operations.ts';
import { type RouteName, ROUTES } from '../contract/routes.ts';
import { problem } from '../contract/values.ts';

/** One operation as the document has it; `path` is the whole of it, such as `/api/sessions/{id}`. */
export type Operation = RouteConfig & { tags: string[]; operationId: string; summary: string };

/** What the contract does not say of an operation below `/api`. */
type About = {
  tag: string;
  summary: string;
  description?: string;
  /** What the answer is when it works. */
  ok: string;
  problems?: (keyof typeof PROBLEMS)[];
  /** Of the body. */
  example?: unknown;
  bodyRequired?: boolean;
  /** Where the answer is no JSON. */
  content?: ResponseConfig['content'];
  /** What is answered instead where the query asks for it. */
  orElse?: z.ZodType;
  /** Other forms of the same answer. */
  besides?: NonNullable<ResponseConfig['content']>;
};

/** An operation of the contract for the document. Those that take a body may answer 413 and 415 as well. */
export function documented(name: RouteName, about: About): Operation {
  const [method, path] = ROUTES[name];
  const { params, query, body, status, answer }: Exchange = operations[name];
  const { tag, summary, description, ok, example, bodyRequired = true, content, orElse, besides = {} } = about;
  const success: ResponseConfig =
    answer === null
      ? { description: ok, ...(content === undefined ? {} : { content }) }
      : {
          description: ok,
          content: {
            'application/json': { schema: orElse === undefined ? answer : z.union([answer, orElse]) },
            ...besides,
          },
        };
  return {
    method,
    path,
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: { ...jsonBody(body, example), required: bodyRequired } }),
    },
    responses: {
      [status ?? 200]: success,
      ...problems(...(about.problems ?? []), ...(body === undefined ? [] : ([400, 413, 415] as const))),
    },
  };
}

export function json(description: string, schema: z.ZodType): ResponseConfig {
  return { description, content: { 'application/json': { schema } } };
}

export function jsonBody(
  schema: z.ZodType,
  example?: unknown,
): NonNullable<NonNullable<RouteConfig['request']>['body']> {
  return { required: true, content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } } };
}

const PROBLEMS = {
  400: 'The request is not usable',
  401: 'The token is missing or wrong',
  403: 'The caller may only read, or the request was made by a page of another site',
  404: 'There is no such thing',
  409: 'Something else is in the way',
  412: 'It was changed since it was read',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'Freshdesk refuses this account or this key',
  429: 'Too many wrong tokens came from this address',
  500: 'Something went wrong here; the log has more under the `requestId`',
  502: 'Freshdesk could not be asked',
  503: 'Something that is needed does not answer; try again later',
} as const;

/** The answers other than success; those that every operation below `/api` may give are added by the document. */
export function problems(...statuses: (keyof typeof PROBLEMS)[]): Record<number, ResponseConfig> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: PROBLEMS[status], content: { 'application/problem+json': { schema: problem } } },
    ]),
  );
}
