-- CreateEnum
CREATE TYPE "AttachmentStatus" AS ENUM ('pending', 'stored', 'refused', 'failed');

-- CreateTable
CREATE TABLE "Attachment" (
    "id" UUID NOT NULL,
    "messageId" UUID NOT NULL,
    "remoteId" BIGINT NOT NULL,
    "inline" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "contentType" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "status" "AttachmentStatus" NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "link" TEXT,
    "key" TEXT,
    "text" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Attachment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ArticleFile" (
    "id" UUID NOT NULL,
    "articleId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "contentType" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "key" TEXT NOT NULL,

    CONSTRAINT "ArticleFile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ForgottenFile" (
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ForgottenFile_pkey" PRIMARY KEY ("key")
);

-- AlterTable
ALTER TABLE "Turn" ADD COLUMN "files" JSONB NOT NULL DEFAULT '[]';

-- CreateIndex
CREATE UNIQUE INDEX "Attachment_messageId_remoteId_key" ON "Attachment"("messageId", "remoteId");
CREATE INDEX "Attachment_status_idx" ON "Attachment"("status");
CREATE INDEX "Attachment_key_idx" ON "Attachment"("key");
CREATE UNIQUE INDEX "ArticleFile_articleId_position_key" ON "ArticleFile"("articleId", "position");
CREATE INDEX "ArticleFile_key_idx" ON "ArticleFile"("key");

-- AddForeignKey
ALTER TABLE "Attachment" ADD CONSTRAINT "Attachment_messageId_fkey" FOREIGN KEY ("messageId") REFERENCES "Message"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ArticleFile" ADD CONSTRAINT "ArticleFile_articleId_fkey" FOREIGN KEY ("articleId") REFERENCES "KnowledgeArticle"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Whatever deletes a row, the bytes it pointed to are not forgotten (erasure, retention, deleted notes, new knowledge).
CREATE FUNCTION note_forgotten_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."key" IS NOT NULL AND (TG_OP = 'DELETE' OR OLD."key" IS DISTINCT FROM NEW."key") THEN
    INSERT INTO "ForgottenFile" ("key") VALUES (OLD."key") ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "Attachment_forgotten" AFTER DELETE OR UPDATE OF "key" ON "Attachment"
  FOR EACH ROW EXECUTE FUNCTION note_forgotten_file();
CREATE TRIGGER "ArticleFile_forgotten" AFTER DELETE OR UPDATE OF "key" ON "ArticleFile"
  FOR EACH ROW EXECUTE FUNCTION note_forgotten_file();

-- What was mirrored before: copied when the ticket is looked at next.
INSERT INTO "Attachment" ("id", "messageId", "remoteId", "name", "contentType", "size")
SELECT gen_random_uuid(), m."id", (file->>'id')::bigint, coalesce(file->>'name', ''), coalesce(file->>'contentType', ''),
       coalesce((file->>'size')::bigint, 0)
  FROM "Message" m CROSS JOIN LATERAL jsonb_array_elements(m."attachments") AS file
 WHERE file->>'id' ~ '^[0-9]{1,18}$'
ON CONFLICT DO NOTHING;
