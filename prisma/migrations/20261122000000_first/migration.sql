-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "ConnectionState" AS ENUM ('active', 'broken');

-- CreateEnum
CREATE TYPE "SessionStatus" AS ENUM ('open', 'handed_off', 'closed_resolved', 'closed_unresolved');

-- CreateEnum
CREATE TYPE "Channel" AS ENUM ('email', 'web', 'phone', 'other');

-- CreateEnum
CREATE TYPE "Author" AS ENUM ('customer', 'ai', 'agent', 'system');

-- CreateEnum
CREATE TYPE "Visibility" AS ENUM ('public', 'private');

-- CreateEnum
CREATE TYPE "OutboundState" AS ENUM ('pending', 'sending', 'sent', 'rejected', 'unknown');

-- CreateTable
CREATE TABLE "Connection" (
    "id" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "baseUrl" TEXT NOT NULL,
    "apiKeyCiphertext" TEXT NOT NULL,
    "apiKeyKeyId" TEXT NOT NULL,
    "webhookSecretHash" TEXT NOT NULL,
    "agentId" BIGINT NOT NULL,
    "agentName" TEXT NOT NULL,
    "agentEmail" TEXT NOT NULL,
    "state" "ConnectionState" NOT NULL DEFAULT 'active',
    "stateReason" TEXT,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "statuses" JSONB NOT NULL DEFAULT '[]',
    "connectedAt" TIMESTAMPTZ(3) NOT NULL,
    "autoHandleSince" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Connection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" UUID NOT NULL,
    "connectionId" TEXT NOT NULL,
    "ticketId" BIGINT NOT NULL,
    "status" "SessionStatus" NOT NULL,
    "channel" "Channel" NOT NULL,
    "admittedBy" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "language" TEXT,
    "sentiment" TEXT,
    "tags" TEXT[],
    "ownTags" TEXT[],
    "source" INTEGER NOT NULL,
    "ticketStatus" INTEGER NOT NULL,
    "groupId" BIGINT,
    "responderId" BIGINT,
    "requesterId" BIGINT,
    "coveredThrough" BIGINT NOT NULL DEFAULT -1,
    "closedThrough" BIGINT,
    "episode" INTEGER NOT NULL DEFAULT 1,
    "aiWrote" BOOLEAN NOT NULL DEFAULT false,
    "aiReplied" BOOLEAN NOT NULL DEFAULT false,
    "personStepped" BOOLEAN NOT NULL DEFAULT false,
    "takenFromId" BIGINT,
    "aiAssignedAt" TIMESTAMPTZ(3),
    "closure" TEXT,
    "closedBy" TEXT,
    "backfilled" BOOLEAN NOT NULL DEFAULT false,
    "cursorPage" INTEGER NOT NULL DEFAULT 1,
    "cursorSeq" BIGINT NOT NULL DEFAULT 0,
    "lookedAt" TIMESTAMPTZ(3) NOT NULL,
    "wholeReadAt" TIMESTAMPTZ(3),
    "ticketCreatedAt" TIMESTAMPTZ(3) NOT NULL,
    "ticketUpdatedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Message" (
    "id" UUID NOT NULL,
    "connectionId" TEXT NOT NULL,
    "sessionId" UUID NOT NULL,
    "freshdeskId" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "author" "Author" NOT NULL,
    "visibility" "Visibility" NOT NULL,
    "kind" TEXT NOT NULL,
    "userId" BIGINT,
    "html" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "ignoredBy" TEXT,
    "ignoredWhy" TEXT,
    "attachments" JSONB NOT NULL DEFAULT '[]',
    "outboundKey" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "mirroredAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Turn" (
    "id" UUID NOT NULL,
    "sessionId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "episode" INTEGER NOT NULL,
    "throughSeq" BIGINT NOT NULL,
    "rule" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "outcomeWhy" TEXT,
    "verdict" TEXT,
    "confidence" DOUBLE PRECISION,
    "topic" TEXT,
    "reasons" TEXT[],
    "sources" JSONB NOT NULL DEFAULT '[]',
    "summary" TEXT,
    "sentiment" TEXT,
    "language" TEXT,
    "engine" TEXT NOT NULL,
    "model" TEXT,
    "tokens" INTEGER,
    "ms" INTEGER NOT NULL,

    CONSTRAINT "Turn_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Draft" (
    "id" UUID NOT NULL,
    "turnId" UUID NOT NULL,
    "sessionId" UUID NOT NULL,
    "html" TEXT NOT NULL,
    "fate" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Draft_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Handoff" (
    "id" UUID NOT NULL,
    "sessionId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "episode" INTEGER NOT NULL,
    "throughSeq" BIGINT NOT NULL,
    "reasons" TEXT[],
    "summary" TEXT NOT NULL,
    "sentiment" TEXT,
    "language" TEXT,
    "routing" JSONB NOT NULL,

    CONSTRAINT "Handoff_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Outbound" (
    "key" TEXT NOT NULL,
    "connectionId" TEXT NOT NULL,
    "ticketId" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" "OutboundState" NOT NULL DEFAULT 'pending',
    "bodyHash" TEXT NOT NULL,
    "remoteId" BIGINT,
    "seenIds" BIGINT[],
    "tries" INTEGER NOT NULL DEFAULT 0,
    "attemptedAt" TIMESTAMPTZ(3),
    "refusal" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Outbound_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "KnowledgeArticle" (
    "id" UUID NOT NULL,
    "connectionId" TEXT NOT NULL,
    "sourceId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "visibility" "Visibility" NOT NULL,
    "markdown" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "contentHash" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "KnowledgeArticle_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "KnowledgeChunk" (
    "id" UUID NOT NULL,
    "articleId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "heading" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "language" TEXT NOT NULL,

    CONSTRAINT "KnowledgeChunk_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_buckets" (
    "connectionId" TEXT NOT NULL,
    "total" DOUBLE PRECISION NOT NULL,
    "tokens" DOUBLE PRECISION NOT NULL,
    "refilledAt" TIMESTAMPTZ(3) NOT NULL,
    "closedUntil" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rate_buckets_pkey" PRIMARY KEY ("connectionId")
);

-- CreateIndex
CREATE INDEX "Session_updatedAt_id_idx" ON "Session"("updatedAt" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "Session_connectionId_status_idx" ON "Session"("connectionId", "status");

-- CreateIndex
CREATE UNIQUE INDEX "Session_connectionId_ticketId_key" ON "Session"("connectionId", "ticketId");

-- CreateIndex
CREATE INDEX "Message_sessionId_seq_idx" ON "Message"("sessionId", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "Message_connectionId_freshdeskId_key" ON "Message"("connectionId", "freshdeskId");

-- CreateIndex
CREATE INDEX "Turn_sessionId_at_idx" ON "Turn"("sessionId", "at");

-- CreateIndex
CREATE UNIQUE INDEX "Draft_turnId_key" ON "Draft"("turnId");

-- CreateIndex
CREATE INDEX "Draft_sessionId_createdAt_idx" ON "Draft"("sessionId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Handoff_sessionId_episode_throughSeq_key" ON "Handoff"("sessionId", "episode", "throughSeq");

-- CreateIndex
CREATE INDEX "Outbound_connectionId_ticketId_idx" ON "Outbound"("connectionId", "ticketId");

-- CreateIndex
CREATE UNIQUE INDEX "KnowledgeArticle_connectionId_sourceId_key" ON "KnowledgeArticle"("connectionId", "sourceId");

-- CreateIndex
CREATE UNIQUE INDEX "KnowledgeChunk_articleId_position_key" ON "KnowledgeChunk"("articleId", "position");

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Message" ADD CONSTRAINT "Message_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Turn" ADD CONSTRAINT "Turn_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Draft" ADD CONSTRAINT "Draft_turnId_fkey" FOREIGN KEY ("turnId") REFERENCES "Turn"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Draft" ADD CONSTRAINT "Draft_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Handoff" ADD CONSTRAINT "Handoff_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "KnowledgeArticle" ADD CONSTRAINT "KnowledgeArticle_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "KnowledgeChunk" ADD CONSTRAINT "KnowledgeChunk_articleId_fkey" FOREIGN KEY ("articleId") REFERENCES "KnowledgeArticle"("id") ON DELETE CASCADE ON UPDATE CASCADE;
