import { z } from 'zod';
import type { Bucket } from '../rate-limit.ts';
import { Refusal, validationFailed, type Answer, type FieldError } from '../errors.ts';
import type { FileInput } from '../inputs.ts';
import type { Rule, WebhookTarget } from '../rules.ts';
import type { State } from '../state.ts';
import type { Agent } from '../types.ts';

/** What a route gets: who asks, and the parsed parts of the request. */
export type Call<Query, Body> = {
  state: State;
  rules: Rule[];
  /** The account's webhook, which rules without one of their own send to. */
  target: WebhookTarget | null;
  agent: Agent;
  /** The numeric `:id` of the path; 0 where there is none. */
  id: number;
  query: Query;
  body: Body;
  /** `attachments[]` of a form. */
  files: FileInput[];
  /** URL of this request without its query, and of the API's root, for `link` and `Location`. */
  href: string;
  apiUrl: string;
};

type RawCall = Omit<Call<unknown, unknown>, 'query' | 'body'> & {
  query: Record<string, unknown>;
  body: unknown;
};

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export type Route = {
  method: Method;
  path: string;
  admin: boolean;
  bucket: Bucket | null;
  /** Credits on top of the one every call costs. */
  extraCredits: (query: Record<string, unknown>) => number;
  run: (call: RawCall) => Answer;
};

export const noQuery = z.strictObject({});
/** Routes that take no body ignore one that is sent. */
export const noBody = z.unknown();

type Spec<Query, Body> = {
  admin?: boolean;
  bucket?: Bucket;
  query: z.ZodType<Query>;
  body: z.ZodType<Body>;
  extraCredits?: (query: Record<string, unknown>) => number;
  run: (call: Call<Query, Body>) => Answer;
};

/** Declares a route: what it takes, strictly, and what it does. */
export function route<Query, Body>(method: Method, path: string, spec: Spec<Query, Body>): Route {
  return {
    method,
    path,
    admin: spec.admin ?? false,
    bucket: spec.bucket ?? null,
    extraCredits: spec.extraCredits ?? (() => 0),
    run(call) {
      const query = parse(spec.query, call.query);
      const body = parse(spec.body, call.body ?? {});
      return spec.run({ ...call, query, body });
    },
  };
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal(validationFailed(result.error.issues.flatMap((issue) => fieldErrors(issue, value))));
}

const TYPE_NAMES: Record<string, string> = {
  string: 'String',
  number: 'Integer',
  int: 'Integer',
  array: 'Array',
  boolean: 'Boolean',
  object: 'key/value pair',
  record: 'key/value pair',
};

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  let found: unknown = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

/** One zod issue in Freshdesk's words. */
function fieldErrors(issue: z.core.$ZodIssue, value: unknown): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((field) => ({
      field,
      message: 'Unexpected/invalid field in request',
      code: 'invalid_field',
    }));
  }
  const field = issue.path.filter((part) => typeof part === 'string').join('.');
  const given = valueAt(value, issue.path);
  if (issue.code === 'invalid_type') {
    const wanted = TYPE_NAMES[issue.expected] ?? issue.expected;
    if (given === undefined) return [{ field, message: `It should be a/an ${wanted}`, code: 'missing_field' }];
    const actual = given === null ? 'Null' : (TYPE_NAMES[typeof given] ?? typeof given);
    const message = `Value set is of type ${actual}. It should be a/an ${wanted}`;
    return [{ field, message, code: 'datatype_mismatch' }];
  }
  return [{ field, message: issue.message, code: 'invalid_value' }];
}
