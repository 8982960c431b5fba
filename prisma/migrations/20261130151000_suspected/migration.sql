-- AlterTable
ALTER TABLE "Message" ADD COLUMN "suspected" TEXT;
