/** A file that goes with a reply or a note. */
export type OutgoingFile = { name: string; contentType: string; bytes: Uint8Array<ArrayBuffer> };

/** A body with files, which Freshdesk takes as a form: `cc_emails[]`, `a[b][][c]`, and the files as `attachments[]`. */
export function formOf(body: Record<string, unknown>, files: readonly OutgoingFile[]): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body))
    for (const [key, text] of fields(name, value)) form.append(key, text);
  for (const { name, contentType, bytes } of files)
    form.append('attachments[]', new Blob([bytes], { type: contentType }), name);
  return form;
}

function fields(name: string, value: unknown): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  if (Array.isArray(value)) return value.flatMap((element) => fields(`${name}[]`, element));
  if (typeof value !== 'object') return value === undefined ? [] : [[name, JSON.stringify(value)]];
  if (value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => fields(`${name}[${key}]`, inner));
}
