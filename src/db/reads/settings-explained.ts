import type { ExplainedSettings } from '../../contract/settings-preview.ts';
import { DEFAULT_SETTINGS } from '../../domain/settings.ts';
import { settingsOneByOne, settingWords } from '../../domain/settings-words.ts';
import type { Db } from '../client.ts';
import { ConnectionNotFound } from '../connections/connection.ts';
import { parseStoredSettings } from '../connections/settings.ts';

/** Each setting with its default, what it does, and when it was last changed by whom. Throws ConnectionNotFound. */
export async function explainSettings(db: Db, id: string): Promise<ExplainedSettings> {
  const row = await db.connection.findUnique({ where: { id, removedAt: null }, select: { settings: true } });
  if (row === null) throw new ConnectionNotFound(id);
  const changed = await lastChanges(db, id);
  const defaults = new Map(settingsOneByOne(DEFAULT_SETTINGS).map(({ path, value }) => [path, value]));
  const items = settingsOneByOne(parseStoredSettings(row.settings)).map(({ path, value }) => {
    const { effect, unit } = settingWords(path) ?? { effect: null, unit: null };
    const { at, by } = changed.get(path) ?? { at: null, by: null };
    return { path, value, default: defaults.get(path), effect, unit, changedAt: at, changedBy: by };
  });
  return { items };
}

async function lastChanges(db: Db, connectionId: string): Promise<Map<string, { at: Date; by: string }>> {
  const rows = await db.$queryRaw<{ path: string; at: Date; by: string }[]>`
    SELECT DISTINCT ON (c ->> 'path') c ->> 'path' AS path, a."at", a."by"
    FROM "Audit" a CROSS JOIN LATERAL jsonb_array_elements(a."changes") c
    WHERE a."connectionId" = ${connectionId} AND a."what" = 'settings_changed' ORDER BY 1, a."at" DESC`;
  return new Map(rows.map(({ path, at, by }) => [path, { at, by }]));
}
