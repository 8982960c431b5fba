
-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "reachChangedAt" TIMESTAMPTZ(3);

