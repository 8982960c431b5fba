import type { Readable } from 'node:stream';

/** Where copied files are kept (F1): a folder, or any S3-compatible store. Keys are content addresses made by us. */
export type Storage = {
  /** Storing the same key again changes nothing. Throws when the store cannot be written. */
  put(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
  /** The bytes as a stream; null when there is no such file. */
  get(key: string): Promise<Readable | null>;
  /** A file that is not there is no error. */
  delete(key: string): Promise<void>;
  /** Writes, reads and removes a file of its own; throws, saying what to do, when that fails (C6). */
  check(): Promise<void>;
};

/** The store cannot be used; the message says what to do, and holds nothing of a customer's. */
export class StorageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StorageError';
  }
}
