import type { Logger } from 'pino';
import type { Accounts } from './accounts.ts';
import type { ActivityDeps, TicketRuns } from './activities/deps.ts';
import { createEmbeddedEngine } from './ai/embedded.ts';
import type { Config } from './config.ts';
import { createAttachments } from './db/attachments.ts';
import { createBackfills } from './db/backfills.ts';
import type { Db } from './db/client.ts';
import type { Connections } from './db/connections.ts';
import { createContacts } from './db/contacts.ts';
import { createDrafts } from './db/drafts.ts';
import { createHandoffs } from './db/handoffs.ts';
import { createKnowledge } from './db/knowledge.ts';
import { createLooks } from './db/looks.ts';
import { createOutbounds } from './db/outbounds.ts';
import { createSessions } from './db/sessions.ts';
import { createTurns } from './db/turns.ts';
import type { Storage } from './storage/port.ts';

export type ActivityParts = {
  db: Db;
  connections: Connections;
  account: Accounts;
  tickets: TicketRuns;
  storage: Storage;
  log: Logger;
};

/** Everything the activities work with. */
export function activityDeps(
  config: Config,
  { db, connections, account, tickets, storage, log }: ActivityParts,
): ActivityDeps {
  const knowledge = createKnowledge(db);
  return {
    account,
    connections,
    contacts: createContacts(db),
    sessions: createSessions(db),
    turns: createTurns(db),
    drafts: createDrafts(db),
    outbounds: createOutbounds(db),
    handoffs: createHandoffs(db),
    backfills: createBackfills(db),
    looks: createLooks(db),
    tickets,
    attachments: createAttachments(db),
    storage,
    knowledge,
    engine: createEmbeddedEngine({ knowledge }),
    timing: config.timing,
    now: () => new Date(),
    log,
  };
}
