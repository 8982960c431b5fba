import type { Request } from 'express';
import type { FileInput } from '../inputs.ts';

/** What came with a request. `given` false for no body at all; `valid` false for JSON that is none. */
export type ReadBody = { given: boolean; valid: boolean; value: unknown; files: FileInput[] };

const NOTHING: ReadBody = { given: false, valid: true, value: undefined, files: [] };

/** Form fields are text; these are meant as numbers or booleans. */
const TYPED = new Set([
  'private',
  'incoming',
  'user_id',
  'status',
  'priority',
  'source',
  'requester_id',
  'responder_id',
  'group_id',
  'product_id',
  'email_config_id',
  'company_id',
]);

function typed(name: string, text: string): unknown {
  if (!TYPED.has(name)) return text;
  return /^\d+$/.test(text) ? Number(text) : flagOr(text);
}

type Nest = { [key: string]: unknown };

/**
 * Sets a field as Rails reads forms: `a`, `a[]`, `a[b]`, and `a[b][][c]`, where an element of a list is complete as soon as
 * one of its keys comes again.
 */
function put(into: Nest, [key = '', ...rest]: string[], value: unknown): void {
  const [next] = rest;
  if (next === undefined) into[key] = value;
  else if (next === '') into[key] = appended(Array.isArray(into[key]) ? into[key] : [], rest.slice(1), value);
  else {
    const inner: Nest = { ...Object(into[key]) };
    put(inner, rest, value);
    into[key] = inner;
  }
}

function appended(list: unknown[], keys: string[], value: unknown): unknown[] {
  if (keys.length === 0) return [...list, value];
  const last: unknown = list.at(-1);
  const goesOn = typeof last === 'object' && last !== null && !has(last, keys);
  const element: Nest = goesOn ? { ...last } : {};
  put(element, keys, value);
  return [...(goesOn ? list.slice(0, -1) : list), element];
}

function has(value: object, [key = '', ...rest]: string[]): boolean {
  const inner: unknown = (value as Nest)[key];
  return rest.length === 0 || typeof inner !== 'object' || inner === null ? inner !== undefined : has(inner, rest);
}

function flagOr(text: string): unknown {
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

/** The fields and files of a form as Freshdesk reads it; `attachments[]` are the files. */
async function formOf(bytes: Buffer, contentType: string): Promise<ReadBody> {
  const value: Nest = {};
  const files: FileInput[] = [];
  let form: FormData;
  try {
    form = await new globalThis.Response(new Uint8Array(bytes), {
      headers: { 'content-type': contentType },
    }).formData();
  } catch {
    return { given: true, valid: false, value: undefined, files };
  }
  for (const [key, entry] of form) {
    const [name = key, ...inner] = key.split(/\[|\]\[/).map((part) => part.replace(/\]$/, ''));
    if (typeof entry !== 'string') {
      if (key !== 'attachments[]') value[key] = entry.name;
      else files.push({ name: entry.name, contentType: entry.type, bytes: new Uint8Array(await entry.arrayBuffer()) });
    } else if (inner.length === 0) value[name] = typed(name, entry);
    else put(value, [name, ...inner], inner.at(-1) === '' ? entry : flagOr(entry));
  }
  return { given: true, valid: true, value, files };
}

export function isForm(contentType: string): boolean {
  return /^multipart\/form-data\b/i.test(contentType);
}

/** Reads JSON or a form. */
export async function readBody(request: Request): Promise<ReadBody> {
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return NOTHING;
  const contentType = request.get('content-type') ?? '';
  if (isForm(contentType)) return formOf(bytes, contentType);
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return { given: true, valid: typeof value === 'object' && value !== null, value, files: [] };
  } catch {
    return { given: true, valid: false, value: undefined, files: [] };
  }
}
