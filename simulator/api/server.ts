import express, { type Request, type Response, type Router } from 'express';
import { randomUUID } from 'node:crypto';
import {
  accessDenied,
  accountSuspended,
  invalidJson,
  methodNotAllowed,
  notAcceptable,
  notFound,
  Refusal,
  tooManyRequests,
  unauthorized,
  unsupportedMediaType,
  type Answer,
} from '../errors.ts';
import type { ApiFault, FaultedRequest, FaultPoints } from '../faults.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { RequestRecorder } from '../request-log.ts';
import type { Rule } from '../rules.ts';
import { agentByKey, isAdmin, type State } from '../state.ts';
import type { Timers } from '../timers.ts';
import type { Agent } from '../types.ts';
import type { Webhooks } from '../webhooks.ts';
import { automationRoutes } from './automations.ts';
import { isForm, readBody, type ReadBody } from './body.ts';
import { conversationRoutes } from './conversations.ts';
import { peopleRoutes } from './people.ts';
import { settingsRoutes } from './settings.ts';
import { solutionRoutes } from './solutions.ts';
import { ticketListRoutes } from './ticket-list.ts';
import { ticketRoutes } from './tickets.ts';
import { ticketWriteRoutes } from './ticket-writes.ts';
import type { Method, Route } from './route.ts';

export type ApiDeps = {
  state: State;
  rules: Rule[];
  webhooks: Pick<Webhooks, 'target'>;
  limits: RateLimit;
  faults: FaultPoints;
  log: RequestRecorder;
  timers: Timers;
  latencyMs: number;
};

const ROUTES: Route[] = [
  ...peopleRoutes,
  ...settingsRoutes,
  ...automationRoutes,
  ...ticketListRoutes,
  ...ticketWriteRoutes,
  ...ticketRoutes,
  ...conversationRoutes,
  ...solutionRoutes,
];

const BAD_GATEWAY = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

type Target = { kind: 'route'; route: Route } | { kind: 'method'; allowed: Method[] } | { kind: 'unknown' };

/** The API under `/api/v2`. */
export function apiRouter(deps: ApiDeps): Router {
  const router = express.Router();
  router.use(express.raw({ type: () => true, limit: '25mb' }));
  const paths = [...new Set(ROUTES.map((entry) => entry.path))];
  for (const path of paths) {
    const routes = ROUTES.filter((entry) => entry.path === path);
    for (const route of routes) {
      router[route.method](path, (request, response) => serve(deps, { kind: 'route', route }, request, response));
    }
    const allowed = routes.map((route) => route.method);
    router.all(path, (request, response) => serve(deps, { kind: 'method', allowed }, request, response));
  }
  router.use((request, response) => serve(deps, { kind: 'unknown' }, request, response));
  return router;
}

function keyOf(request: Request): string {
  const header = request.get('authorization') ?? '';
  if (!/^basic /i.test(header)) return '';
  const [user] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':');
  return user ?? '';
}

function ticketIdOf(path: string): number | null {
  const found = /^\/api\/v2\/tickets\/(\d+)(?:\/|$)/.exec(path)?.[1];
  return found === undefined ? null : Number(found);
}

/** What Freshdesk checks before a route runs, in its order. Null when the request may go on. */
function gate(deps: ApiDeps, request: Request, agent: Agent | null, target: Target, body: ReadBody): Answer | null {
  if (deps.state.suspended) return accountSuspended();
  if (agent === null) return unauthorized();
  if (target.kind === 'unknown') return notFound();
  if (target.kind === 'method') return methodNotAllowed(request.method, target.allowed);
  const accept = request.get('accept');
  if (accept !== undefined && !/application\/json|\*\/\*|application\/\*/.test(accept)) return notAcceptable();
  const contentType = request.get('content-type') ?? '';
  const readable = /^application\/json\b/i.test(contentType) || isForm(contentType);
  if (body.given && !readable) return unsupportedMediaType(contentType);
  if (!body.valid) return invalidJson();
  if (target.route.admin && !isAdmin(deps.state, agent)) return accessDenied();
  return null;
}

function answerOf(
  deps: ApiDeps,
  request: Request,
  agent: Agent | null,
  target: Target,
  body: ReadBody,
): { answer: Answer; applied: boolean } {
  const refused = gate(deps, request, agent, target, body);
  if (refused !== null || agent === null || target.kind !== 'route') {
    return { answer: refused ?? notFound(), applied: false };
  }
  const rawId = request.params['id'];
  if (typeof rawId === 'string' && !/^\d{1,15}$/.test(rawId)) return { answer: notFound(), applied: false };
  const apiUrl = `${deps.state.url}/api/v2`;
  try {
    const answer = target.route.run({
      state: deps.state,
      rules: deps.rules,
      target: deps.webhooks.target,
      agent,
      id: Number(rawId ?? 0),
      query: { ...request.query },
      body: body.value,
      files: body.files,
      href: `${apiUrl}${request.path}`,
      apiUrl,
    });
    return { answer, applied: true };
  } catch (error) {
    if (error instanceof Refusal) return { answer: error.answer, applied: false };
    throw error;
  }
}

function send(response: Response, answer: Answer): void {
  response.status(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.body === undefined) {
    response.end();
    return;
  }
  const text = typeof answer.body === 'string';
  if (!response.hasHeader('content-type')) {
    response.setHeader('content-type', text ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8');
  }
  response.end(text ? answer.body : JSON.stringify(answer.body));
}

function answerOfFault(fault: ApiFault, answer: Answer): Answer {
  if (fault.kind === 'status') return { status: fault.status, body: fault.body, headers: fault.headers ?? {} };
  if (fault.kind === 'apply_then_status') {
    return { status: fault.status ?? 502, body: fault.body ?? BAD_GATEWAY, headers: fault.headers ?? {} };
  }
  if (fault.kind === 'refuse_field') {
    const { field, code, message } = fault;
    const errors = [{ field, message: message ?? 'It should be a valid value', code: code ?? 'invalid_value' }];
    return { status: 400, body: { description: 'Validation failed', errors } };
  }
  return answer;
}

const BEFORE = new Set<ApiFault['kind']>(['status', 'refuse_field', 'lose_request']);

/** One request from budget to answer, with the faults and hooks at their points. */
async function serve(deps: ApiDeps, target: Target, request: Request, response: Response): Promise<void> {
  const startedMs = performance.now();
  const { state, faults, timers } = deps;
  const path = request.baseUrl + request.path;
  const query: Record<string, unknown> = { ...request.query };
  const route = target.kind === 'route' ? target.route : null;
  const credits = 1 + (route?.extraCredits(query) ?? 0);
  const verdict = deps.limits.take(credits, route?.bucket ?? null);
  const agent = agentByKey(state, keyOf(request));
  const body = await readBody(request);
  const seen: FaultedRequest = {
    method: request.method,
    path,
    ticketId: ticketIdOf(path),
    body: body.value,
    status: null,
  };
  let fault: ApiFault | null = null;
  let applied = false;
  const end = (status: number | null): void => {
    deps.log.record({
      id: deps.log.count + 1,
      method: request.method,
      path,
      query: request.url.split('?')[1] ?? '',
      ticketId: seen.ticketId,
      agentId: agent?.id ?? null,
      status,
      credits: verdict.ok ? credits : 0,
      applied,
      fault: fault?.kind ?? null,
      at: state.now(),
      tookMs: Math.round(performance.now() - startedMs),
    });
  };
  const hangUp = (): void => {
    end(null);
    request.socket.destroy();
  };

  response.setHeader('date', state.now().toUTCString());
  response.setHeader('x-request-id', randomUUID());
  response.setHeader('x-freshdesk-api-version', 'latest=v2; requested=v2');
  response.setHeader('x-ratelimit-total', verdict.total.toFixed(1));
  response.setHeader('x-ratelimit-remaining', verdict.remaining.toFixed(1));
  response.setHeader('x-ratelimit-used-currentrequest', String(credits));
  response.setHeader('x-fw-ratelimiting-managed', 'true');
  response.setHeader('cache-control', 'no-store');
  if (!verdict.ok) {
    send(response, tooManyRequests(verdict.retryAfterS));
    end(429);
    return;
  }

  fault = faults.takeRequest(seen);
  await faults.runHooks('before_apply', seen);
  if (fault?.kind === 'lose_request') return hangUp();
  if (fault?.kind === 'stall' && fault.when === 'before' && !(await timers.pause(fault.ms ?? null))) return hangUp();

  let answer: Answer = { status: 500 };
  if (fault === null || !BEFORE.has(fault.kind)) ({ answer, applied } = answerOf(deps, request, agent, target, body));
  seen.status = answer.status;
  await faults.runHooks('after_apply', seen);
  if (fault !== null) answer = answerOfFault(fault, answer);
  seen.status = answer.status;
  if (fault?.kind === 'lose_response') return hangUp();
  if (fault?.kind === 'stall' && fault.when !== 'before' && !(await timers.pause(fault.ms ?? null))) return hangUp();
  if (deps.latencyMs > 0 && !(await timers.pause(deps.latencyMs))) return hangUp();
  await faults.runHooks('before_answer', seen);
  send(response, answer);
  end(answer.status);
}
