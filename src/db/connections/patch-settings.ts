import { isDeepStrictEqual } from 'node:util';
import { reachOf } from '../../domain/reach.ts';
import { settingsChanges } from '../../domain/settings-change.ts';
import type { Settings } from '../../domain/settings.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { ConnectionNotFound } from './connection.ts';
import { mergeSettings, parseStoredSettings, SettingsChanged } from './settings.ts';

type How = {
  by: string;
  /** Whether the settings are still those that they were thought to be. */
  expected: (now: Settings) => boolean;
  /** Auto-handle holds from then on, where the patch switches it on. */
  switchedOn: Date;
  now: Date;
};

/** Stores what a patch makes of the settings, and its line in the audit. Throws as `Connections.patchSettings` does. */
export async function storePatch(
  db: Db,
  id: string,
  patch: unknown,
  { by, expected, switchedOn, now }: How,
): Promise<Settings> {
  return db.$transaction(async (tx) => {
    // Two patches at once must both survive: the second reads what the first has written.
    await tx.$queryRaw(Prisma.sql`SELECT 1 FROM "Connection" WHERE "id" = ${id} FOR UPDATE`);
    const current = await tx.connection.findUnique({ where: { id, removedAt: null } });
    if (current === null) throw new ConnectionNotFound(id);
    const before = parseStoredSettings(current.settings);
    if (!expected(before)) throw new SettingsChanged(id);
    const { stored, settings } = mergeSettings(current.settings, patch);
    const changes = settingsChanges(before, settings);
    if (changes.length > 0) {
      const what = { connectionId: id, what: 'settings_changed', by };
      await tx.audit.create({ data: { at: now, ...what, changes: changes as Prisma.InputJsonArray } });
    }
    const autoHandleSince = settings.intake.autoHandleAll ? (current.autoHandleSince ?? switchedOn) : null;
    const sameReach = isDeepStrictEqual(reachOf(before), reachOf(settings));
    await tx.connection.update({
      where: { id },
      data: {
        settings: stored as Prisma.InputJsonObject,
        autoHandleSince,
        ...(sameReach ? {} : { reachChangedAt: now }),
      },
    });
    return settings;
  });
}
