import type { RateLimit } from '../domain/rate-limit.ts';
import { createAudit } from './audit.ts';
import { createAlerts } from './background/alerts.ts';
import { createBackfills } from './background/backfills.ts';
import { createConditions } from './background/conditions.ts';
import { createKnowledgeSyncs } from './background/knowledge-syncs.ts';
import { createLeases } from './background/leases.ts';
import type { Db } from './client.ts';
import { createConnections, type FreshdeskClock } from './connections/connections.ts';
import { createRateLimit, perMinuteOf } from './connections/rate-limit.ts';
import type { Keyring } from './connections/secrets.ts';
import { createAttachments } from './conversations/attachments.ts';
import { createContacts } from './conversations/contacts.ts';
import { createLooks } from './conversations/looks.ts';
import { createRemoval } from './conversations/removal.ts';
import { createSessions } from './conversations/sessions.ts';
import { createInstallation } from './installation.ts';
import { createArticleFiles } from './knowledge/article-files.ts';
import { createCitedArticles } from './knowledge/cited-articles.ts';
import { createOwnExamples } from './knowledge/own-examples.ts';
import { createKnowledge } from './knowledge/knowledge.ts';
import { createNearArticles } from './knowledge/near-articles.ts';
import { createArticles } from './reads/articles.ts';
import { createKnowledgeVectors } from './knowledge/knowledge-vectors.ts';
import { createAttention } from './reads/attention.ts';
import { draftFigures } from './reads/draft-figures.ts';
import { createFigures } from './reads/figures.ts';
import { createGaps } from './reads/gaps.ts';
import { createOverview } from './reads/overview.ts';
import { createReports } from './reads/reports/reports.ts';
import { createSessionReads } from './reads/session-reads.ts';
import { explainSettings } from './reads/settings-explained.ts';
import { previewSettings } from './reads/settings-preview.ts';
import { createTicketTraces } from './reads/ticket-traces.ts';
import { doneSince } from './reads/today.ts';
import { createDrafts } from './turns/drafts.ts';
import { createEarnedThresholds } from './turns/earned.ts';
import { createHandoffs } from './turns/handoffs.ts';
import { createModelCalls } from './turns/model-calls.ts';
import { createOutbounds } from './turns/outbounds.ts';
import { createReviews } from './turns/reviews.ts';
import { createTurns } from './turns/turns.ts';

/** Of an account that answers more often than that. */
const LEARNS_EVERY_MS = 200;

export type Repositories = ReturnType<typeof openRepositories>;

export type Surroundings = {
  /** Our own; the system's when left out. */
  now?: () => Date;
  /** An account's, as it stands in Freshdesk's answers; ours counts where it is left out or does not answer. */
  freshdeskClock?: FreshdeskClock;
  /** The engine that works here, by its model's name where it has one; the embedded one when left out. */
  engine?: string;
};

/** Every repository over one database. */
export function openRepositories(
  db: Db,
  keyring: Keyring,
  { now = () => new Date(), freshdeskClock, engine = 'embedded' }: Surroundings = {},
) {
  const earned = createEarnedThresholds(db, { engine });
  const conditions = createConditions(db);
  const backfills = createBackfills(db, { now });
  const reports = createReports(db, { now, earned });
  const limits = new Map<string, RateLimit>();
  const limitOf = (connectionId: string): RateLimit => {
    const limit = limits.get(connectionId) ?? createRateLimit(db, connectionId, undefined, LEARNS_EVERY_MS);
    limits.set(connectionId, limit);
    return limit;
  };
  return {
    alerts: createAlerts(db),
    articleFiles: createArticleFiles(db),
    articles: createArticles(db),
    attachments: createAttachments(db),
    attention: createAttention(db, conditions, earned),
    audit: createAudit(db),
    backfills,
    cited: createCitedArticles(db),
    conditions,
    connections: createConnections(db, keyring, { now, ...(freshdeskClock === undefined ? {} : { freshdeskClock }) }),
    contacts: createContacts(db),
    draftFigures: (connectionId: string, since: Date) => draftFigures(db, connectionId, since),
    drafts: createDrafts(db, { now }),
    earned,
    figures: createFigures(db),
    gaps: createGaps(db, { now }),
    handoffs: createHandoffs(db),
    installation: createInstallation(db),
    knowledge: createKnowledge(db),
    knowledgeSyncs: createKnowledgeSyncs(db),
    leases: createLeases(db),
    knowledgeVectors: createKnowledgeVectors(db),
    limitOf,
    looks: createLooks(db),
    modelCalls: createModelCalls(db),
    nearArticles: createNearArticles(db),
    outbounds: createOutbounds(db),
    ownExamples: createOwnExamples(db),
    overview: createOverview(db, { reports, backfills, earned, now }),
    perMinute: (connectionId: string) => perMinuteOf(db, connectionId),
    reports,
    changing: {
      preview: (connectionId: string, patch: unknown) => previewSettings(db, connectionId, patch, now()),
      explain: (connectionId: string) => explainSettings(db, connectionId),
    },
    removal: createRemoval(db, { now }),
    reviews: createReviews(db, { now }),
    sessionReads: createSessionReads(db, { now }),
    sessions: createSessions(db),
    today: (since: Date) => doneSince(db, since),
    traces: createTicketTraces(db, { now }),
    turns: createTurns(db),
  };
}
