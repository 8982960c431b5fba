-- CreateTable
CREATE TABLE "Installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "mark" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Condition" (
    "kind" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "connectionId" TEXT,
    "what" TEXT NOT NULL,
    "whatToDo" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "goodUntil" TIMESTAMPTZ(3),

    CONSTRAINT "Condition_pkey" PRIMARY KEY ("kind","place")
);

-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "missedPasses" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "missedTickets" INTEGER NOT NULL DEFAULT 0;
