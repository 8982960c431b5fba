/** What a fault or hook applies to; every given part must fit. */
export type FaultMatch = {
  method?: string;
  /** A pattern on the full path (`/api/v2/tickets/7/reply`), or a path like `/tickets/:id/reply`. */
  path?: RegExp | string;
  ticketId?: number;
  /** Only the nth fitting request, counted from 1 since the fault was added (and those after it, up to `times`). */
  nth?: number;
  /** Webhook faults only: the name of the automation rule. */
  rule?: string;
};

type StatusAnswer = { status: number; body?: unknown; headers?: Record<string, string> };

export type ApiFault =
  /** The socket is destroyed before Freshdesk has seen the request. */
  | { kind: 'lose_request' }
  /** The request is applied, then the socket is destroyed. */
  | { kind: 'lose_response' }
  /** Answered without being applied. Text bodies are sent as they are (HTML unless a content type is given). */
  | ({ kind: 'status' } & StatusAnswer)
  /** Applied, but answered like this; 502 with an HTML page unless given. */
  | ({ kind: 'apply_then_status' } & Partial<StatusAnswer>)
  /** Hangs for `ms` (for ever without it), then goes on: `before` applies late, `after` (default) answers late. */
  | { kind: 'stall'; ms?: number; when?: 'before' | 'after' }
  /** A request whose body carries this field (also inside `custom_fields`) is refused with 400. */
  | { kind: 'refuse_field'; field: string; code?: string; message?: string };

type WebhookFault =
  | { kind: 'drop' }
  | { kind: 'duplicate' }
  | { kind: 'delay'; ms: number }
  /** Held back until the next delivery went out, at most `ms` (5 s unless given). */
  | { kind: 'reorder'; ms?: number };

/** `times`: how often it strikes, 1 unless given; null for always. */
export type FaultSpec = (ApiFault | WebhookFault) & { match?: FaultMatch; times?: number | null };

export type FaultHandle = { readonly id: number; readonly hits: number; remove(): void };

type HookPoint = 'before_apply' | 'after_apply' | 'before_answer';

export type FaultedRequest = {
  method: string;
  path: string;
  ticketId: number | null;
  body: unknown;
  /** The answer about to be given; null before the request was applied. */
  status: number | null;
};

type FaultedDelivery = { ticketId: number; rule: string };

export type Faults = {
  add(spec: FaultSpec): FaultHandle;
  /** Runs `run` at an exact point of fitting requests, and waits for it. */
  onRequest(
    on: { match?: FaultMatch; at: HookPoint; times?: number | null },
    run: (request: FaultedRequest) => void | Promise<void>,
  ): FaultHandle;
  list(): { id: number; kind: string; hits: number }[];
  clear(): void;
};

/** The side that the simulator itself uses. */
export type FaultPoints = {
  takeRequest(request: FaultedRequest): ApiFault | null;
  takeDelivery(delivery: FaultedDelivery): WebhookFault | null;
  runHooks(at: HookPoint, request: FaultedRequest): Promise<void>;
};

type Armed<T> = { id: number; hits: number; seen: number; match: FaultMatch; times: number; what: T };

const WEBHOOK_KINDS = new Set(['drop', 'duplicate', 'delay', 'reorder']);

function isWebhookFault(fault: ApiFault | WebhookFault): fault is WebhookFault {
  return WEBHOOK_KINDS.has(fault.kind);
}

function pathFits(wanted: RegExp | string, path: string): boolean {
  if (typeof wanted !== 'string') return new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, '')).test(path);
  const parts = wanted.replace(/^\/api\/v2(?=\/)/, '').split('/');
  const actual = path.replace(/^\/api\/v2(?=\/)/, '').split('/');
  return (
    parts.length === actual.length &&
    parts.every((part, index) => part === '*' || part.startsWith(':') || part === actual[index])
  );
}

function carries(body: unknown, field: string): boolean {
  if (typeof body !== 'object' || body === null) return false;
  if (Object.hasOwn(body, field)) return true;
  return 'custom_fields' in body && carries(body.custom_fields, field);
}

function requestFits(match: FaultMatch, request: FaultedRequest): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path !== undefined && !pathFits(match.path, request.path)) return false;
  return match.ticketId === undefined || match.ticketId === request.ticketId;
}

/** Counts a fitting occasion and says whether the fault strikes; not when another one already has (`free` false). */
function strikes<T>(armed: Armed<T>, free = true): boolean {
  armed.seen += 1;
  if (!free || armed.hits >= armed.times || armed.seen < (armed.match.nth ?? 1)) return false;
  armed.hits += 1;
  return true;
}

type Hook = { at: HookPoint; run: (request: FaultedRequest) => void | Promise<void> };

export function createFaults(): Faults & FaultPoints {
  let lastId = 0;
  let faults: Armed<ApiFault | WebhookFault>[] = [];
  let hooks: Armed<Hook>[] = [];

  const arm = <T>(what: T, match: FaultMatch | undefined, times: number | null | undefined): Armed<T> => ({
    id: ++lastId,
    hits: 0,
    seen: 0,
    match: match ?? {},
    times: times === null ? Number.POSITIVE_INFINITY : (times ?? 1),
    what,
  });

  const handleOf = <T>(armed: Armed<T>): FaultHandle => ({
    id: armed.id,
    get hits() {
      return armed.hits;
    },
    remove() {
      faults = faults.filter((entry) => entry.id !== armed.id);
      hooks = hooks.filter((entry) => entry.id !== armed.id);
    },
  });

  return {
    add(spec) {
      const armed = arm<ApiFault | WebhookFault>(spec, spec.match, spec.times);
      faults.push(armed);
      return handleOf(armed);
    },
    onRequest(on, run) {
      const armed = arm<Hook>({ at: on.at, run }, on.match, on.times);
      hooks.push(armed);
      return handleOf(armed);
    },
    list: () => faults.map((fault) => ({ id: fault.id, kind: fault.what.kind, hits: fault.hits })),
    clear() {
      faults = [];
      hooks = [];
    },
    takeRequest(request) {
      let taken: ApiFault | null = null;
      for (const armed of faults) {
        const fault = armed.what;
        if (isWebhookFault(fault) || !requestFits(armed.match, request)) continue;
        if (fault.kind === 'refuse_field' && !carries(request.body, fault.field)) continue;
        if (strikes(armed, taken === null)) taken = fault;
      }
      return taken;
    },
    takeDelivery(delivery) {
      let taken: WebhookFault | null = null;
      for (const armed of faults) {
        const { match } = armed;
        if (!isWebhookFault(armed.what)) continue;
        if (match.ticketId !== undefined && match.ticketId !== delivery.ticketId) continue;
        if (match.rule !== undefined && match.rule !== delivery.rule) continue;
        if (strikes(armed, taken === null)) taken = armed.what;
      }
      return taken;
    },
    async runHooks(at, request) {
      const fitting = hooks.filter((armed) => armed.what.at === at && requestFits(armed.match, request));
      for (const armed of fitting) {
        if (strikes(armed)) await armed.what.run(request);
      }
    },
  };
}
