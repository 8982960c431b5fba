import type { Db } from '../../src/db/client.ts';

/** Of a year: most are closed, a few in a hundred are open or with people; ten messages and ten writes each. */
const MESSAGES = 10;
/** Of which those that wait have some more, behind what is covered. */
const UNCOVERED = 2;
/** Sessions in one statement. */
const AT_ONCE = 5_000;

/** Fills the mirror of a connection with sessions numbered from `from` up to `to`, as a year of work leaves them. */
export async function fill(db: Db, connectionId: string, from: number, to: number): Promise<void> {
  for (let first = from; first <= to; first += AT_ONCE) {
    const last = Math.min(to, first + AT_ONCE - 1);
    await db.$transaction(
      async (tx) => {
        // Counting and linking row by row is the work of looks and turns, which is not what is measured here.
        await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
        await tx.$executeRaw`
          CREATE TEMPORARY TABLE filled ON COMMIT DROP AS
          SELECT n, gen_random_uuid() AS id, now() - (n % 365) * interval '1 day' AS at,
            CASE WHEN n % 100 < 3 THEN 'open' WHEN n % 100 < 5 THEN 'handed_off' ELSE 'closed_resolved' END AS status
          FROM generate_series(${first}::int, ${last}::int) n`;
        await tx.$executeRaw`
          INSERT INTO "Session" ("id", "connectionId", "ticketId", "status", "channel", "admittedBy", "subject", "source",
            "ticketStatus", "requesterEmail", "tags", "ownTags", "coveredThrough", "aiWrote", "lookedAt", "ticketCreatedAt",
            "ticketUpdatedAt", "updatedAt", "closedAt", "groupId", "uncoveredSince")
          SELECT id, ${connectionId}, n, status::"SessionStatus", 'email', 'assigned', 'Order ' || n || ' is late', 1,
            CASE status WHEN 'closed_resolved' THEN 5 ELSE 2 END, 'person-' || n % 20000 || '@customer.example',
            ARRAY['tag-' || n % 50], '{}', n * 100 + ${MESSAGES}::int, true, at, at, at, at,
            CASE status WHEN 'closed_resolved' THEN at END, n % 10, CASE WHEN n % 100 < 2 THEN at END FROM filled`;
        await tx.$executeRaw`
          INSERT INTO "Message" ("id", "connectionId", "sessionId", "freshdeskId", "seq", "author", "visibility", "kind",
            "html", "text", "createdAt", "updatedAt", "mirroredAt")
          SELECT gen_random_uuid(), ${connectionId}, id, 'conversation:' || n * 100 + m, n * 100 + m,
            (CASE m % 2 WHEN 1 THEN 'customer' ELSE 'ai' END)::"Author", 'public', 'reply',
            '<p>Where is my order ' || n || ', and what about part ' || m || '?</p>',
            'Where is my order ' || n || ', and what about part ' || m || '?', at, at, at
          FROM filled CROSS JOIN generate_series(1, ${MESSAGES + UNCOVERED}::int) m WHERE n % 100 < 2 OR m <= ${MESSAGES}::int`;
        await tx.$executeRaw`
          INSERT INTO "Outbound" ("key", "connectionId", "ticketId", "kind", "state", "bodyHash", "remoteId", "tries",
            "attemptedAt", "createdAt", "updatedAt")
          SELECT 'bench:' || ${connectionId} || ':' || n || ':' || m, ${connectionId}, n, 'reply', 'sent', 'hash',
            n * 100 + m, 1, at, at, at FROM filled CROSS JOIN generate_series(1, ${MESSAGES}::int) m`;
        await tx.$executeRaw`
          INSERT INTO "Turn" ("id", "sessionId", "at", "episode", "throughSeq", "rule", "mode", "outcome", "engine", "ms")
          SELECT gen_random_uuid(), id, at, 1, n * 100 + m, 'E4', 'autopilot', 'replied', 'embedded', 10
          FROM filled CROSS JOIN generate_series(1, 3) m`;
        await tx.$executeRaw`
          INSERT INTO "ModelCall" ("id", "connectionId", "sessionId", "turnId", "stage", "round", "model", "startedAt", "endedAt")
          SELECT gen_random_uuid(), ${connectionId}, id, gen_random_uuid(), 'draft', 1, 'model', at, at
          FROM filled CROSS JOIN generate_series(1, 2) m`;
        await tx.$executeRaw`
          INSERT INTO "Attachment" ("id", "messageId", "remoteId", "name", "contentType", "size", "status")
          SELECT gen_random_uuid(), m."id", f.n, 'photo.png', 'image/png', 1000,
            (CASE WHEN f.n % 1000 = 7 THEN 'failed' ELSE 'stored' END)::"AttachmentStatus"
          FROM filled f JOIN "Message" m ON m."sessionId" = f.id AND m."seq" = f.n * 100 + 1`;
      },
      { timeout: 600_000 },
    );
  }
  await db.$executeRaw`VACUUM ANALYZE`;
}
