import { nameOf } from '../../domain/errors.ts';
import type { Account } from '../../accounts/accounts.ts';
import type { ActivityDeps } from '../deps.ts';

/** How often the groups are read at most, and how long a name is believed: groups are renamed seldom. */
const SHORTEST_MS = 60_000;
const LONGEST_MS = 24 * 3_600_000;

/**
 * T1: the name of the ticket's group, from the list kept with the connection. A group that is not on it, or an old list, makes
 * it be read again, for one credit; null while the name is not known.
 */
export async function groupName(
  deps: ActivityDeps,
  { connection, freshdesk }: Account,
  groupId: number | null,
): Promise<string | null> {
  if (groupId === null) return null;
  const nameIn = (groups: readonly { id: number; name: string }[]) =>
    groups.find((group) => group.id === groupId)?.name ?? null;
  const known = nameIn(connection.groups);
  const everyMs = known === null ? SHORTEST_MS : LONGEST_MS;
  if (!isDue(deps, connection.groupsReadAt, everyMs)) return known;
  if (!(await deps.connections.claimGroups(connection.id, everyMs))) return known;
  try {
    const groups = await freshdesk.groups();
    await deps.connections.setGroups(connection.id, groups);
    return nameIn(groups);
  } catch (error) {
    deps.log.warn(
      { connection: connection.id, groupId, reason: nameOf(error) },
      'the names of the groups could not be read; the ticket goes without, and a later look tries again',
    );
    return known;
  }
}

function isDue({ now }: ActivityDeps, readAt: Date | null, everyMs: number): boolean {
  return readAt === null || now().getTime() - readAt.getTime() >= everyMs;
}
