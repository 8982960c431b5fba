/** One API request. `status` is null when no answer went out. */
export type LoggedRequest = {
  id: number;
  method: string;
  /** Without the query, e.g. `/api/v2/tickets/7/reply`. */
  path: string;
  query: string;
  ticketId: number | null;
  agentId: number | null;
  status: number | null;
  credits: number;
  /** Whether the route ran; false for refused credentials, exhausted budgets and faults that strike before. */
  applied: boolean;
  fault: string | null;
  at: Date;
  tookMs: number;
};

type RequestFilter = { method?: string; path?: RegExp | string; status?: number; ticketId?: number };

export type RequestLog = {
  /** The newest requests, oldest first. */
  readonly all: readonly LoggedRequest[];
  /** Requests and credits since the start or the last `reset`. */
  readonly count: number;
  readonly credits: number;
  find(filter: RequestFilter): LoggedRequest[];
  reset(): void;
  /** Called when a request has ended. */
  onRequest(listener: (request: LoggedRequest) => void): void;
};

export type RequestRecorder = RequestLog & { record(request: LoggedRequest): void };

const KEPT = 100_000;

function fits(request: LoggedRequest, filter: RequestFilter): boolean {
  if (filter.method !== undefined && filter.method.toUpperCase() !== request.method) return false;
  if (filter.status !== undefined && filter.status !== request.status) return false;
  if (filter.ticketId !== undefined && filter.ticketId !== request.ticketId) return false;
  if (filter.path === undefined) return true;
  if (typeof filter.path === 'string') return filter.path === request.path.replace(/^\/api\/v2/, '');
  return filter.path.test(request.path);
}

export function createRequestLog(): RequestRecorder {
  const all: LoggedRequest[] = [];
  const listeners: ((request: LoggedRequest) => void)[] = [];
  let count = 0;
  let credits = 0;
  return {
    all,
    get count() {
      return count;
    },
    get credits() {
      return credits;
    },
    find: (filter) => all.filter((request) => fits(request, filter)),
    reset() {
      all.length = 0;
      count = 0;
      credits = 0;
    },
    onRequest(listener) {
      listeners.push(listener);
    },
    record(request) {
      all.push(request);
      if (all.length > KEPT) all.splice(0, KEPT / 10);
      count += 1;
      credits += request.credits;
      for (const listener of listeners) listener(request);
    },
  };
}
