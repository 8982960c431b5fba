import express, { type NextFunction, type Request, type Response } from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccount, type Account } from './account.ts';
import { apiRouter } from './api/server.ts';
import { filesRouter } from './attachments.ts';
import { controlRouter } from './control.ts';
import { createFaults, type Faults } from './faults.ts';
import { createRateLimit, type RateLimit, type SubLimits } from './rate-limit.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';
import { defaultRules } from './rules.ts';
import { seededState } from './seed.ts';
import { nextId } from './state.ts';
import { createTimers } from './timers.ts';
import { createWebhooks, type Delivery, type WebhookTarget } from './webhooks.ts';

export const DEFAULT_API_KEY = 'acmeAdminKey00000001';
const PLAIN_API_KEY = 'acmePlainKey00000001';

const MINUTE_MS = 60_000;

export type SimulatorOptions = {
  /** 0, the default, takes a free one. */
  port?: number;
  /** The address to listen on; 127.0.0.1 unless given. */
  host?: string;
  /** Under which URL others reach it, for the links it gives out; the one it listens on unless given. */
  publicUrl?: string;
  /** Key of the AI agent, an administrator. */
  apiKey?: string;
  /** Credits a minute for the whole account; 700 (Enterprise) unless given. */
  ratePerMinute?: number;
  /** Separate limits of creations, updates and lists; those of the plan with this rate unless given, null for none. */
  subLimits?: SubLimits | null;
  now?: () => Date;
  /** Whether a customer's reply opens a pending, resolved or closed ticket; true unless given. */
  reopening?: boolean;
  webhook?: WebhookTarget | null;
  /** Waits between the attempts of a failed webhook; 5, 30 and 60 minutes unless given. */
  webhookRetryDelaysMs?: number[];
  /** When a webhook without an answer counts as failed; 10 s unless given. */
  webhookTimeoutMs?: number;
  /** The last page of the ticket list that is answered; 300 unless given. */
  lastListPage?: number;
  /** How long each API answer takes at least. */
  latencyMs?: number;
};

export type Simulator = {
  /** Plays `https://acme.freshdesk.com`. */
  url: string;
  apiKey: string;
  /** Key of an agent without admin rights. */
  plainApiKey: string;
  account: Account;
  faults: Faults;
  requests: RequestLog;
  limits: RateLimit;
  /** Every attempt of every webhook. */
  deliveries: readonly Delivery[];
  setWebhook(target: WebhookTarget | null): void;
  onDelivery(listener: (delivery: Delivery) => void): void;
  /** Resolves when no webhook is under way. */
  webhooksIdle(): Promise<void>;
  close(): Promise<void>;
};

/** A defect of the simulator itself: loud, and unlike anything Freshdesk answers. */
function crashed(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) return next(error);
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  if (status >= 500) console.error('simulator:', error);
  response.status(status).json({ message: 'the simulator failed', error: String(error) });
}

/** Starts a Freshdesk account in memory, seeded with agents and groups and without tickets. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const now = options.now ?? (() => new Date());
  const apiKey = options.apiKey ?? DEFAULT_API_KEY;
  const state = seededState({ now, apiKey, plainKey: PLAIN_API_KEY, reopening: options.reopening ?? true });
  state.lastListPage = options.lastListPage ?? state.lastListPage;
  const rules = defaultRules(() => nextId(state));
  const timers = createTimers();
  const faults = createFaults();
  const log = createRequestLog();
  const limits = createRateLimit(options.ratePerMinute ?? 700, now, options.subLimits);
  const webhooks = createWebhooks({
    state,
    rules,
    faults,
    timers,
    target: options.webhook ?? null,
    retryDelaysMs: options.webhookRetryDelaysMs ?? [5 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS],
    timeoutMs: options.webhookTimeoutMs ?? 10_000,
  });
  state.listeners.push((event) => webhooks.onEvent(event));
  const account = createAccount(state, rules, timers);
  const latencyMs = options.latencyMs ?? 0;

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use('/api/v2', apiRouter({ state, rules, webhooks, limits, faults, log, timers, latencyMs }));
  app.use(filesRouter(state, { faults, timers }));
  const control = { account, faults, log, limits, webhooks, apiKey, plainApiKey: PLAIN_API_KEY };
  app.use('/control', controlRouter(control));
  app.use(crashed);
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = options.publicUrl ?? `http://127.0.0.1:${port}`;
  state.url = url;

  return {
    url,
    apiKey,
    plainApiKey: PLAIN_API_KEY,
    account,
    faults,
    requests: log,
    limits,
    deliveries: webhooks.deliveries,
    setWebhook: (target) => webhooks.setTarget(target),
    onDelivery: (listener) => webhooks.onDelivery(listener),
    webhooksIdle: () => webhooks.idle(),
    async close() {
      timers.close();
      webhooks.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
