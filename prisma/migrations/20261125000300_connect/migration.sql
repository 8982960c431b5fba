-- A connection that was removed keeps its mirror, without key and secret.
ALTER TABLE "Connection" ADD COLUMN "removedAt" TIMESTAMPTZ(3);

-- When Freshdesk last told us of something; written at most once a minute.
ALTER TABLE "Connection" ADD COLUMN "lastWebhookAt" TIMESTAMPTZ(3);
