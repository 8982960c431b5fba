import { fileTypeFromBuffer } from 'file-type';
import { isZip, zipEntries } from './zip.ts';

export const PDF = 'application/pdf';
export const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const UNKNOWN = 'application/octet-stream';

/** What makes a zip archive an office document. */
const OFFICE: Readonly<Record<string, string>> = {
  'word/document.xml': WORD,
  'xl/workbook.xml': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'ppt/presentation.xml': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
};
/** Enough to know any kind of file by; more is not looked at, so that no archive is unpacked for it. */
const LOOKED_AT = 65_536;

/**
 * What a file is by its content, never by its name or by what somebody says of it (F2). The name only tells a table from
 * other plain text. Markup of any kind is plain text: nothing is ever shown as a page.
 */
export async function contentTypeOf(bytes: Buffer, name: string): Promise<string> {
  if (isZip(bytes)) {
    const part = zipEntries(bytes)?.find((entry) => Object.hasOwn(OFFICE, entry.name));
    return (part === undefined ? undefined : OFFICE[part.name]) ?? 'application/zip';
  }
  const head = bytes.subarray(0, LOOKED_AT);
  const known = (await fileTypeFromBuffer(head).catch(() => undefined))?.mime;
  if (known !== undefined && !/^text\/|[/+]xml$/.test(known)) return known;
  if (textEncodingOf(head) === null) return known === undefined ? UNKNOWN : 'text/plain';
  return /\.(?:csv|tsv)$/i.test(name) ? 'text/csv' : 'text/plain';
}

/** The encoding of plain text, as TextDecoder names it; null when these are no words. */
export function textEncodingOf(head: Buffer): string | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head.includes(0)) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return controls(text) * 200 <= text.length ? 'utf-8' : null;
  } catch {
    // Not UTF-8: what older programs write, if it holds nothing but letters and signs.
    return controls(head.toString('latin1').replace(/[\x80-\x9f]/g, '')) === 0 ? 'windows-1252' : null;
  }
}

function controls(text: string): number {
  return text.match(/[^\P{Cc}\t\n\r\f]/gu)?.length ?? 0;
}
