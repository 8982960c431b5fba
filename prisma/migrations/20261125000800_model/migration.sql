-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "detail" TEXT,
ADD COLUMN     "money" DOUBLE PRECISION;

-- CreateTable
CREATE TABLE "ModelCall" (
    "id" UUID NOT NULL,
    "connectionId" TEXT NOT NULL,
    "sessionId" UUID NOT NULL,
    "turnId" UUID NOT NULL,
    "stage" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "model" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "inputTokens" INTEGER NOT NULL DEFAULT 0,
    "outputTokens" INTEGER NOT NULL DEFAULT 0,
    "money" DOUBLE PRECISION,
    "result" JSONB,

    CONSTRAINT "ModelCall_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ModelCall_connectionId_startedAt_idx" ON "ModelCall"("connectionId", "startedAt");

-- CreateIndex
CREATE UNIQUE INDEX "ModelCall_turnId_stage_round_key" ON "ModelCall"("turnId", "stage", "round");

-- AddForeignKey
ALTER TABLE "ModelCall" ADD CONSTRAINT "ModelCall_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;
