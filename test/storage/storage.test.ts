import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { contentKey } from '../../src/storage/key.ts';
import { storageLocation } from '../../src/storage/location.ts';
import { openStorage } from '../../src/storage/open.ts';
import { StorageError, type Storage } from '../../src/storage/port.ts';
import { runFolder } from '../../testbed/run-folder.ts';
import { startS3Server } from '../../testbed/s3-server.ts';

const s3Program = process.env['VERSITYGW_PATH'] ?? '';
const BUCKET = 'support-files';

const KINDS: Record<string, () => Promise<{ url: string; unusable: string; stop(): Promise<void> }>> = {
  'a folder': async () => {
    const folder = runFolder('storage');
    writeFileSync(path.join(folder, 'a-file'), '');
    return { url: `file:${folder}/files`, unusable: `file:${folder}/a-file/files`, stop: async () => undefined };
  },
  S3: async () => {
    const server = await startS3Server(s3Program, BUCKET);
    const options = `?endpoint=${server.url}&region=us-east-1`;
    return { url: `s3://${BUCKET}/desk${options}`, unusable: `s3://no-such-bucket${options}`, stop: server.stop };
  },
};
if (s3Program === '') {
  delete KINDS['S3'];
  console.info('storage on S3 left out: npm run test:s3 runs the same tests on a real S3 server');
}

describe.each(Object.keys(KINDS))('F1 storage in %s', (kind) => {
  let storage: Storage;
  let unusable: Storage;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const opened = await KINDS[kind]?.();
    if (opened === undefined) throw new Error(`no storage of the kind ${kind}`);
    storage = await openStorage(storageLocation(opened.url));
    unusable = await openStorage(storageLocation(opened.unusable));
    ({ stop } = opened);
  });
  afterAll(() => stop());

  const contentOf = async (key: string): Promise<Buffer | null> => {
    const found = await storage.get(key);
    return found === null ? null : buffer(found);
  };
  const put = async (bytes: Uint8Array): Promise<string> => {
    await storage.put(contentKey(bytes), bytes, 'application/pdf');
    return contentKey(bytes);
  };

  test.each([0, 1, 65_536, 5_000_001])('F1 a file of %d bytes comes back byte for byte', async (length) => {
    const bytes = Buffer.alloc(length, 'byte for byte');
    expect((await contentOf(await put(bytes)))?.equals(bytes)).toBe(true);
  });

  test('F1 the same file stored again, also at the same time, is one file', async () => {
    const bytes = Buffer.from('the same file');
    const keys = await Promise.all([put(bytes), put(bytes), put(bytes)]);
    expect(new Set(keys).size).toBe(1);
    expect(await contentOf(await put(bytes))).toEqual(bytes);
  });

  test('F1 what is not there is null, and deleting it is no error', async () => {
    const key = contentKey(Buffer.from('never stored'));
    expect(await contentOf(key)).toBeNull();
    await storage.delete(key);
  });

  test('F1 a deleted file is gone, and can be stored anew', async () => {
    const bytes = Buffer.from('deleted');
    const key = await put(bytes);
    await storage.delete(key);
    expect(await contentOf(key)).toBeNull();
    await put(bytes);
    expect(await contentOf(key)).toEqual(bytes);
  });

  test('F1 a key that is no content address reaches nothing', async () => {
    await expect(storage.put('../../etc/passwd', Buffer.from('x'), 'text/plain')).rejects.toThrow('SHA-256');
    await expect(storage.get('../../etc/passwd')).rejects.toThrow('SHA-256');
    await expect(storage.delete('..')).rejects.toThrow('SHA-256');
  });

  test('C6 the check leaves nothing behind, and says what to do where nothing can be stored', async () => {
    await storage.check();
    await expect(unusable.check()).rejects.toThrow(StorageError);
    await expect(unusable.check()).rejects.toThrow('STORAGE_URL');
    await expect(unusable.put(contentKey(Buffer.from('x')), Buffer.from('x'), 'text/plain')).rejects.toThrow(
      StorageError,
    );
  });
});

describe('F1 the folder', () => {
  test('F1 a write that was cut off leaves no file at its address, and what it left is cleared away', async () => {
    const folder = runFolder('storage');
    const unfinished = path.join(folder, 'unfinished');
    mkdirSync(unfinished);
    writeFileSync(path.join(unfinished, 'of-a-killed-process'), 'half a fi');
    utimesSync(path.join(unfinished, 'of-a-killed-process'), new Date(0), new Date(0));
    writeFileSync(path.join(unfinished, 'of-another-process'), 'being written');
    const storage = await openStorage({ kind: 'folder', path: folder });
    const bytes = Buffer.from('a file');
    await storage.put(contentKey(bytes), bytes, 'text/plain');
    expect(readdirSync(unfinished)).toEqual(['of-another-process']);
  });

  test('F1 a file that a crash has left shorter than it was is written again', async () => {
    const folder = runFolder('storage');
    const bytes = Buffer.from('a whole file');
    const key = contentKey(bytes);
    const place = path.join(folder, key.slice(0, 2), key.slice(2, 4));
    mkdirSync(place, { recursive: true });
    writeFileSync(path.join(place, key), 'a who');
    const storage = await openStorage({ kind: 'folder', path: folder });
    await storage.put(key, bytes, 'text/plain');
    const found = await storage.get(key);
    expect(found === null ? null : await buffer(found)).toEqual(bytes);
  });

  test('F2 customers’ files can be read by this user alone', async () => {
    const folder = path.join(runFolder('storage'), 'files');
    const bytes = Buffer.from('an invoice');
    const key = contentKey(bytes);
    await (await openStorage({ kind: 'folder', path: folder })).put(key, bytes, 'text/plain');
    const file = path.join(folder, key.slice(0, 2), key.slice(2, 4), key);
    expect(existsSync(file)).toBe(true);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(statSync(path.dirname(file)).mode & 0o077).toBe(0);
    chmodSync(folder, 0o700);
  });
});
