import type { Db } from '../client.ts';

/** When each connection's Solutions were last read. */
export type KnowledgeSyncs = {
  /** Takes a connection's turn if its last one began at least `everyMs` ago (database's clock); one caller gets it. */
  claim(connectionId: string, everyMs: number): Promise<boolean>;
  /** What came of it; null when it worked. */
  ended(connectionId: string, failure: string | null): Promise<void>;
  /** The next turn is due at once; one that runs, and has not for a quarter of an hour, is not repeated. */
  askedFor(connectionId: string): Promise<void>;
  /** The turn was not used: whoever looks next may take it. */
  released(connectionId: string): Promise<void>;
  /** Null when there was none yet. */
  last(connectionId: string): Promise<{ startedAt: Date; endedAt: Date | null; failure: string | null } | null>;
};

export function createKnowledgeSyncs(db: Db): KnowledgeSyncs {
  return {
    async claim(connectionId, everyMs) {
      const claimed = await db.$executeRaw`
        INSERT INTO "KnowledgeSync" AS last ("connectionId", "startedAt") VALUES (${connectionId}, clock_timestamp())
        ON CONFLICT ("connectionId") DO UPDATE SET "startedAt" = clock_timestamp(), "endedAt" = NULL, "failure" = NULL
          WHERE last."startedAt" <= clock_timestamp() - ${everyMs}::float8 * interval '1 millisecond'`;
      return claimed === 1;
    },
    async ended(connectionId, failure) {
      await db.$executeRaw`
        UPDATE "KnowledgeSync" SET "endedAt" = clock_timestamp(), "failure" = ${failure} WHERE "connectionId" = ${connectionId}`;
    },
    async released(connectionId) {
      await db.knowledgeSync.deleteMany({ where: { connectionId } });
    },
    async askedFor(connectionId) {
      await db.$executeRaw`
        DELETE FROM "KnowledgeSync" WHERE "connectionId" = ${connectionId}
          AND ("endedAt" IS NOT NULL OR "startedAt" < clock_timestamp() - interval '15 minutes')`;
    },
    last: (connectionId) =>
      db.knowledgeSync.findUnique({
        where: { connectionId },
        select: { startedAt: true, endedAt: true, failure: true },
      }),
  };
}
