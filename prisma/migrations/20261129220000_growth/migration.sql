-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "uncoveredSince" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "Session_connectionId_closedAt_idx" ON "Session"("connectionId", "closedAt");

-- CreateIndex
CREATE INDEX "ModelCall_sessionId_idx" ON "ModelCall"("sessionId");

-- CreateIndex
CREATE INDEX "Outbound_connectionId_remoteId_idx" ON "Outbound"("connectionId", "remoteId");

-- What waits, and what needs a person, is few among many: an index of each that holds nothing else.
CREATE INDEX "Session_uncovered_idx" ON "Session"("connectionId", "uncoveredSince")
  WHERE "uncoveredSince" IS NOT NULL AND "status" IN ('open', 'handed_off');
CREATE INDEX "Session_held_idx" ON "Session"("connectionId", "heldSince") WHERE "heldSince" IS NOT NULL;
CREATE INDEX "Session_resolve_refused_idx" ON "Session"("updatedAt" DESC) WHERE "resolveRefused" IS NOT NULL;
CREATE INDEX "Session_handoff_refused_idx" ON "Session"("handoffRefusedAt" DESC) WHERE "handoffRefused" IS NOT NULL;
CREATE INDEX "Attachment_failed_idx" ON "Attachment"("messageId") WHERE "status" = 'failed';
CREATE INDEX "ModelCall_unanswered_idx" ON "ModelCall"("connectionId", "startedAt") WHERE "endedAt" IS NULL;
CREATE INDEX "Draft_open_idx" ON "Draft"("sessionId") WHERE "fate" IS NULL;

-- Since when the oldest customer message that no turn has taken into account is known. Kept by triggers, so that it does not
-- matter which version writes, or whether a person, a look or an erasure has changed the thread.
CREATE FUNCTION "uncovered_since"(session uuid, covered bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT min("mirroredAt") FROM "Message"
  WHERE "sessionId" = session AND "seq" > covered AND "author" = 'customer' AND "ignoredBy" IS NULL
$$;

CREATE FUNCTION "session_covers"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."uncoveredSince" := "uncovered_since"(NEW."id", NEW."coveredThrough");
  RETURN NEW;
END
$$;
CREATE TRIGGER "session_covers" BEFORE UPDATE OF "coveredThrough" ON "Session"
  FOR EACH ROW WHEN (NEW."coveredThrough" IS DISTINCT FROM OLD."coveredThrough") EXECUTE FUNCTION "session_covers"();

CREATE FUNCTION "message_uncovered"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Session" s SET "uncoveredSince" = found.since
  FROM (
    SELECT t."id", "uncovered_since"(t."id", t."coveredThrough") AS since FROM "Session" t
    WHERE t."id" IN (SELECT "sessionId" FROM changed WHERE "author" = 'customer')
  ) found
  WHERE s."id" = found."id" AND s."uncoveredSince" IS DISTINCT FROM found.since;
  RETURN NULL;
END
$$;
CREATE TRIGGER "message_added" AFTER INSERT ON "Message"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "message_uncovered"();
CREATE TRIGGER "message_changed" AFTER UPDATE ON "Message"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "message_uncovered"();
CREATE TRIGGER "message_removed" AFTER DELETE ON "Message"
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "message_uncovered"();

UPDATE "Session" s SET "uncoveredSince" = found.since
FROM (
  SELECT m."sessionId", min(m."mirroredAt") AS since FROM "Message" m JOIN "Session" t ON t."id" = m."sessionId"
  WHERE m."author" = 'customer' AND m."ignoredBy" IS NULL AND m."seq" > t."coveredThrough" GROUP BY 1
) found
WHERE s."id" = found."sessionId";
