-- An erasure finds a person's tickets by their address, however it is spelt; Prisma knows no index on an expression.
CREATE INDEX "Session_connectionId_lower_requesterEmail_idx" ON "Session"("connectionId", lower("requesterEmail"));
