-- AlterTable
ALTER TABLE "Audit" ADD COLUMN     "ticketId" BIGINT;
