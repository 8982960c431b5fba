import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { probe, shardedPath } from './key.ts';
import type { StorageLocation } from './location.ts';
import { StorageError, type Storage } from './port.ts';

/** Of Amazon's buckets only those that are there; other stores mostly do not look at it. */
const USUAL_REGION = 'us-east-1';
const REQUEST_LIMIT_MS = 60_000;

/**
 * Files in a bucket of any S3-compatible store. Credentials come from the standard AWS environment (variables, profile,
 * role). The bucket is made by whoever runs the store, not by us. `requestLimitMs`: for one try of a request, up to its answer.
 */
export function createS3Storage(
  { bucket, prefix, endpoint, region }: Extract<StorageLocation, { kind: 's3' }>,
  { requestLimitMs = REQUEST_LIMIT_MS }: { requestLimitMs?: number } = {},
): Storage {
  const client = new S3Client({
    region: region ?? process.env['AWS_REGION'] ?? USUAL_REGION,
    // Not every store knows the newer checksums; all of them check the signature over the bytes.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    // Without the last one, a store that does not answer is only warned of, and waited for without end.
    requestHandler: { requestTimeout: requestLimitMs, connectionTimeout: 5_000, throwOnRequestTimeout: true },
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
  });
  const placeOf = (key: string) => ({ Bucket: bucket, Key: `${prefix}${shardedPath(key)}` });

  const storage: Storage = {
    async put(key, bytes, contentType) {
      const object = { ...placeOf(key), Body: bytes, ContentLength: bytes.length, ContentType: contentType };
      await client.send(new PutObjectCommand(object)).catch((error: unknown) => {
        throw unusable('written', error);
      });
    },

    async get(key) {
      const place = placeOf(key);
      try {
        const { Body } = await client.send(new GetObjectCommand(place));
        return Body instanceof Readable ? Body : Readable.from([]);
      } catch (error) {
        if (error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound')) return null;
        throw unusable('read', error);
      }
    },

    async delete(key) {
      await client.send(new DeleteObjectCommand(placeOf(key))).catch((error: unknown) => {
        throw unusable('written', error);
      });
    },

    async check() {
      const { key, bytes } = probe();
      await storage.put(key, bytes, 'application/octet-stream');
      const found = await storage.get(key);
      const same = found !== null && (await buffer(found)).equals(bytes);
      await storage.delete(key);
      if (!same) throw unusable('read', null);
    },
  };

  /** The library's messages may hold request ids and addresses; its error names say what is wrong. */
  function unusable(how: 'read' | 'written', error: unknown): StorageError {
    const name = error instanceof Error ? ` (${error.name})` : '';
    const denied = error instanceof Error && error.name === 'AccessDenied' && how === 'read';
    const listing = denied ? ' Without the right to list, S3 says the same of a file that is missing.' : '';
    return new StorageError(
      `The bucket ${bucket} cannot be ${how}${name}: check STORAGE_URL with its region, that the bucket exists, and that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY may list, read, write and delete in it.${listing}`,
    );
  }

  return storage;
}
