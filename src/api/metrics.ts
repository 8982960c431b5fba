import { Router } from 'express';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { z } from 'zod';
import type { Figures, TallyName } from '../db/reads/figures.ts';
import { nameOf } from '../domain/errors.ts';
import type { ObservedCall } from '../freshdesk/client.ts';
import { within } from './deadline.ts';
import type { Operation } from './document.ts';
import { onlyMethods } from './problems.ts';

const WEBHOOK_RESULTS = [
  'accepted',
  'unauthorized',
  'no_ticket_id',
  'too_large',
  'not_json',
  'unavailable',
  'other',
] as const;
export type WebhookResult = (typeof WEBHOOK_RESULTS)[number];

/** What this process has seen, and the page that shows it beside what the database and Temporal's SDK know. */
export type Metrics = {
  webhook(result: WebhookResult): void;
  freshdeskCall(connection: string, call: ObservedCall): void;
  /** The page of `/metrics`, in Prometheus' text format. */
  page(): Promise<string>;
};

export type MetricsDeps = {
  figures: () => Promise<Figures>;
  /** The page of the Temporal SDK's own metrics; null where it keeps none. */
  temporalMetrics?: (() => Promise<string>) | null;
  log: Logger;
  /** How long what the database said is shown again; 2 s when left out, because anybody may ask. */
  freshForMs?: number;
};

const DEADLINE_MS = 2_000;

/** Labels are connections, states, rules' names and path templates: few, and nothing personal. */
export function createMetrics({ figures, temporalMetrics = null, log, freshForMs = 2_000 }: MetricsDeps): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `opencx_${name}`, help, labelNames, registers: [registry] });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name: `opencx_${name}`, help, labelNames, registers: [registry] });

  const webhooks = counter('webhooks_total', 'Webhooks of this process, by result', ['result']);
  for (const result of WEBHOOK_RESULTS) webhooks.inc({ result }, 0);
  const calls = counter('freshdesk_calls_total', 'Calls of this process to Freshdesk, by endpoint and status', [
    'connection',
    'method',
    'endpoint',
    'status',
  ]);
  const seconds = new Histogram({
    name: 'opencx_freshdesk_call_seconds',
    help: 'How long the calls of this process to Freshdesk took',
    labelNames: ['connection', 'method'] as const,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [registry],
  });

  const tallies: Record<TallyName, { counter: Counter; label: string; unit?: number }> = {
    turns: {
      label: 'outcome',
      counter: counter('turns_total', 'Turns that ended, by outcome; all processes', ['connection', 'outcome']),
    },
    handoffs: {
      label: 'reason',
      counter: counter('handoffs_total', 'Handoffs, by reason; one may have several; all processes', [
        'connection',
        'reason',
      ]),
    },
    tokens: {
      label: 'model',
      counter: counter('model_tokens_total', 'Tokens that models have used; all processes', ['connection', 'model']),
    },
    money_micros: {
      label: 'model',
      counter: counter('model_money_total', 'What models have cost, in the currency of their prices; all processes', [
        'connection',
        'model',
      ]),
      unit: 1e-6,
    },
  };
  const up = gauge('database_up', '1 when the figures of all processes could be read for this page', []);
  const ofConnection = {
    active: gauge('connection_active', '1 while Freshdesk accepts the key, 0 while it is broken', ['connection']),
    rateLeft: gauge('freshdesk_rate_left', 'Calls left of this minute', ['connection']),
    rateTotal: gauge('freshdesk_rate_total', 'Calls that Freshdesk allows in a minute', ['connection']),
    waiting: gauge('waiting_tickets', 'Tickets with a message that the AI has yet to deal with', ['connection']),
    waitingAge: gauge('waiting_oldest_seconds', 'Age of the oldest message among them', ['connection']),
    held: gauge('held_tickets', 'Tickets that a pause or a broken key holds up', ['connection']),
    heldAge: gauge('held_oldest_seconds', 'How long the first of them has been held up', ['connection']),
    unreadable: gauge('unreadable_tickets', 'Tickets that cannot be read, or not all of them', ['connection']),
    unknown: gauge('outbounds_unknown', 'Writes to Freshdesk whose outcome nobody can tell', ['connection']),
  };

  function show({ connections, tallies: rows }: Figures): void {
    for (const one of Object.values(ofConnection)) one.reset();
    for (const { counter: one } of Object.values(tallies)) one.reset();
    for (const { connection, active, waiting, held, unknownOutbounds, unreadable, rate } of connections) {
      ofConnection.active.set({ connection }, active ? 1 : 0);
      ofConnection.waiting.set({ connection }, waiting.tickets);
      ofConnection.waitingAge.set({ connection }, waiting.oldestSeconds);
      ofConnection.held.set({ connection }, held.tickets);
      ofConnection.heldAge.set({ connection }, held.oldestSeconds);
      ofConnection.unknown.set({ connection }, unknownOutbounds);
      ofConnection.unreadable.set({ connection }, unreadable);
      if (rate === null) continue;
      ofConnection.rateLeft.set({ connection }, rate.left);
      ofConnection.rateTotal.set({ connection }, rate.total);
    }
    for (const { metric, connection, label, value } of rows) {
      const tally = tallies[metric];
      tally.counter.inc({ connection, [tally.label]: label }, value * (tally.unit ?? 1));
    }
  }

  let shownAtMs = -Infinity;
  async function refresh(): Promise<void> {
    if (performance.now() - shownAtMs < freshForMs) return;
    const known = await within(DEADLINE_MS, figures()).catch(unavailable('the database'));
    up.set(known === null ? 0 : 1);
    // Without the database the figures of the last page stay: stale, and said to be.
    if (known !== null) show(known);
    shownAtMs = performance.now();
  }

  async function freshPage(): Promise<string> {
    const [, ofTemporal] = await Promise.all([
      refresh(),
      temporalMetrics === null ? null : within(DEADLINE_MS, temporalMetrics()).catch(unavailable("Temporal's SDK")),
    ]);
    return `${await registry.metrics()}${ofTemporal ?? ''}`;
  }

  const unavailable = (what: string) => (error: unknown) => {
    const reason = nameOf(error);
    log.warn({ reason }, `metrics without the part of ${what}, which could not be read`);
    return null;
  };

  let underWay: Promise<string> | null = null;
  return {
    webhook: (result) => webhooks.inc({ result }),
    freshdeskCall(connection, { method, endpoint, status, ms }) {
      calls.inc({ connection, method, endpoint, status });
      seconds.observe({ connection, method }, ms / 1_000);
    },
    /** Whoever asks while a page is being made gets that one: the figures cost some queries. */
    page() {
      underWay ??= freshPage().finally(() => (underWay = null));
      return underWay;
    },
  };
}

export const metricsOperations: Operation[] = [
  {
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    tags: ['Operations'],
    summary: 'Figures for Prometheus',
    responses: { 200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: z.string() } } } },
  },
];

export function metricsRoutes(metrics: Pick<Metrics, 'page'>): Router {
  const router = Router();
  router
    .route('/metrics')
    .get(async (_request, response) => {
      const page = await metrics.page();
      response.set('Cache-Control', 'no-store').type('text/plain; version=0.0.4; charset=utf-8').send(page);
    })
    .all(onlyMethods('GET'));
  return router;
}
