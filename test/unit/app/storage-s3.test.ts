import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { createS3Storage } from '../../../src/storage/s3.ts';
import { StorageError } from '../../../src/storage/port.ts';

test('F1 a store that takes requests and never answers is given up, for reading, writing and removing', async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'id';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
  const server = createServer((socket) => void socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const place = { kind: 's3', bucket: 'files', prefix: '', endpoint: `http://127.0.0.1:${port}` } as const;
  const storage = createS3Storage({ ...place, region: null }, { requestLimitMs: 50 });
  await expect(storage.put('a'.repeat(64), Buffer.from('x'), 'text/plain')).rejects.toThrow(StorageError);
  await expect(storage.get('a'.repeat(64))).rejects.toThrow(StorageError);
  await expect(storage.delete('a'.repeat(64))).rejects.toThrow(StorageError);
  server.close();
});
