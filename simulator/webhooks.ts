import type { FaultPoints } from './faults.ts';
import { bodyOf, ruleFires, type Rule, type WebhookTarget } from './rules.ts';
import type { State } from './state.ts';
import type { Timers } from './timers.ts';
import type { AccountEvent } from './types.ts';

export type { WebhookTarget } from './rules.ts';

/** One attempt; `status` null when nothing answered. */
export type Delivery = {
  id: number;
  rule: string;
  ticketId: number;
  attempt: number;
  at: Date;
  status: number | null;
  error: string | null;
  body: string;
};

export type Webhooks = {
  readonly deliveries: Delivery[];
  /** Where rules without an address of their own send to. */
  readonly target: WebhookTarget | null;
  setTarget(target: WebhookTarget | null): void;
  onEvent(event: AccountEvent): void;
  /** Called after each attempt. */
  onDelivery(listener: (delivery: Delivery) => void): void;
  /** Resolves when nothing is under way; attempts that wait for a retry or a delay do not count. */
  idle(): Promise<void>;
  close(): void;
};

export type WebhookOptions = {
  state: State;
  rules: Rule[];
  faults: FaultPoints;
  timers: Timers;
  target: WebhookTarget | null;
  retryDelaysMs: number[];
  timeoutMs: number;
};

const KEPT = 50_000;
const REORDER_MS = 5_000;

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { cause, name } = error as { cause?: { code?: unknown }; name?: unknown };
  return typeof cause?.code === 'string' ? cause.code : String(name);
}

/** Sends the rules' webhooks: at least once on the whole, in any order, with four attempts at most. */
export function createWebhooks(options: WebhookOptions): Webhooks {
  const { state, rules, faults, timers, retryDelaysMs } = options;
  const deliveries: Delivery[] = [];
  const listeners: ((delivery: Delivery) => void)[] = [];
  const inFlight = new Set<Promise<void>>();
  const closing = new AbortController();
  const held: (() => void)[] = [];
  let target = options.target;
  let lastId = 0;

  const record = (delivery: Delivery): void => {
    deliveries.push(delivery);
    if (deliveries.length > KEPT) deliveries.splice(0, KEPT / 10);
    for (const listener of listeners) listener(delivery);
  };

  const attempt = async (to: WebhookTarget, rule: Rule, ticketId: number, body: string, nth: number): Promise<void> => {
    const at = state.now();
    lastId += 1;
    const id = lastId;
    let status: number | null = null;
    let error: string | null = null;
    try {
      const response = await fetch(to.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...to.headers },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(options.timeoutMs)]),
      });
      await response.arrayBuffer();
      status = response.status;
    } catch (cause) {
      if (closing.signal.aborted) return;
      error = reasonOf(cause);
    }
    record({ id, rule: rule.name, ticketId, attempt: nth, at, status, error, body });
    const delivered = status !== null && status >= 200 && status < 300;
    const delay = retryDelaysMs[nth - 1];
    if (delivered || delay === undefined || nth >= 4) return;
    timers.after(delay, () => start(rule, ticketId, body, nth + 1));
  };

  const start = (rule: Rule, ticketId: number, body: string, nth: number): void => {
    const to = rule.webhook ?? target;
    if (to === null || closing.signal.aborted) return;
    const running = attempt(to, rule, ticketId, body, nth).finally(() => inFlight.delete(running));
    inFlight.add(running);
    for (const release of held.splice(0)) release();
  };

  const hold = (ms: number, send: () => void): void => {
    let sent = false;
    const once = (): void => {
      if (sent) return;
      sent = true;
      send();
    };
    // Let go only after the delivery that overtakes it has had time to arrive.
    held.push(() => timers.after(50, once));
    timers.after(ms, once);
  };

  const dispatch = (rule: Rule, ticketId: number, body: string): void => {
    const send = (): void => start(rule, ticketId, body, 1);
    const fault = faults.takeDelivery({ ticketId, rule: rule.name });
    if (fault === null) return send();
    switch (fault.kind) {
      case 'drop':
        return;
      case 'duplicate':
        send();
        return send();
      case 'delay':
        return timers.after(fault.ms, send);
      case 'reorder':
        return hold(fault.ms ?? REORDER_MS, send);
    }
  };

  return {
    deliveries,
    get target() {
      return target;
    },
    setTarget(next) {
      target = next;
    },
    onEvent(event) {
      const ticket = state.tickets.get(event.ticketId);
      if (ticket === undefined) return;
      for (const rule of rules) {
        if ((rule.webhook ?? target) !== null && ruleFires(rule, event))
          dispatch(rule, ticket.id, bodyOf(rule, state, ticket, event.triggered));
      }
    },
    onDelivery(listener) {
      listeners.push(listener);
    },
    async idle() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
    close() {
      closing.abort();
      held.length = 0;
    },
  };
}
