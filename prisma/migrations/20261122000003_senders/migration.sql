-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "brokenSince" TIMESTAMPTZ(3),
ADD COLUMN     "supportEmails" TEXT[];

-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "requesterEmail" TEXT;

-- CreateIndex
CREATE INDEX "Outbound_connectionId_attemptedAt_idx" ON "Outbound"("connectionId", "attemptedAt");
