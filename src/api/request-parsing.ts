import { json as parseJson, type Request } from 'express';
import type { z } from 'zod';
import { type Fault, Problem } from './problems.ts';

/** Reads a JSON body; what is larger is 413. */
export const body = parseJson({ limit: '256kb', strict: false, type: ['json', '+json'] });

const UNKNOWN = { body: 'is not known here', query: 'is not a parameter of this address' };

/** What the caller sent, checked; throws a Problem that names each part that is wrong, without repeating it. */
export function given<T>(schema: z.ZodType<T>, value: unknown, what: 'body' | 'query' = 'body'): T {
  if (value === undefined) throw new Problem(415, 'Send JSON, with that content type.');
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue): Fault[] => {
    const at = (path: readonly PropertyKey[]) => path.map(String).join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path: at(issue.path), message: issue.message }];
    return issue.keys.map((key) => ({ path: at([...issue.path, key]), message: UNKNOWN[what] }));
  });
  throw new Problem(400, `The ${what} is not usable.`, errors);
}

/** Orders that cannot be read are no order to start with the defaults. */
export function hasBody(request: Pick<Request, 'get'>): boolean {
  return Number(request.get('content-length') ?? 0) > 0 || request.get('transfer-encoding') !== undefined;
}
