/** A cursor that this program did not hand out. */
export class InvalidCursor extends Error {
  constructor() {
    super('The cursor is not one that was handed out; leave it out to start again.');
    this.name = 'InvalidCursor';
  }
}

/** Where a page ended: the sort key of its last entry and, among equals, its id. */
export type Position = { key: bigint; id: string };

/** How many entries were asked for, and after which one. */
export type PageRequest = { cursor: string | null; limit: number };

export type Page<T> = { items: T[]; nextCursor: string | null };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const INT64_MAX = 2n ** 63n - 1n;

/** Whether a text can be compared with a uuid column at all; PostgreSQL throws on the others. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Opaque to callers, so that the order can change without breaking them. Throws InvalidCursor. */
export function decodeCursor(cursor: string): Position {
  const [key = '', id = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split('/');
  if (!/^\d{1,19}$/.test(key) || !isUuid(id) || BigInt(key) > INT64_MAX) throw new InvalidCursor();
  return { key: BigInt(key), id };
}

/** The same where the key is a time, in so many parts of a millisecond. Throws InvalidCursor. */
export function decodeTime(cursor: string, partsOfMs = 1n): { at: Date; part: number; id: string } {
  const { key, id } = decodeCursor(cursor);
  const at = new Date(Number(key / partsOfMs));
  if (Number.isNaN(at.getTime())) throw new InvalidCursor();
  return { at, part: Number(key % partsOfMs), id };
}

/** Turns `limit + 1` rows into a page: the extra one only tells that there is more. */
export function toPage<Row extends { id: string }, T>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => bigint,
  view: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const nextCursor = last === undefined ? null : Buffer.from(`${keyOf(last)}/${last.id}`).toString('base64url');
  return { items: shown.map(view), nextCursor };
}
