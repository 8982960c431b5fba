-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "insight" JSONB;
