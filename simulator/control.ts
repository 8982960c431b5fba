import express, { type Request, type Router } from 'express';
import { z } from 'zod';
import type { Account } from './account.ts';
import { actions, faultSpec } from './control-schema.ts';
import type { Faults } from './faults.ts';
import type { RateLimit } from './rate-limit.ts';
import type { RequestLog } from './request-log.ts';
import { isAdmin, threadOf } from './state.ts';
import { conversationView, ticketView } from './views.ts';
import type { Webhooks } from './webhooks.ts';

export type ControlDeps = {
  account: Account;
  faults: Faults;
  log: RequestLog;
  limits: RateLimit;
  webhooks: Webhooks;
  apiKey: string;
  plainApiKey: string;
};

const KEPT_LINES = 200;

/** What was asked cannot be done; says why. */
class Wrong extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Any content type will do, so that `curl -d '{…}'` is enough. */
function jsonOf(request: Request): unknown {
  const text: unknown = request.body;
  if (typeof text !== 'string' || text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new Wrong(400, 'the body is not JSON');
  }
}

function idOf(request: Request, name = 'id'): number {
  const id = Number(request.params[name]);
  if (!Number.isSafeInteger(id)) throw new Wrong(404, `not an id: ${String(request.params[name])}`);
  return id;
}

function overview({ account, apiKey, plainApiKey, log, limits, webhooks, faults }: ControlDeps) {
  const { state } = account;
  return {
    apiKey,
    plainApiKey,
    agents: account.agents.map(({ id, name, email, active, groupIds }) => ({
      id,
      name,
      email,
      active,
      groupIds,
      admin: account.agents.some((agent) => agent.id === id && isAdmin(state, agent)),
    })),
    groups: account.groups.map(({ id, name, agentIds, autoTicketAssign }) => ({
      id,
      name,
      agentIds,
      autoTicketAssign,
    })),
    products: state.products,
    statuses: state.statuses,
    mailboxes: state.emailConfigs.map((config) => config.email),
    rules: account.rules,
    tickets: [...state.tickets.values()].map(({ id, subject, status, responderId, groupId, tags, spam, deleted }) => ({
      id,
      subject,
      status,
      responderId,
      groupId,
      tags,
      spam,
      deleted,
    })),
    requests: { count: log.count, credits: log.credits, creditsThisMinute: limits.used() },
    deliveries: webhooks.deliveries.length,
    faults: faults.list(),
  };
}

const words = z.strictObject({ text: z.string().optional(), html: z.string().optional() });

const webhookTarget = z
  .strictObject({ url: z.url(), headers: z.record(z.string(), z.string()).default({}) })
  .nullable();

const ruleChange = z.strictObject({
  active: z.boolean().optional(),
  content: z.enum(['advanced', 'simple']).optional(),
  template: z.string().optional(),
  placeholders: z.array(z.string()).optional(),
  escapes: z.boolean().optional(),
  webhook: webhookTarget.optional(),
});

const settings = z.strictObject({
  ratePerMinute: z.number().int().positive().optional(),
  reopening: z.strictObject({ on: z.boolean().optional(), delayMs: z.number().optional() }).optional(),
  suspended: z.boolean().optional(),
  automationApi: z.enum(['allowed', 'refused', 'loses_headers']).optional(),
  cascadingRules: z.boolean().optional(),
});

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** The account's people and faults over HTTP, under `/control`: no auth, for this machine only. */
export function controlRouter(deps: ControlDeps): Router {
  const { account, faults, webhooks, log, limits } = deps;
  const router = express.Router();
  router.use(express.text({ type: () => true, limit: '25mb' }));

  const get = (path: string, answer: (request: Request) => unknown): void => {
    router.get(path, (request, response) => void response.json(answer(request)));
  };
  const act = (method: 'post' | 'put' | 'delete', path: string, run: (request: Request) => unknown): void => {
    router[method](path, (request, response) => void response.json(run(request) ?? { ok: true }));
  };

  get('/state', () => overview(deps));
  get('/tickets/:id', (request) => {
    const ticket = account.state.tickets.get(idOf(request));
    if (ticket === undefined) throw new Wrong(404, `there is no ticket ${idOf(request)}`);
    return {
      ...ticketView(account.state, ticket),
      thread: threadOf(account.state, ticket.id).map((entry) => conversationView(account.state, entry)),
    };
  });
  get('/requests', () => log.all.slice(-KEPT_LINES));
  get('/deliveries', () => webhooks.deliveries.slice(-KEPT_LINES));
  get('/faults', () => faults.list());

  const handles = new Map<number, { remove(): void }>();
  act('post', '/faults', (request) => {
    const handle = faults.add(faultSpec.parse(jsonOf(request)));
    handles.set(handle.id, handle);
    return { id: handle.id };
  });
  act('delete', '/faults', () => faults.clear());
  act('delete', '/faults/:id', (request) => handles.get(idOf(request))?.remove());

  act('put', '/webhook', (request) => webhooks.setTarget(webhookTarget.parse(jsonOf(request))));
  act('put', '/rules/:name', (request) =>
    account.setRule(String(request.params['name']), defined(ruleChange.parse(jsonOf(request)))),
  );
  act('put', '/settings', (request) => {
    const change = settings.parse(jsonOf(request));
    if (change.ratePerMinute !== undefined) limits.setPerMinute(change.ratePerMinute);
    if (change.reopening !== undefined) account.setReopening(change.reopening);
    if (change.suspended !== undefined) account.setSuspended(change.suspended);
    if (change.automationApi !== undefined) account.setAutomationApi(change.automationApi);
    if (change.cascadingRules !== undefined) account.setCascadingRules(change.cascadingRules);
  });
  act('put', '/groups/:id/round-robin', (request) => {
    const robin = z.strictObject({ afterMs: z.number(), agentIds: z.array(z.number()).optional() }).nullable();
    account.setRoundRobin(idOf(request), robin.parse(jsonOf(request)));
  });

  act('put', '/notes/:id', (request) => account.editNote(idOf(request), words.parse(jsonOf(request))));
  act('delete', '/notes/:id', (request) => account.deleteNote(idOf(request)));
  for (const action of actions) {
    act('post', action.path, (request) =>
      action.run(account, request.params['id'] === undefined ? 0 : idOf(request), jsonOf(request)),
    );
  }

  router.use((request) => {
    throw new Wrong(404, `there is no ${request.method} ${request.baseUrl}${request.path}; see GET /control/state`);
  });
  router.use((error: Error, _request: Request, response: express.Response, _next: express.NextFunction) => {
    if (error instanceof z.ZodError) return void response.status(400).json({ error: z.prettifyError(error) });
    return void response.status(error instanceof Wrong ? error.status : 409).json({ error: error.message });
  });
  return router;
}
