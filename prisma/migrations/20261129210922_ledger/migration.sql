
-- CreateTable
CREATE TABLE "Episode" (
    "sessionId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "connectionId" TEXT NOT NULL,
    "ticketId" BIGINT NOT NULL,
    "trigger" TEXT,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "channel" "Channel" NOT NULL,
    "mode" TEXT,
    "groupId" BIGINT,
    "tags" TEXT[],
    "admittedBy" TEXT NOT NULL,
    "backfilled" BOOLEAN NOT NULL DEFAULT false,
    "contactKey" TEXT,
    "firstAiReplyAt" TIMESTAMPTZ(3),
    "aiReplies" INTEGER NOT NULL DEFAULT 0,
    "firstPersonReplyAt" TIMESTAMPTZ(3),
    "firstDraftAt" TIMESTAMPTZ(3),
    "drafts" INTEGER NOT NULL DEFAULT 0,
    "draftFate" TEXT,
    "distance" DOUBLE PRECISION,
    "handedOffAt" TIMESTAMPTZ(3),
    "handoffReasons" TEXT[],
    "routed" BOOLEAN NOT NULL DEFAULT false,
    "blocked" BOOLEAN NOT NULL DEFAULT false,
    "takenAt" TIMESTAMPTZ(3),
    "resolvedAt" TIMESTAMPTZ(3),
    "resolvedBy" TEXT,
    "closure" TEXT,
    "voided" TEXT,
    "topic" TEXT,
    "leadArticleId" TEXT,
    "leadTitle" TEXT,
    "confidence" DOUBLE PRECISION,
    "tokens" INTEGER NOT NULL DEFAULT 0,
    "money" DOUBLE PRECISION,
    "seeded" BOOLEAN NOT NULL DEFAULT false,
    "askedAfter" BIGINT NOT NULL DEFAULT -1,
    "saidAfter" BIGINT NOT NULL DEFAULT -1,
    "through" BIGINT NOT NULL DEFAULT -1,

    CONSTRAINT "Episode_pkey" PRIMARY KEY ("sessionId","number")
);

-- CreateIndex
CREATE INDEX "Episode_connectionId_startedAt_idx" ON "Episode"("connectionId", "startedAt");

-- CreateIndex
CREATE INDEX "Episode_connectionId_ticketId_startedAt_idx" ON "Episode"("connectionId", "ticketId", "startedAt");

-- CreateIndex
CREATE INDEX "Episode_contactKey_startedAt_idx" ON "Episode"("contactKey", "startedAt");

-- AddForeignKey
ALTER TABLE "Episode" ADD CONSTRAINT "Episode_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- G8: the ledger is written by what it records, in the same transaction, whoever writes. Every function takes the facts from
-- the rows anew, so that it may run as often as it likes; what a reopened or a removed session forgets stays in its row.
-- The rows are locked in the order of everybody else: session, then episode.

-- Who wrote when, and whether there was something to answer, between two places of the thread.
CREATE FUNCTION "episode_thread"(of_session UUID, of_number INT, asked_through BIGINT, said_through BIGINT)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  began TIMESTAMPTZ;
BEGIN
  UPDATE "Episode" e SET
    "startedAt" = COALESCE(f.asked, e."startedAt"),
    "firstAiReplyAt" = f.ai, "aiReplies" = f.replies, "firstPersonReplyAt" = f.person,
    "through" = GREATEST(e."through", f.newest),
    "voided" = CASE WHEN e."voided" IN ('spam', 'deleted', 'erased') THEN e."voided"
      WHEN f.asked IS NULL AND NOT EXISTS (
        SELECT 1 FROM "Turn" t WHERE t."sessionId" = of_session AND t."episode" = of_number AND t."verdict" IN ('answer', 'handoff')
      ) THEN 'nothing_to_answer' END
  FROM (
    SELECT min(m."createdAt") FILTER (WHERE m."author" = 'customer' AND m."ignoredBy" IS NULL
        AND m."seq" > b."askedAfter" AND m."seq" <= asked_through) AS asked,
      min(m."createdAt") FILTER (WHERE said AND o."kind" = 'reply') AS ai,
      count(*) FILTER (WHERE said AND o."kind" = 'reply') AS replies,
      min(m."createdAt") FILTER (WHERE said AND m."author" = 'agent') AS person,
      max(m."seq") FILTER (WHERE m."seq" <= GREATEST(asked_through, said_through)) AS newest
    FROM "Episode" b
      LEFT JOIN "Message" m ON m."sessionId" = of_session
      LEFT JOIN "Outbound" o ON o."key" = m."outboundKey"
      CROSS JOIN LATERAL (SELECT m."visibility" = 'public' AND m."kind" = 'reply'
        AND m."seq" > b."saidAfter" AND m."seq" <= said_through AS said) w
    WHERE b."sessionId" = of_session AND b."number" = of_number
  ) f
  WHERE e."sessionId" = of_session AND e."number" = of_number
  RETURNING "startedAt" INTO began;
  UPDATE "Episode" SET "endedAt" = began
    WHERE "sessionId" = of_session AND "number" = of_number - 1 AND "endedAt" IS DISTINCT FROM began;
END $$;

-- What its turns, drafts and handoffs say.
CREATE FUNCTION "episode_decisions"(of_session UUID, of_number INT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "Episode" WHERE "sessionId" = of_session AND "number" = of_number FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  UPDATE "Episode" e SET
    "mode" = f."mode", "tokens" = COALESCE(f.tokens, 0), "money" = f.money,
    "drafts" = f.drafts, "firstDraftAt" = f.drafted, "draftFate" = best."fate", "distance" = best."distance",
    "handedOffAt" = h.handed, "handoffReasons" = COALESCE(h.reasons, '{}'), "routed" = COALESCE(h.routed, false),
    "blocked" = COALESCE(plan."detail" IN ('token_budget', 'money_budget', 'model_down', 'model_key_refused', 'model_refused'), false),
    "topic" = plan."topic", "confidence" = plan."confidence",
    "leadArticleId" = plan."sources" -> 0 ->> 'articleId', "leadTitle" = plan."sources" -> 0 ->> 'title',
    "voided" = CASE WHEN e."voided" = 'nothing_to_answer' AND f.decided THEN NULL ELSE e."voided" END
  FROM (
    SELECT (array_agg(t."mode" ORDER BY t."at", t."id"))[1] AS "mode", sum(t."tokens") AS tokens, sum(t."money") AS money,
      count(*) FILTER (WHERE t."outcome" = 'drafted') AS drafts,
      min(t."at") FILTER (WHERE t."outcome" = 'drafted') AS drafted,
      COALESCE(bool_or(t."verdict" IN ('answer', 'handoff')), false) AS decided
    FROM "Turn" t WHERE t."sessionId" = of_session AND t."episode" = of_number
  ) f
  LEFT JOIN LATERAL (
    SELECT t."detail", t."topic", t."confidence", t."sources" FROM "Turn" t
    WHERE t."sessionId" = of_session AND t."episode" = of_number AND t."verdict" IS NOT NULL
    ORDER BY t."at" DESC, t."id" DESC LIMIT 1
  ) plan ON true
  LEFT JOIN LATERAL (
    SELECT d."fate", d."distance" FROM "Draft" d JOIN "Turn" t ON t."id" = d."turnId"
    WHERE t."sessionId" = of_session AND t."episode" = of_number AND t."outcome" = 'drafted'
    ORDER BY array_position(ARRAY['sent', 'edited', 'ignored', '', 'superseded'], COALESCE(d."fate", '')), d."distance" LIMIT 1
  ) best ON true
  LEFT JOIN LATERAL (
    SELECT min(n."at") AS handed, bool_or(COALESCE(n."routing" ->> 'step', '') <> '') AS routed,
      (SELECT array_agg(DISTINCT r ORDER BY r) FROM "Handoff" o, unnest(o."reasons") r
        WHERE o."sessionId" = of_session AND o."episode" = of_number) AS reasons
    FROM "Handoff" n WHERE n."sessionId" = of_session AND n."episode" = of_number
  ) h ON true
  WHERE e."sessionId" = of_session AND e."number" = of_number;
END $$;

-- The session's present episode, which is made when it begins.
CREATE FUNCTION "episode_now"(s "Session", began_by TEXT, asked_before BIGINT, said_before BIGINT) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  key TEXT := CASE WHEN s."contactId" IS NOT NULL THEN encode(sha256(convert_to(s."contactId"::text, 'UTF8')), 'hex') END;
BEGIN
  INSERT INTO "Episode" ("sessionId", "number", "connectionId", "ticketId", "trigger", "startedAt", "channel", "admittedBy",
      "backfilled", "askedAfter", "saidAfter")
    VALUES (s."id", s."episode", s."connectionId", s."ticketId", began_by,
      CASE WHEN s."episode" = 1 AND asked_before < 0 THEN s."ticketCreatedAt" ELSE s."lookedAt" END, s."channel", s."admittedBy",
      s."backfilled" AND s."episode" = 1, asked_before, said_before)
    ON CONFLICT DO NOTHING;
  UPDATE "Episode" e SET
    "channel" = s."channel", "groupId" = s."groupId", "tags" = s."tags", "admittedBy" = s."admittedBy", "contactKey" = key,
    "resolvedAt" = CASE WHEN s."status" = 'closed_resolved' THEN s."closedAt" ELSE e."resolvedAt" END,
    "resolvedBy" = CASE WHEN s."status" = 'closed_resolved' THEN s."closedBy" ELSE e."resolvedBy" END,
    "closure" = CASE WHEN s."status" = 'closed_resolved' THEN s."closure" ELSE e."closure" END,
    "takenAt" = COALESCE(e."takenAt", CASE WHEN s."status" = 'handed_off' AND NOT e."routed" THEN s."lookedAt" END),
    -- What was resolved before it was thrown away, or its requester erased, was resolved.
    "voided" = CASE WHEN s."closure" = 'spam' THEN 'spam'
      WHEN s."closure" IN ('deleted', 'erased') AND e."resolvedAt" IS NULL THEN s."closure"
      ELSE e."voided" END
    WHERE e."sessionId" = s."id" AND e."number" = s."episode";
  IF s."erasedAt" IS NULL THEN
    PERFORM "episode_thread"(s."id", s."episode", 9223372036854775807, 9223372036854775807);
  ELSE
    UPDATE "Episode" SET "contactKey" = NULL, "tags" = '{}', "topic" = NULL, "leadArticleId" = NULL, "leadTitle" = NULL
      WHERE "sessionId" = s."id";
  END IF;
END $$;

CREATE FUNCTION "episode_of_session"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asked BIGINT := NEW."episodeAfter";
  said BIGINT := NEW."episodeAfter";
  began_by TEXT;
BEGIN
  IF TG_OP = 'INSERT' THEN
    -- A ticket whose session was removed long after its end has had a conversation before.
    SELECT COALESCE(max("through"), -1) INTO asked FROM "Episode"
      WHERE "connectionId" = NEW."connectionId" AND "ticketId" = NEW."ticketId";
    said := asked;
    began_by := CASE WHEN NEW."backfilled" THEN 'backfill' WHEN asked >= 0 THEN 'reopened_by_customer' ELSE 'new' END;
  ELSIF NEW."episode" > OLD."episode" THEN
    IF OLD."status" IN ('closed_resolved', 'closed_unresolved') THEN
      began_by := CASE WHEN NEW."reopenedThrough" IS NULL THEN 'reopened_by_customer' ELSE 'reopened_by_person' END;
    ELSE
      began_by := 'given_back';
      SELECT COALESCE(max("seq"), -1) INTO said FROM "Message" WHERE "sessionId" = NEW."id" AND "author" <> 'customer';
    END IF;
    PERFORM "episode_thread"(NEW."id", OLD."episode", NEW."episodeAfter", said);
  END IF;
  PERFORM "episode_now"(NEW, began_by, asked, said);
  RETURN NULL;
END $$;

CREATE TRIGGER "Session_episode_begins" AFTER INSERT ON "Session" FOR EACH ROW EXECUTE FUNCTION "episode_of_session"();
CREATE TRIGGER "Session_episode" AFTER UPDATE OF "episode", "status", "closure", "closedBy", "closedAt", "channel", "groupId",
    "tags", "admittedBy", "contactId", "erasedAt", "lookedAt" ON "Session"
  FOR EACH ROW EXECUTE FUNCTION "episode_of_session"();

CREATE FUNCTION "episode_of_messages"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  s "Session";
BEGIN
  FOR s IN SELECT * FROM "Session" WHERE "id" IN (SELECT DISTINCT "sessionId" FROM said) ORDER BY "id" FOR NO KEY UPDATE LOOP
    IF s."erasedAt" IS NULL THEN
      PERFORM "episode_thread"(s."id", s."episode", 9223372036854775807, 9223372036854775807);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER "Message_episode_begins" AFTER INSERT ON "Message" REFERENCING NEW TABLE AS said
  FOR EACH STATEMENT EXECUTE FUNCTION "episode_of_messages"();
CREATE TRIGGER "Message_episode" AFTER UPDATE ON "Message" REFERENCING NEW TABLE AS said
  FOR EACH STATEMENT EXECUTE FUNCTION "episode_of_messages"();

-- Whoever concludes a turn locks the session next.
CREATE FUNCTION "episode_of_turn"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "Session" WHERE "id" = NEW."sessionId" FOR NO KEY UPDATE;
  PERFORM "episode_decisions"(NEW."sessionId", NEW."episode");
  RETURN NULL;
END $$;
CREATE TRIGGER "Turn_episode" AFTER INSERT OR UPDATE ON "Turn" FOR EACH ROW EXECUTE FUNCTION "episode_of_turn"();
CREATE TRIGGER "Handoff_episode" AFTER INSERT OR UPDATE ON "Handoff" FOR EACH ROW EXECUTE FUNCTION "episode_of_turn"();

CREATE FUNCTION "episode_of_draft"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "episode_decisions"(t."sessionId", t."episode") FROM "Turn" t WHERE t."id" = NEW."turnId";
  RETURN NULL;
END $$;
CREATE TRIGGER "Draft_episode" AFTER INSERT OR UPDATE OF "fate", "distance" ON "Draft"
  FOR EACH ROW EXECUTE FUNCTION "episode_of_draft"();

CREATE FUNCTION "episode_forgets_contact"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Episode" SET "contactKey" = NULL WHERE "contactKey" = encode(sha256(convert_to(OLD."id"::text, 'UTF8')), 'hex');
  RETURN NULL;
END $$;
CREATE TRIGGER "Contact_episode" AFTER DELETE ON "Contact" FOR EACH ROW EXECUTE FUNCTION "episode_forgets_contact"();

-- What is left of the conversations until now. Of earlier ones on a ticket that is what their turns and handoffs say.
DO $$
DECLARE
  s "Session";
  past RECORD;
BEGIN
  FOR s IN SELECT * FROM "Session" ORDER BY "id" LOOP
    FOR past IN
      SELECT p."episode" AS number, min(p."at") AS began, min(p."through") AS first_seen,
        lead(min(p."at")) OVER w AS next_began, lag(max(p."through")) OVER w AS seen_before, lead(min(p."through")) OVER w AS seen_next,
        max(p."at") FILTER (WHERE p."outcome" = 'resolved') AS resolved,
        (array_agg(p."rule" ORDER BY p."at" DESC) FILTER (WHERE p."outcome" = 'resolved'))[1] AS resolved_by_rule
      FROM (
        SELECT "episode", "at", "throughSeq" AS "through", "outcome", "rule" FROM "Turn" WHERE "sessionId" = s."id"
        UNION ALL SELECT "episode", "at", "throughSeq", 'handed_off', '' FROM "Handoff" WHERE "sessionId" = s."id"
      ) p WHERE p."episode" < s."episode" GROUP BY p."episode" WINDOW w AS (ORDER BY p."episode")
    LOOP
      INSERT INTO "Episode" ("sessionId", "number", "connectionId", "ticketId", "trigger", "startedAt", "endedAt", "channel",
          "groupId", "tags", "admittedBy", "backfilled", "askedAfter", "saidAfter", "resolvedAt", "resolvedBy", "closure", "seeded")
        VALUES (s."id", past.number, s."connectionId", s."ticketId",
          CASE WHEN past.number > 1 THEN NULL WHEN s."backfilled" THEN 'backfill' ELSE 'new' END,
          CASE WHEN past.number = 1 THEN s."ticketCreatedAt" ELSE past.began END, past.next_began, s."channel",
          s."groupId", s."tags", s."admittedBy", s."backfilled" AND past.number = 1,
          COALESCE(past.seen_before, -1), COALESCE(past.seen_before, -1), past.resolved,
          CASE WHEN past.resolved IS NOT NULL THEN 'ai' END,
          CASE WHEN past.resolved IS NOT NULL THEN CASE past.resolved_by_rule WHEN 'R3' THEN 'resolved' ELSE 'assumed_resolved' END END,
          true);
      PERFORM "episode_thread"(s."id", past.number, LEAST(COALESCE(past.seen_next - 1, s."episodeAfter"), s."episodeAfter"),
        LEAST(COALESCE(past.seen_next - 1, s."episodeAfter"), s."episodeAfter"));
      PERFORM "episode_decisions"(s."id", past.number);
    END LOOP;
    PERFORM "episode_now"(s, CASE WHEN s."episode" = 1 THEN CASE WHEN s."backfilled" THEN 'backfill' ELSE 'new' END
      WHEN s."reopenedThrough" IS NOT NULL THEN 'reopened_by_person' WHEN s."reopenedFrom" IS NOT NULL THEN 'reopened_by_customer' END, s."episodeAfter", s."episodeAfter");
    PERFORM "episode_decisions"(s."id", s."episode");
  END LOOP;
  UPDATE "Episode" e SET "seeded" = true,
    "contactKey" = (SELECT encode(sha256(convert_to(kept."contactId"::text, 'UTF8')), 'hex') FROM "Session" kept
      WHERE kept."id" = e."sessionId" AND kept."erasedAt" IS NULL);
END $$;
