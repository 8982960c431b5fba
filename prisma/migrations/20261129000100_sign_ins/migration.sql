-- CreateTable
CREATE TABLE "SignIn" (
    "id" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SignIn_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "SignIn_seenAt_idx" ON "SignIn"("seenAt");
