/** Runs in a worker thread, see file-content.ts: parses one document and posts its text. Whatever throws here ends the thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { unpacksWithin, zipEntries } from './zip.ts';

export type DocumentRequest = {
  kind: 'pdf' | 'word';
  bytes: Uint8Array<ArrayBuffer>;
  /** Characters; what comes after them is not read. */
  maxLength: number;
};

/** null: there is no text in it, or it is not to be read. */
export type DocumentText = { text: string | null };

const MOST_PAGES = 50;
const MAX_UNPACKED_BYTES = 100 * 1_024 * 1_024;

async function pdfText({ bytes, maxLength }: DocumentRequest): Promise<string> {
  const { getDocumentProxy } = await import('unpdf');
  const document = await getDocumentProxy(bytes);
  const pages: string[] = [];
  let length = 0;
  for (let number = 1; number <= Math.min(document.numPages, MOST_PAGES) && length < maxLength; number += 1) {
    const { items } = await (await document.getPage(number)).getTextContent();
    const text = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('');
    pages.push(text);
    length += text.length;
  }
  return pages.join('\n\n');
}

async function wordText({ bytes }: DocumentRequest): Promise<string | null> {
  const buffer = Buffer.from(bytes);
  const entries = zipEntries(buffer);
  if (entries === null || !unpacksWithin(buffer, entries, MAX_UNPACKED_BYTES)) return null;
  const { default: mammoth } = await import('mammoth');
  return (await mammoth.extractRawText({ buffer })).value;
}

const request = workerData as DocumentRequest;
const answer: DocumentText = { text: request.kind === 'pdf' ? await pdfText(request) : await wordText(request) };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.postMessage(answer);
