import { Worker } from 'node:worker_threads';
import { contentTypeOf, PDF, textEncodingOf, WORD } from './content-type.ts';
import type { DocumentRequest, DocumentText } from './document-text.ts';
import { visible } from './text.ts';

/** More of one file's text is not kept: the AI reads no more of all files together. */
export const MAX_FILE_TEXT = 20_000;
/** Of plain text, so much is looked at. */
const MAX_TEXT_BYTES = 1_000_000;
const DOCUMENTS: Readonly<Record<string, DocumentRequest['kind']>> = { [PDF]: 'pdf', [WORD]: 'word' };
const PARSE_MS = 15_000;
const LOOK_EVERY_MS = 200;
const HEAP_MB = 256;
/** Beside the heap, which has a limit of its own: what a parser unpacks lies there. */
const OUTSIDE_BYTES = 256 * 1_024 * 1_024;

/** `document-text.ts` when run from source, `.js` when built. */
const parser = new URL(`./document-text.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/**
 * What a file is by its content (F2), and what can be read of it (F3): the text of PDF, Word, plain text and CSV, at most
 * MAX_FILE_TEXT characters; null where there is none, it is broken or protected, or reading it takes too much. Never throws
 * over a file.
 */
export async function readFileContent(
  bytes: Buffer,
  name: string,
): Promise<{ contentType: string; text: string | null }> {
  const contentType = await contentTypeOf(bytes, name);
  const kind = DOCUMENTS[contentType];
  const raw = kind === undefined ? plainText(bytes, contentType) : await documentText(bytes, kind);
  const text = raw === null ? '' : tidy(raw).slice(0, MAX_FILE_TEXT).trim();
  return { contentType, text: text === '' ? null : text };
}

function plainText(bytes: Buffer, contentType: string): string | null {
  if (!contentType.startsWith('text/')) return null;
  const head = bytes.subarray(0, MAX_TEXT_BYTES);
  const encoding = textEncodingOf(head);
  return encoding === null ? null : new TextDecoder(encoding).decode(head);
}

function tidy(text: string): string {
  return visible(text.slice(0, MAX_FILE_TEXT * 4).replace(/\r\n?/g, '\n'))
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n');
}

/** In a thread of its own, which is ended when it takes too long or too much: a document may be made to do either. */
async function documentText(bytes: Buffer, kind: DocumentRequest['kind']): Promise<string | null> {
  const request: DocumentRequest = { kind, bytes: Uint8Array.from(bytes), maxLength: MAX_FILE_TEXT * 2 };
  const worker = new Worker(parser, {
    workerData: request,
    transferList: [request.bytes.buffer],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 32 },
    stdout: true,
    stderr: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const watch = setInterval(() => void endIfLarge(worker), LOOK_EVERY_MS);
  const limit = setTimeout(() => void worker.terminate(), PARSE_MS);
  try {
    return await new Promise<string | null>((resolve) => {
      worker.once('message', ({ text }: DocumentText) => resolve(text));
      worker.once('error', () => resolve(null));
      worker.once('exit', () => resolve(null));
    });
  } finally {
    clearInterval(watch);
    clearTimeout(limit);
    await worker.terminate();
  }
}

async function endIfLarge(worker: Worker): Promise<void> {
  const { external_memory: outside } = await worker.getHeapStatistics().catch(() => ({ external_memory: 0 }));
  if (outside > OUTSIDE_BYTES) await worker.terminate();
}
