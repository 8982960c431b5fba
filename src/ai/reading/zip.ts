import { inflateRawSync } from 'node:zlib';

/** An entry as the central directory at the end of the file lists it. */
export type ZipEntry = { name: string; method: number; packedSize: number; offset: number };

const END = 0x06054b50;
const LISTED = 0x02014b50;
const LOCAL = 0x04034b50;
const END_LENGTH = 22;
const MOST_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;
/** No document has more parts. */
const MOST_ENTRIES = 5_000;

export function isZip(bytes: Buffer): boolean {
  return bytes.length >= END_LENGTH && bytes.readUInt32LE(0) === LOCAL;
}

/** What the archive lists; null when it is broken, too large a list, or of a kind that documents do not use (ZIP64). */
export function zipEntries(bytes: Buffer): ZipEntry[] | null {
  const end = endOf(bytes);
  if (end === null) return null;
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count > MOST_ENTRIES) return null;
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== LISTED) return null;
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place));
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + (nameLength ?? 0)),
      method: bytes.readUInt16LE(at + 10),
      packedSize: bytes.readUInt32LE(at + 20),
      offset: bytes.readUInt32LE(at + 42),
    });
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return entries;
}

/**
 * Whether everything in the archive, unpacked, stays within so many bytes. It is unpacked to find out, up to there: the sizes
 * an archive states are whatever its maker wrote.
 */
export function unpacksWithin(bytes: Buffer, entries: readonly ZipEntry[], maxBytes: number): boolean {
  let left = maxBytes;
  for (const { method, packedSize, offset } of entries) {
    if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== LOCAL) return false;
    const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
    const packed = bytes.subarray(start, start + packedSize);
    if (method === STORED) left -= packed.length;
    else if (method === DEFLATED && left > 0) left -= inflatedLength(packed, left);
    else return false;
    if (left < 0) return false;
  }
  return true;
}

function inflatedLength(packed: Buffer, atMost: number): number {
  try {
    return packed.length === 0 ? 0 : inflateRawSync(packed, { maxOutputLength: atMost }).length;
  } catch {
    return Number.POSITIVE_INFINITY; // larger, or broken
  }
}

function endOf(bytes: Buffer): number | null {
  const from = Math.max(0, bytes.length - END_LENGTH - MOST_COMMENT);
  for (let at = bytes.length - END_LENGTH; at >= from; at -= 1) {
    if (bytes.readUInt32LE(at) === END) return at;
  }
  return null;
}
