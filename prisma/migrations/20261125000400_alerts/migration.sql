-- CreateTable
CREATE TABLE "Tally" (
    "metric" TEXT NOT NULL,
    "connectionId" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "value" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "Tally_pkey" PRIMARY KEY ("metric","connectionId","label")
);

-- CreateTable
CREATE TABLE "Alert" (
    "kind" TEXT NOT NULL,
    "connectionId" TEXT NOT NULL,
    "items" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "newest" TIMESTAMPTZ(3) NOT NULL,
    "toldNewest" TIMESTAMPTZ(3),
    "toldAt" TIMESTAMPTZ(3),
    "overAt" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Alert_pkey" PRIMARY KEY ("kind","connectionId")
);

-- Few of many rows: what nobody can tell the fate of is counted at every scrape.
CREATE INDEX "Outbound_unknown_idx" ON "Outbound"("connectionId") WHERE "state" = 'unknown';

-- Tallies grow only: erased sessions and processes that start anew leave them as they are. One place counts, whoever writes.
CREATE FUNCTION "tally"(metric TEXT, connection TEXT, label TEXT, more BIGINT) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "Tally" AS t ("metric", "connectionId", "label", "value") VALUES (metric, connection, label, more)
  ON CONFLICT ("metric", "connectionId", "label") DO UPDATE SET "value" = t."value" + excluded."value";
$$;

CREATE FUNCTION "tally_turn"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  connection TEXT;
  before_outcome TEXT := CASE WHEN TG_OP = 'UPDATE' THEN OLD."outcome" END;
  before_tokens INTEGER := CASE WHEN TG_OP = 'UPDATE' THEN OLD."tokens" END;
  more_tokens BIGINT := COALESCE(NEW."tokens", 0) - COALESCE(before_tokens, 0);
BEGIN
  SELECT "connectionId" INTO connection FROM "Session" WHERE "id" = NEW."sessionId";
  IF NEW."outcome" <> 'planned' AND NEW."outcome" IS DISTINCT FROM before_outcome THEN
    PERFORM "tally"('turns', connection, NEW."outcome", 1);
  END IF;
  IF more_tokens > 0 THEN
    PERFORM "tally"('tokens', connection, COALESCE(NEW."model", NEW."engine"), more_tokens);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "tally_turn" AFTER INSERT OR UPDATE OF "outcome", "tokens" ON "Turn"
  FOR EACH ROW EXECUTE FUNCTION "tally_turn"();

CREATE FUNCTION "tally_handoff"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "tally"('handoffs', s."connectionId", reason, 1)
  FROM "Session" s, unnest(NEW."reasons") AS reason WHERE s."id" = NEW."sessionId" ORDER BY reason;
  RETURN NULL;
END $$;

CREATE TRIGGER "tally_handoff" AFTER INSERT ON "Handoff"
  FOR EACH ROW EXECUTE FUNCTION "tally_handoff"();

-- What has happened before this migration.
INSERT INTO "Tally" ("metric", "connectionId", "label", "value")
SELECT 'turns', s."connectionId", t."outcome", count(*) FROM "Turn" t JOIN "Session" s ON s."id" = t."sessionId"
WHERE t."outcome" <> 'planned' GROUP BY 2, 3
UNION ALL
SELECT 'tokens', s."connectionId", COALESCE(t."model", t."engine"), sum(t."tokens")
FROM "Turn" t JOIN "Session" s ON s."id" = t."sessionId" WHERE t."tokens" > 0 GROUP BY 2, 3
UNION ALL
SELECT 'handoffs', s."connectionId", reason, count(*)
FROM "Handoff" h JOIN "Session" s ON s."id" = h."sessionId" CROSS JOIN unnest(h."reasons") AS reason GROUP BY 2, 3;
