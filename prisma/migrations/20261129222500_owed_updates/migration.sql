-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "owes" TEXT;
