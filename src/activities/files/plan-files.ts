import { buffer } from 'node:stream/consumers';
import type { ThreadFile } from '../../ai/port.ts';
import type { ReadableFile } from '../../db/conversations/attachments.ts';
import type { ActivityDeps } from '../deps.ts';

/** Characters of all files of a turn together (F3): what one person would skim, and no more than a model should pay for. */
const MAX_FILES_TEXT = 20_000;
const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const MAX_IMAGE_BYTES = 5 * 1_024 * 1_024;
const MOST_IMAGES = 8;

/**
 * The stored files of these messages as the engine gets them, by sequence number (F3). Where the texts are too much, the
 * waiting messages' come first, the newest before the older.
 */
export async function filesForPlan(
  deps: Pick<ActivityDeps, 'attachments' | 'storage'>,
  sessionId: string,
  messages: readonly { seq: number; waiting: boolean }[],
): Promise<Map<number, ThreadFile[]>> {
  const places = new Map(messages.map((message) => [message.seq, message]));
  const stored = (await deps.attachments.readable(sessionId)).filter((file) => places.has(file.seq));
  const isWaiting = (file: ReadableFile) => places.get(file.seq)?.waiting === true;
  const byWeight = stored.toSorted(
    (one, other) => Number(isWaiting(other)) - Number(isWaiting(one)) || other.seq - one.seq,
  );

  let left = MAX_FILES_TEXT;
  let images = MOST_IMAGES;
  const readable = new Map<string, ThreadFile>();
  for (const { id, key, name, contentType, size, text } of byWeight) {
    const file: ThreadFile = { name, contentType, text: text === null || left === 0 ? null : text.slice(0, left) };
    left -= file.text?.length ?? 0;
    if (IMAGES.has(contentType) && size <= MAX_IMAGE_BYTES && images > 0) {
      images -= 1;
      file.image = () => bytesOf(deps, key);
    }
    readable.set(id, file);
  }
  const bySeq = new Map<number, ThreadFile[]>();
  for (const { id, seq } of stored) {
    const file = readable.get(id);
    if (file !== undefined) bySeq.set(seq, [...(bySeq.get(seq) ?? []), file]);
  }
  return bySeq;
}

async function bytesOf({ storage }: Pick<ActivityDeps, 'storage'>, key: string): Promise<Uint8Array | null> {
  const content = await storage.get(key);
  return content === null ? null : buffer(content);
}
