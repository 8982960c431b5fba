-- CreateEnum
CREATE TYPE "BackfillState" AS ENUM ('running', 'paused', 'completed', 'failed');

-- CreateEnum
CREATE TYPE "BackfillTicketState" AS ENUM ('pending', 'done', 'failed', 'excluded');

-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "reconciledThrough" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "Backfill" (
    "id" UUID NOT NULL,
    "connectionId" TEXT NOT NULL,
    "state" "BackfillState" NOT NULL DEFAULT 'running',
    "days" INTEGER NOT NULL,
    "dryRun" BOOLEAN NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Backfill_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BackfillTicket" (
    "backfillId" UUID NOT NULL,
    "ticketId" BIGINT NOT NULL,
    "state" "BackfillTicketState" NOT NULL DEFAULT 'pending',
    "ticketUpdatedAt" TIMESTAMPTZ(3) NOT NULL,
    "listedAt" TIMESTAMPTZ(3) NOT NULL,
    "settledAt" TIMESTAMPTZ(3),

    CONSTRAINT "BackfillTicket_pkey" PRIMARY KEY ("backfillId","ticketId")
);

-- CreateIndex
CREATE INDEX "Backfill_connectionId_startedAt_idx" ON "Backfill"("connectionId", "startedAt" DESC);

-- CreateIndex
CREATE INDEX "BackfillTicket_backfillId_state_ticketUpdatedAt_idx" ON "BackfillTicket"("backfillId", "state", "ticketUpdatedAt" DESC);

-- AddForeignKey
ALTER TABLE "Backfill" ADD CONSTRAINT "Backfill_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BackfillTicket" ADD CONSTRAINT "BackfillTicket_backfillId_fkey" FOREIGN KEY ("backfillId") REFERENCES "Backfill"("id") ON DELETE CASCADE ON UPDATE CASCADE;
