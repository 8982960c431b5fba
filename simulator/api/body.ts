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
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** `a`, `a[]` and `a[b]` as Freshdesk reads them; `attachments[]` are the files. */
async function formOf(bytes: Buffer, contentType: string): Promise<ReadBody> {
  const value: Record<string, unknown> = {};
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
    const [, name = key, brackets, inner] = /^([^[\]]+)(\[([^\]]*)\])?$/.exec(key) ?? [];
    if (typeof entry !== 'string') {
      if (name !== 'attachments' || brackets === undefined) value[key] = entry.name;
      else files.push({ name: entry.name, contentType: entry.type, bytes: new Uint8Array(await entry.arrayBuffer()) });
    } else if (brackets === undefined) value[name] = typed(name, entry);
    else if (inner === undefined || inner === '')
      value[name] = [...(Array.isArray(value[name]) ? value[name] : []), entry];
    else value[name] = { ...Object(value[name]), [inner]: entry === 'true' ? true : entry === 'false' ? false : entry };
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
