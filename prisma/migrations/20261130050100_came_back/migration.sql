-- AlterTable
ALTER TABLE "Episode" ADD COLUMN "cameBackAt" TIMESTAMPTZ(3);

-- Whether a resolution held is asked of every conversation of a report, over years: told once, when the customer comes back.
-- A session that was removed has later conversations in another session of the same ticket.
CREATE FUNCTION "episode_returns"(of_connection TEXT, of_ticket BIGINT) RETURNS void LANGUAGE sql AS $$
  UPDATE "Episode" e SET "cameBackAt" = f.at
  FROM (
    SELECT b."sessionId", b."number", min(later."startedAt") AS at
    FROM "Episode" b LEFT JOIN "Episode" later ON later."connectionId" = b."connectionId" AND later."ticketId" = b."ticketId"
      AND later."trigger" = 'reopened_by_customer' AND (later."voided" IS NULL OR later."voided" NOT IN ('nothing_to_answer', 'spam'))
      AND CASE WHEN later."sessionId" = b."sessionId" THEN later."number" > b."number" ELSE later."startedAt" > b."resolvedAt" END
    WHERE b."connectionId" = of_connection AND b."ticketId" = of_ticket
    GROUP BY b."sessionId", b."number"
  ) f
  WHERE e."sessionId" = f."sessionId" AND e."number" = f."number" AND e."cameBackAt" IS DISTINCT FROM f.at
$$;

CREATE FUNCTION "episode_of_return"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "episode_returns"(NEW."connectionId", NEW."ticketId");
  RETURN NULL;
END $$;
CREATE TRIGGER "Episode_returns_begins" AFTER INSERT ON "Episode" FOR EACH ROW
  WHEN (NEW."trigger" = 'reopened_by_customer') EXECUTE FUNCTION "episode_of_return"();
CREATE TRIGGER "Episode_returns" AFTER UPDATE OF "trigger", "startedAt", "voided", "resolvedAt" ON "Episode" FOR EACH ROW
  WHEN ((OLD."trigger", OLD."startedAt", OLD."voided", OLD."resolvedAt") IS DISTINCT FROM
    (NEW."trigger", NEW."startedAt", NEW."voided", NEW."resolvedAt")) EXECUTE FUNCTION "episode_of_return"();

-- What is there by now.
SELECT "episode_returns"(t."connectionId", t."ticketId")
  FROM (SELECT DISTINCT "connectionId", "ticketId" FROM "Episode" WHERE "trigger" = 'reopened_by_customer') t;
