-- What the counts beside the inbox's list are told by, so that they are counted without a look at the sessions. It also does
-- what the index that it begins with has done.
CREATE INDEX "Session_connectionId_status_channel_groupId_responderId_idx"
  ON "Session"("connectionId", "status", "channel", "groupId", "responderId");
DROP INDEX "Session_connectionId_status_idx";
