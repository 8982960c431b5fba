import { stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Space } from '../domain/machine.ts';
import type { Config } from './config.ts';

export const MACHINE = hostname();

/** The folders of this machine that the product writes to: its own servers' data, and the copies of attachments. */
export function foldersOf({ databaseUrl, temporalAddress, dataDir, storage }: Config): string[] {
  const ownServers = databaseUrl === null || temporalAddress === null;
  return [...(ownServers ? [dataDir] : []), ...(storage.kind === 'folder' ? [storage.path] : [])];
}

/** What is left on the disks that hold them; a disk that holds several is named by the first. */
export async function disksOf(folders: readonly string[]): Promise<{ folder: string; space: Space }[]> {
  const seen = new Set<number>();
  const disks: { folder: string; space: Space }[] = [];
  for (const folder of folders.map((wanted) => path.resolve(wanted))) {
    const there = await existing(folder);
    const { dev } = await stat(there);
    if (seen.has(dev)) continue;
    seen.add(dev);
    const { bavail, blocks, bsize } = await statfs(there);
    disks.push({ folder, space: { free: bavail * bsize, total: blocks * bsize } });
  }
  return disks;
}

/** The folder, or the nearest one above it that is there already. */
async function existing(folder: string): Promise<string> {
  const parent = path.dirname(folder);
  return parent === folder || (await isThere(folder)) ? folder : existing(parent);
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

/** Keeps how far our clock is ahead of the one in Freshdesk's answers. */
export function createClockWatch(now: () => number = Date.now) {
  let aheadMs: number | null = null;
  return {
    /** `atMs`: Freshdesk's clock in an answer that has just come; null where it told none. */
    saw(atMs: number | null): void {
      if (atMs !== null) aheadMs = now() - atMs;
    },
    aheadMs: (): number | null => aheadMs,
  };
}
