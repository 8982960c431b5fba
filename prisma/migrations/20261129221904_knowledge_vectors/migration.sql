
-- AlterTable
ALTER TABLE "KnowledgeArticle" ADD COLUMN     "embeddedBy" TEXT;

-- CreateTable
CREATE TABLE "KnowledgeVector" (
    "articleId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "part" INTEGER NOT NULL,
    "vector" BYTEA NOT NULL,

    CONSTRAINT "KnowledgeVector_pkey" PRIMARY KEY ("articleId","position","part")
);

-- AddForeignKey
ALTER TABLE "KnowledgeVector" ADD CONSTRAINT "KnowledgeVector_articleId_fkey" FOREIGN KEY ("articleId") REFERENCES "KnowledgeArticle"("id") ON DELETE CASCADE ON UPDATE CASCADE;
