import type { Logger } from 'pino';
import type { Connections } from '../db/connections/connections.ts';

/** Why a connection is broken whose stored key no ENCRYPTION_KEY opens (C8). */
export const KEY_UNREADABLE = 'key_unreadable';

type States = Pick<Connections, 'get' | 'setState'>;

export async function keyUnreadable(connections: States, id: string, log: Logger): Promise<void> {
  if ((await connections.get(id))?.stateReason === KEY_UNREADABLE) return;
  await connections.setState(id, 'broken', KEY_UNREADABLE);
  log.error(
    { connection: id, reason: KEY_UNREADABLE },
    'no key in ENCRYPTION_KEY opens this API key: put the old one back beside the new one and start again, or run connections rotate-key',
  );
}

export async function keyReadable(connections: States, id: string, log: Logger): Promise<void> {
  await connections.setState(id, 'active', null);
  log.info({ connection: id }, 'ENCRYPTION_KEY opens the API key again');
}

type Keys = States & Pick<Connections, 'list' | 'reseal'>;

/**
 * At a start: what an older ENCRYPTION_KEY has sealed is sealed with the first one, so that the older one can go (C3); what none
 * opens breaks its connection, and what is opened again heals it (C8).
 */
export async function openStoredKeys(connections: Keys, log: Logger): Promise<void> {
  const { resealed, unreadable } = await connections.reseal();
  if (resealed.length > 0) log.info({ connections: resealed }, 'sealed API keys with the first ENCRYPTION_KEY');
  for (const id of unreadable) await keyUnreadable(connections, id, log);
  for (const { id, stateReason } of await connections.list())
    if (stateReason === KEY_UNREADABLE && !unreadable.includes(id)) await keyReadable(connections, id, log);
}
