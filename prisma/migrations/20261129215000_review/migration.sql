-- CreateTable
CREATE TABLE "Review" (
    "turnId" UUID NOT NULL,
    "grade" TEXT NOT NULL,
    "harmful" BOOLEAN NOT NULL DEFAULT false,
    "note" TEXT,
    "who" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Review_pkey" PRIMARY KEY ("turnId")
);

-- CreateTable
CREATE TABLE "DismissedGap" (
    "connectionId" TEXT NOT NULL,
    "gap" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "who" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DismissedGap_pkey" PRIMARY KEY ("connectionId","gap")
);

-- AddForeignKey
ALTER TABLE "Review" ADD CONSTRAINT "Review_turnId_fkey" FOREIGN KEY ("turnId") REFERENCES "Turn"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DismissedGap" ADD CONSTRAINT "DismissedGap_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
