-- CreateTable
CREATE TABLE "OwnExample" (
    "id" UUID NOT NULL,
    "connectionId" TEXT NOT NULL,
    "head" TEXT NOT NULL,
    "positive" BOOLEAN NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "OwnExample_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "OwnExample_connectionId_head_text_key" ON "OwnExample"("connectionId", "head", "text");

-- AddForeignKey
ALTER TABLE "OwnExample" ADD CONSTRAINT "OwnExample_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
