-- An article of Freshdesk Solutions and a file may have the same id at their origin.
DROP INDEX "KnowledgeArticle_connectionId_sourceId_key";
CREATE UNIQUE INDEX "KnowledgeArticle_connectionId_origin_sourceId_key" ON "KnowledgeArticle"("connectionId", "origin", "sourceId");

-- CreateTable
CREATE TABLE "KnowledgeSync" (
    "connectionId" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "KnowledgeSync_pkey" PRIMARY KEY ("connectionId")
);

-- AddForeignKey
ALTER TABLE "KnowledgeSync" ADD CONSTRAINT "KnowledgeSync_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateTable
CREATE TABLE "KnowledgeWord" (
    "connectionId" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "word" TEXT NOT NULL,
    "stem" TEXT NOT NULL,
    "passages" INTEGER NOT NULL,

    CONSTRAINT "KnowledgeWord_pkey" PRIMARY KEY ("connectionId","language","stem","word")
);

-- AddForeignKey
ALTER TABLE "KnowledgeWord" ADD CONSTRAINT "KnowledgeWord_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What a misspelt word is looked up by: words that begin alike. Byte order, so that LIKE 'x%' can use it.
CREATE INDEX "KnowledgeWord_word_idx" ON "KnowledgeWord"("connectionId", "language", "word" text_pattern_ops);

-- In a database whose locale is C, marks that are not ASCII are taken for letters: "¿entregar" would be a word.
CREATE FUNCTION "knowledge_text"(said text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT translate(said, '¿¡«»‹›„“”‚‘…–—•·', '                ')
$$;

CREATE OR REPLACE FUNCTION "knowledge_chunk_search"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."search" :=
    setweight(to_tsvector(NEW."language"::regconfig, "knowledge_text"(NEW."title")), 'A') ||
    setweight(to_tsvector(NEW."language"::regconfig, "knowledge_text"(NEW."heading")), 'B') ||
    setweight(to_tsvector(NEW."language"::regconfig, "knowledge_text"(NEW."text")), 'D');
  RETURN NEW;
END;
$$;
UPDATE "KnowledgeChunk" SET "search" = NULL;

-- Counts in how many passages each word of a connection's knowledge stands: afresh, after every import that changed
-- something. One row holds the number of passages of a language, under the word ''.
CREATE FUNCTION "knowledge_count_words"(connection text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  configuration text;
  total integer;
  ours text;
BEGIN
  DELETE FROM "KnowledgeWord" WHERE "connectionId" = connection;
  FOR configuration, total IN
    SELECT c."language", count(*) FROM "KnowledgeChunk" c JOIN "KnowledgeArticle" a ON a."id" = c."articleId"
     WHERE a."connectionId" = connection GROUP BY c."language"
  LOOP
    INSERT INTO "KnowledgeWord" VALUES (connection, configuration, '', '', total);
    ours := format('FROM "KnowledgeChunk" c JOIN "KnowledgeArticle" a ON a."id" = c."articleId" WHERE a."connectionId" = %L AND c."language" = %L',
      connection, configuration);
    INSERT INTO "KnowledgeWord"
    SELECT DISTINCT connection, configuration, left(spoken.word, 200), stemmed.stem, counted.ndoc
      FROM ts_stat(format('SELECT to_tsvector(''simple'', "knowledge_text"(c."title" || '' '' || c."heading" || '' '' || c."text")) %s', ours)) spoken
     CROSS JOIN LATERAL unnest(tsvector_to_array(to_tsvector(configuration::regconfig, spoken.word))) AS stemmed(stem)
      JOIN ts_stat(format('SELECT c."search" %s', ours)) counted ON counted.word = stemmed.stem
     WHERE length(spoken.word) <= 200;
  END LOOP;
END;
$$;

SELECT "knowledge_count_words"("id") FROM "Connection";
