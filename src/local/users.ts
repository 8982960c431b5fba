import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ownOwner, ownerRuns, readOwner, withLock, writeOwner } from './ownership.ts';

export type Membership = {
  /** Whether another live user was there before. */
  readonly shared: boolean;
  /** Gives the server up; `end` is run when nobody else uses it. Does nothing the second time. */
  readonly leave: (end: () => Promise<void>) => Promise<void>;
};

const LOCK_LIMIT_MS = 120_000;

/** Starting, joining and ending a server of this folder happen one after the other, in whatever processes. */
export function oneAtATime<T>(folder: string, action: () => Promise<T>): Promise<T> {
  return withLock(path.join(folder, 'start.lock'), LOCK_LIMIT_MS, action);
}

/**
 * Several programs (the service, a command) may use one server; the last to leave ends it, and a killed one does not count.
 * Call it within {@link oneAtATime}.
 */
export async function joinUsers(folder: string): Promise<Membership> {
  const users = path.join(folder, 'users');
  mkdirSync(users, { recursive: true });
  const shared = await hasLiveUsers(users);
  const mine = path.join(users, `${process.pid}-${randomUUID().slice(0, 8)}.json`);
  writeOwner(mine, await ownOwner());
  const leave = async (end: () => Promise<void>): Promise<void> => {
    if (!existsSync(mine)) return;
    await oneAtATime(folder, async () => {
      rmSync(mine, { force: true });
      if (!(await hasLiveUsers(users))) await end();
    });
  };
  return { shared, leave };
}

/** Forgets those that were killed on the way. */
async function hasLiveUsers(users: string): Promise<boolean> {
  let live = false;
  for (const name of readdirSync(users)) {
    const file = path.join(users, name);
    const user = readOwner(file);
    if (user !== null && (await ownerRuns(user))) live = true;
    else rmSync(file, { force: true });
  }
  return live;
}
