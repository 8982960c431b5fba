-- AlterTable
ALTER TABLE "KnowledgeArticle" ADD COLUMN "origin" TEXT NOT NULL DEFAULT 'folder';

-- AlterTable
ALTER TABLE "KnowledgeChunk" ADD COLUMN "title" TEXT NOT NULL, ADD COLUMN "search" tsvector;

-- A trigger and not a generated column: the configuration's name is looked up in the row, which is not immutable.
CREATE FUNCTION "knowledge_chunk_search"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."search" :=
    setweight(to_tsvector(NEW."language"::regconfig, NEW."title"), 'A') ||
    setweight(to_tsvector(NEW."language"::regconfig, NEW."heading"), 'B') ||
    setweight(to_tsvector(NEW."language"::regconfig, NEW."text"), 'D');
  RETURN NEW;
END;
$$;

CREATE TRIGGER "KnowledgeChunk_search" BEFORE INSERT OR UPDATE ON "KnowledgeChunk"
  FOR EACH ROW EXECUTE FUNCTION "knowledge_chunk_search"();

-- CreateIndex
CREATE INDEX "KnowledgeChunk_search_idx" ON "KnowledgeChunk" USING GIN ("search");
