import { deleteInBatches } from '../batches.ts';
import type { Db } from '../client.ts';

/** Everything that is stored of a connection; what breaks off goes on with the next call. */
export async function eraseConnection(db: Db, id: string): Promise<void> {
  // A statement or a transaction over all of it would last for minutes where there is much.
  await deleteInBatches(
    (limit) =>
      db.$executeRaw`DELETE FROM "Session" WHERE "id" IN (SELECT "id" FROM "Session" WHERE "connectionId" = ${id} LIMIT ${limit})`,
  );
  await deleteInBatches(
    (limit) =>
      db.$executeRaw`DELETE FROM "Outbound" WHERE "key" IN (SELECT "key" FROM "Outbound" WHERE "connectionId" = ${id} LIMIT ${limit})`,
  );
  await db.$transaction([
    db.outbound.deleteMany({ where: { connectionId: id } }),
    db.rateBucket.deleteMany({ where: { connectionId: id } }),
    db.ratePlace.deleteMany({ where: { connectionId: id } }),
    db.condition.deleteMany({ where: { connectionId: id } }),
    db.connection.deleteMany({ where: { id } }), // what hangs on it goes with it
    db.tally.deleteMany({ where: { connectionId: id } }),
    db.audit.deleteMany({ where: { connectionId: id, what: 'settings_changed' } }),
  ]);
}
