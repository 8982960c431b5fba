import type { ResponseConfig, RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

/** One operation of the API as the document has it; `path` is the whole of it, such as `/api/sessions/{id}`. */
export type Operation = RouteConfig & { tags: string[]; operationId: string; summary: string };

/** What the examples of the document speak of; the test of the document makes exactly these. */
export const EXAMPLE = {
  connection: 'default',
  newConnection: 'shop',
  session: '01980000-0000-7000-8000-000000000001',
  ticketId: '42',
  attachment: '01980000-0000-7000-8000-000000000002',
} as const;

/** Times travel as ISO 8601 in UTC. */
export const time = z.iso.datetime();

export const connectionParams = z.object({
  id: z.string().meta({ description: 'The id of the connection', example: EXAMPLE.connection }),
});

export const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What is wrong, and what to do' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong with which part of the request' }),
    reason: z.string().optional().meta({ description: 'For programs: why, as one word' }),
    requestId: z.string().meta({ description: 'What the log has this request under' }),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });

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
  404: 'There is no such thing',
  409: 'Something else is in the way',
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
