-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "nearest" JSONB NOT NULL DEFAULT '[]';
