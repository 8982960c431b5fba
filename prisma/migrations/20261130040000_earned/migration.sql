-- AlterTable
ALTER TABLE "Turn" ADD COLUMN     "heldBack" TEXT;

-- CreateTable
CREATE TABLE "Grade" (
    "turnId" UUID NOT NULL,
    "connectionId" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "confidence" DOUBLE PRECISION NOT NULL,
    "right" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Grade_pkey" PRIMARY KEY ("turnId")
);

-- CreateTable
CREATE TABLE "EarnedThreshold" (
    "connectionId" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "threshold" DOUBLE PRECISION,
    "since" TIMESTAMPTZ(3),
    "countedFrom" TIMESTAMPTZ(3),

    CONSTRAINT "EarnedThreshold_pkey" PRIMARY KEY ("connectionId","engine")
);

-- CreateIndex
CREATE INDEX "Grade_connectionId_engine_at_idx" ON "Grade"("connectionId", "engine", "at" DESC);

-- AddForeignKey
ALTER TABLE "Grade" ADD CONSTRAINT "Grade_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EarnedThreshold" ADD CONSTRAINT "EarnedThreshold_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
