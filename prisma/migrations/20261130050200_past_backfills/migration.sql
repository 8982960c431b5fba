-- AlterTable
ALTER TABLE "Backfill" ADD COLUMN     "done" INTEGER,
ADD COLUMN     "failed" INTEGER,
ADD COLUMN     "left" INTEGER;
