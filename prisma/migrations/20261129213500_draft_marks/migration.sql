-- AlterTable
ALTER TABLE "Draft" ADD COLUMN     "unsupported" TEXT[] DEFAULT ARRAY[]::TEXT[];
