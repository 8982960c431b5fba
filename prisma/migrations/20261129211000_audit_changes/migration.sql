-- AlterTable
ALTER TABLE "Audit" ADD COLUMN     "changes" JSONB NOT NULL DEFAULT '[]',
ALTER COLUMN "counts" SET DEFAULT '{}';

-- CreateIndex
CREATE INDEX "Audit_at_id_idx" ON "Audit"("at" DESC, "id" DESC);
