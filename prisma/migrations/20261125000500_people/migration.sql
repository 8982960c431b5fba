-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "groups" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "groupsReadAt" TIMESTAMPTZ(3),
ADD COLUMN     "retentionRanAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Draft" ADD COLUMN     "closedBy" BIGINT,
ADD COLUMN     "distance" DOUBLE PRECISION,
ADD COLUMN     "noted" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "closedAt" TIMESTAMPTZ(3),
ADD COLUMN     "contactId" UUID,
ADD COLUMN     "erasedAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "Contact" (
    "id" UUID NOT NULL,
    "connectionId" TEXT NOT NULL,
    "email" TEXT,
    "phone" TEXT,
    "name" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Contact_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Audit" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "connectionId" TEXT NOT NULL,
    "what" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "counts" JSONB NOT NULL,

    CONSTRAINT "Audit_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Contact_connectionId_phone_idx" ON "Contact"("connectionId", "phone");

-- CreateIndex
CREATE UNIQUE INDEX "Contact_connectionId_email_key" ON "Contact"("connectionId", "email");

-- CreateIndex
CREATE INDEX "Audit_connectionId_at_idx" ON "Audit"("connectionId", "at");

-- CreateIndex
CREATE INDEX "Session_contactId_idx" ON "Session"("contactId");

-- CreateIndex
CREATE INDEX "Session_connectionId_requesterEmail_idx" ON "Session"("connectionId", "requesterEmail");

-- CreateIndex
CREATE INDEX "Session_closedAt_idx" ON "Session"("closedAt");

-- AddForeignKey
ALTER TABLE "Contact" ADD CONSTRAINT "Contact_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_contactId_fkey" FOREIGN KEY ("contactId") REFERENCES "Contact"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- One contact per phone where there is no e-mail to tell people apart (K1).
CREATE UNIQUE INDEX "Contact_connectionId_phone_only_key" ON "Contact"("connectionId", "phone") WHERE "email" IS NULL;

-- Since when a session is closed, whoever closes it.
CREATE FUNCTION "session_closed_at"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."status" NOT IN ('closed_resolved', 'closed_unresolved') THEN
    NEW."closedAt" := NULL;
  ELSIF NEW."closedAt" IS NULL THEN
    NEW."closedAt" := now();
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "session_closed_at" BEFORE INSERT OR UPDATE ON "Session"
  FOR EACH ROW EXECUTE FUNCTION "session_closed_at"();

UPDATE "Session" SET "closedAt" = "updatedAt" WHERE "status" IN ('closed_resolved', 'closed_unresolved');
