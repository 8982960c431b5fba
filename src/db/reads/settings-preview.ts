import type { SettingsPreview } from '../../contract/settings-preview.ts';
import { widened } from '../../domain/reach.ts';
import type { Settings } from '../../domain/settings.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { ConnectionNotFound } from '../connections/connection.ts';
import { mergeSettings, parseStoredSettings } from '../connections/settings.ts';
import { type WaitingAt, waitingOn } from '../conversations/waiting.ts';

/**
 * What a change of settings would do, without making it: which of it lets more customers get a public reply, and how many of
 * the tickets that wait would get one. Throws ConnectionNotFound, InvalidSettings.
 */
export async function previewSettings(db: Db, id: string, patch: unknown, now: Date): Promise<SettingsPreview> {
  const row = await db.connection.findUnique({ where: { id, removedAt: null } });
  if (row === null) throw new ConnectionNotFound(id);
  const before = parseStoredSettings(row.settings);
  const { settings: after } = mergeSettings(row.settings, patch);
  const switchedOn = after.intake.autoHandleAll ? (row.autoHandleSince ?? now) : null;
  const [answeredNow, answeredThen, waiting] = await Promise.all([
    answered(db, row, before),
    answered(db, { ...row, settings: after, autoHandleSince: switchedOn }, after),
    counted(db, waitingOn(row)),
  ]);
  return { settings: after, widened: widened(before, after), waiting, answeredNow, answeredThen };
}

/** Waiting tickets that would get a public reply. */
async function answered(db: Db, connection: WaitingAt, { channels, paused }: Settings): Promise<number> {
  if (paused) return 0;
  const autopilot = Object.entries(channels).flatMap(([name, { mode }]) => (mode === 'autopilot' ? [name] : []));
  return counted(
    db,
    Prisma.sql`SELECT w."id" FROM (${waitingOn(connection)}) w JOIN "Session" s ON s."id" = w."id"
      WHERE s."channel"::text = ANY(${autopilot}) AND s."status" = 'open'`,
  );
}

async function counted(db: Db, rows: Prisma.Sql): Promise<number> {
  const [found] = await db.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM (${rows}) r`;
  return found?.n ?? 0;
}
