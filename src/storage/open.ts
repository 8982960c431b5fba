import { createFolderStorage } from './folder.ts';
import type { StorageLocation } from './location.ts';
import type { Storage } from './port.ts';

/** The storage at this place; nothing is written or asked yet. The S3 library is loaded only where S3 is used. */
export async function openStorage(location: StorageLocation): Promise<Storage> {
  if (location.kind === 'folder') return createFolderStorage(location.path);
  const { createS3Storage } = await import('./s3.ts');
  return createS3Storage(location);
}
