import { createHash, randomBytes } from 'node:crypto';

/** The content address of a file: two files with the same bytes are one. */
export function contentKey(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `ab/cd/abcd…`: no folder gets so many entries that it becomes slow. Throws on what is no content address. */
export function shardedPath(key: string): string {
  if (!/^[0-9a-f]{64}$/.test(key)) throw new Error('a storage key is a SHA-256 in hex');
  return `${key.slice(0, 2)}/${key.slice(2, 4)}/${key}`;
}

/** A few bytes of their own, for a check that writes, reads and removes. */
export function probe(): { key: string; bytes: Uint8Array } {
  const bytes = randomBytes(32);
  return { key: contentKey(bytes), bytes };
}
