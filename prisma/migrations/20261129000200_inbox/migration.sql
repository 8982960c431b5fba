-- AlterTable
ALTER TABLE "Turn" ADD COLUMN "threshold" DOUBLE PRECISION;

-- CreateIndex
CREATE INDEX "Session_tags_idx" ON "Session" USING GIN ("tags");
CREATE INDEX "Session_groupId_idx" ON "Session"("groupId");
CREATE INDEX "Session_ticketCreatedAt_id_idx" ON "Session"("ticketCreatedAt" DESC, "id" DESC);

-- The words of a subject or a message, as they stand, whatever the language. Of an endless text the beginning: a tsvector
-- holds a megabyte at most. Marks that a database of locale C takes for letters are none. Names nothing outside of
-- pg_catalog, since indexes are made and restored with nothing else in sight.
CREATE FUNCTION "words_in"(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('pg_catalog.simple', translate(left(said, 50000), '¿¡«»‹›„“”‚‘…–—•·', '                '))
$$;

-- Each word that is sought, or a longer one that begins with it. Nothing in it is an operator. Without a word it finds nothing.
CREATE FUNCTION "words_sought"(said text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(to_tsquery('pg_catalog.simple', string_agg(quote_literal(word) || ':*', ' & ')), ''::tsquery)
    FROM unnest(tsvector_to_array("words_in"(said))) AS word
$$;

CREATE INDEX "Session_subject_words_idx" ON "Session" USING GIN ("words_in"("subject"));
CREATE INDEX "Message_text_words_idx" ON "Message" USING GIN ("words_in"("text"));
