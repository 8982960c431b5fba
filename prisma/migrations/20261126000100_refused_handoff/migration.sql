-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "handoffRefused" TEXT,
ADD COLUMN     "handoffRefusedAt" TIMESTAMPTZ(3);
