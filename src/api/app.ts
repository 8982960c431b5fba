import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Connector } from '../accounts/connector.ts';
import type { Attachments } from '../db/conversations/attachments.ts';
import type { Audit } from '../db/audit.ts';
import type { Attention } from '../db/reads/attention.ts';
import type { Reviews } from '../db/turns/reviews.ts';
import type { OverviewReads } from '../db/reads/overview.ts';
import type { Reports } from '../db/reads/reports/reports.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { BackfillControl } from '../domain/backfill.ts';
import type { Storage } from '../storage/port.ts';
import { attachmentRoutes } from './attachments.ts';
import { type AttentionDeps, attentionRoutes } from './attention.ts';
import { auditRoutes } from './audit.ts';
import { authenticate } from './auth.ts';
import { backfillRoutes } from './backfills.ts';
import { connectionRoutes } from './connections.ts';
import { type GapRouteDeps, gapRoutes } from './gaps.ts';
import { type Health, healthRoutes } from './health.ts';
import { type KnowledgeRouteDeps, knowledgeRoutes } from './knowledge.ts';
import { type Metrics, metricsRoutes } from './metrics.ts';
import { openApiRoutes } from './openapi.ts';
import { noNul, notFound, problemHandler, requestId } from './problems.ts';
import { type OperatingDeps, operatingRoutes } from './operating.ts';
import { overviewRoutes } from './overview.ts';
import { reportRoutes } from './reports.ts';
import { reviewRoutes } from './reviews.ts';
import { type SessionRouteDeps, sessionRoutes } from './sessions.ts';
import { type SettingsRouteDeps, settingsRoutes } from './settings.ts';
import { meRoutes, type SignInDeps, signInRoutes } from './sign-in.ts';
import { pageRoutes } from './pages.ts';
import { createWrongTokens } from './wrong-tokens.ts';
import type { SignalTicket } from '../temporal/signal-ticket.ts';
import { webhookRoutes } from './webhooks.ts';

export type ApiDeps = Pick<SessionRouteDeps, 'sessions' | 'traces' | 'retries' | 'timing'> & {
  connections: Connections;
  attention: Attention;
  overview: OverviewReads;
  reports: Reports;
  /** What the AI knows. */
  audit: Audit;
  knowing: Pick<KnowledgeRouteDeps, 'articles' | 'search' | 'knowledgeSyncs' | 'ask'> & Pick<GapRouteDeps, 'gaps'>;
  reviews: Reviews;
  changing: Pick<SettingsRouteDeps, 'preview' | 'explain'>;
  /** What an admin does beside tickets. */
  operating: Pick<OperatingDeps, 'doctor' | 'reconcile' | 'directory'>;
  backfills: BackfillControl;
  attachments: Pick<Attachments, 'find'>;
  storage: Pick<Storage, 'get'>;
  temporal: { signalTicket: SignalTicket } & Pick<AttentionDeps, 'failingWorkflows'>;
  health: Health;
  metrics: Metrics;
  /** Who is let in, and how a browser gets a cookie. */
  signIn: Omit<SignInDeps, 'wrongTokens' | 'log'>;
  /** Where the pages were built into; null: none are served. */
  pages: string | null;
  connector: Connector;
  log: Logger;
  /** How often one address may send a wrong token in 15 minutes; 20 when left out. */
  mostFailedLogins?: number;
  /** How long all who ask for `/readyz` are told what one look has found; 1 s when left out. */
  readyForMs?: number;
};

/** Everything that listens to HTTP. Errors are RFC 9457 problem details, whatever happens. */
export function createApi(deps: ApiDeps): Express {
  const {
    connections,
    attention,
    overview,
    reports,
    knowing,
    audit,
    reviews,
    changing,
    operating,
    backfills,
    attachments,
    storage,
    temporal,
    health,
    metrics,
    signIn,
    pages,
    connector,
    log,
    mostFailedLogins = 20,
    readyForMs,
  } = deps;
  const app = newApp();

  const { signalTicket, failingWorkflows } = temporal;
  app.use(
    '/webhooks',
    webhookRoutes({
      connections,
      signalTicket,
      log,
      observe: metrics.webhook,
    }),
  );
  app.use(healthRoutes(health, connections, log, readyForMs), metricsRoutes(metrics), openApiRoutes());
  const auth: SignInDeps = { ...signIn, wrongTokens: createWrongTokens(mostFailedLogins), log };
  app.use(
    '/api',
    noStore,
    signInRoutes(auth),
    authenticate(auth),
    meRoutes(signIn),
    connectionRoutes(connections, connector, audit),
    backfillRoutes({ connections, backfills, audit, log }),
    sessionRoutes({ ...deps, signalTicket }),
    attachmentRoutes({ attachments, storage, log }),
    attentionRoutes({ attention, failingWorkflows, log }),
    settingsRoutes({ ...changing, connections }),
    overviewRoutes(overview),
    operatingRoutes({ ...operating, connections, audit, log }),
    reportRoutes(reports),
    gapRoutes({ ...knowing, connections, audit }),
    reviewRoutes(reviews),
    knowledgeRoutes({ ...knowing, connections, audit, log }),
    auditRoutes(audit),
  );

  app.use(['/api', '/webhooks'], notFound);
  if (pages !== null) app.use(pageRoutes(pages));
  app.use(notFound, problemHandler(log));
  return app;
}

/** What a worker without the API listens to: whether it works, for whoever watches over it. */
export function createWorkerApi({
  connections,
  health,
  metrics,
  log,
}: Pick<ApiDeps, 'connections' | 'health' | 'metrics' | 'log'>): Express {
  const app = newApp();
  app.use(healthRoutes(health, connections, log), metricsRoutes(metrics), notFound, problemHandler(log));
  return app;
}

/**
 * Proxies on this machine and on private networks are believed who they forward for; an address that comes from anywhere else
 * says nothing with X-Forwarded-For. What is no page of ours may load nothing in a browser.
 */
function newApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', 'loopback, linklocal, uniquelocal');
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    }),
    requestId,
    noNul,
  );
  return app;
}

/** What customers wrote stays out of caches. */
const noStore: express.RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};
