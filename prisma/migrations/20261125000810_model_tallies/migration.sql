-- Tokens and money are tallied where they are spent, call by call; a turn that is never recorded has cost something too.
CREATE OR REPLACE FUNCTION "tally_turn"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  connection TEXT;
  before_outcome TEXT := CASE WHEN TG_OP = 'UPDATE' THEN OLD."outcome" END;
BEGIN
  IF NEW."outcome" <> 'planned' AND NEW."outcome" IS DISTINCT FROM before_outcome THEN
    SELECT "connectionId" INTO connection FROM "Session" WHERE "id" = NEW."sessionId";
    PERFORM "tally"('turns', connection, NEW."outcome", 1);
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER "tally_turn" ON "Turn";
CREATE TRIGGER "tally_turn" AFTER INSERT OR UPDATE OF "outcome" ON "Turn"
  FOR EACH ROW EXECUTE FUNCTION "tally_turn"();

CREATE FUNCTION "tally_model_call"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before_tokens BIGINT := CASE WHEN TG_OP = 'UPDATE' THEN OLD."inputTokens" + OLD."outputTokens" ELSE 0 END;
  before_money FLOAT := CASE WHEN TG_OP = 'UPDATE' THEN COALESCE(OLD."money", 0) ELSE 0 END;
  more_tokens BIGINT := NEW."inputTokens" + NEW."outputTokens" - before_tokens;
  more_micros BIGINT := round((COALESCE(NEW."money", 0) - before_money) * 1000000);
BEGIN
  IF more_micros > 0 THEN
    PERFORM "tally"('money_micros', NEW."connectionId", NEW."model", more_micros);
  END IF;
  IF more_tokens > 0 THEN
    PERFORM "tally"('tokens', NEW."connectionId", NEW."model", more_tokens);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "tally_model_call" AFTER INSERT OR UPDATE OF "inputTokens", "outputTokens", "money" ON "ModelCall"
  FOR EACH ROW EXECUTE FUNCTION "tally_model_call"();
