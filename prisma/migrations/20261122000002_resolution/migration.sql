-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "episodeAfter" BIGINT NOT NULL DEFAULT -1,
ADD COLUMN     "reopenedFrom" TEXT,
ADD COLUMN     "reopenedThrough" BIGINT,
ADD COLUMN     "resolveRefused" TEXT;
