-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "episodeAfter" BIGINT NOT NULL DEFAULT -1,
ADD COLUMN     "heldSince" TIMESTAMPTZ(3),
ADD COLUMN     "reopenedFrom" TEXT,
ADD COLUMN     "reopenedThrough" BIGINT,
ADD COLUMN     "resolveRefused" TEXT;

-- CreateIndex
CREATE INDEX "Session_heldSince_idx" ON "Session"("heldSince");
