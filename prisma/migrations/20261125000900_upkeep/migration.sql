-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "mailboxes" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "accountReadAt" TIMESTAMPTZ(3),
ADD COLUMN     "backfillWanted" BOOLEAN NOT NULL DEFAULT false;
