import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { ownOwner, withLock } from '../../src/local/ownership.ts';
import { runFolder } from '../../testbed/run-folder.ts';

let folder: string;

beforeAll(() => {
  folder = runFolder('ownership');
});

test('a lock is held by one at a time, and free again after a failure', async () => {
  const lock = path.join(folder, 'held.lock');
  const done = withLock(lock, 1_000, async () => {
    await expect(withLock(lock, 0, async () => 'never')).rejects.toThrow(
      `Another process (${process.pid}) has held ${lock}`,
    );
    expect(existsSync(lock)).toBe(true);
    throw new Error('the action failed');
  });
  await expect(done).rejects.toThrow('the action failed');
  expect(existsSync(lock)).toBe(false);
  expect(await withLock(lock, 0, async () => 'next')).toBe('next');
});

test('the lock of a process that is gone is taken over, also when its pid is in use again', async () => {
  const lock = path.join(folder, 'stale.lock');
  const { pid } = await ownOwner();
  for (const owner of ['', JSON.stringify({ pid, startedAt: 'before the last reboot' })]) {
    writeFileSync(lock, owner);
    expect(await withLock(lock, 1_000, async () => 'mine')).toBe('mine');
  }
});
