import type { Logger } from 'pino';
import type { Accounts } from '../accounts/accounts.ts';
import type { ActivityDeps, TicketRuns } from '../activities/deps.ts';
import { createEmbeddedEngine } from '../ai/embedded.ts';
import { createModel } from '../ai/model/client.ts';
import { createModelEngine } from '../ai/model/engine.ts';
import type { InferenceEngine } from '../ai/port.ts';
import type { Config } from './config.ts';
import { createArticleFiles } from '../db/knowledge/article-files.ts';
import { createAttachments } from '../db/conversations/attachments.ts';
import { createBackfills } from '../db/background/backfills.ts';
import type { Db } from '../db/client.ts';
import type { Connections } from '../db/connections/connections.ts';
import { createCitedArticles } from '../db/knowledge/cited-articles.ts';
import { createContacts } from '../db/conversations/contacts.ts';
import { createDrafts } from '../db/turns/drafts.ts';
import { createHandoffs } from '../db/turns/handoffs.ts';
import { createKnowledge } from '../db/knowledge/knowledge.ts';
import { createLooks } from '../db/conversations/looks.ts';
import { createModelCalls } from '../db/turns/model-calls.ts';
import { createOutbounds } from '../db/turns/outbounds.ts';
import { perMinuteOf } from '../db/connections/rate-limit.ts';
import { createSessions } from '../db/conversations/sessions.ts';
import { createTurns } from '../db/turns/turns.ts';
import type { Storage } from '../storage/port.ts';

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
  return {
    account,
    perMinute: (connectionId) => perMinuteOf(db, connectionId),
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
    articleFiles: createArticleFiles(db),
    storage,
    cited: createCitedArticles(db),
    engine: engineOf(config, db, log),
    timing: config.timing,
    now: () => new Date(),
    log,
  };
}

/** The engine that the environment names; nothing else knows which it is (N1). */
function engineOf({ ai }: Pick<Config, 'ai'>, db: Db, log: Logger): InferenceEngine {
  const knowledge = createKnowledge(db);
  if (ai.provider === 'embedded') return createEmbeddedEngine({ knowledge });
  return createModelEngine({
    model: createModel(ai),
    knowledge,
    cited: createCitedArticles(db),
    calls: createModelCalls(db),
    patienceMs: ai.patienceMs,
    now: () => new Date(),
    log,
  });
}
