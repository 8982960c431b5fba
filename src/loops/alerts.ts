import type { Logger } from 'pino';
import type { Alert, Alerts } from '../db/background/alerts.ts';
import type { Attention } from '../db/reads/attention.ts';
import {
  type AlertEvent,
  type AlertMessage,
  messageOf,
  type Problem,
  problemsOf,
  type TestMessage,
} from '../domain/alerts.ts';
import { temporalUnreachable, workflowItem } from '../domain/attention.ts';
import { codeOf, nameOf } from '../domain/errors.ts';
import { repeat, type Repeating } from './repeat.ts';
import type { FailingWorkflows } from '../temporal/failing-workflows.ts';

/** Resolves when the receiver has taken it; rejects with an error whose message holds nothing of the address. */
export type Deliver = (message: AlertMessage | TestMessage) => Promise<void>;

export type AlertDeps = {
  attention: Pick<Attention, 'everyKind'>;
  failingWorkflows: FailingWorkflows;
  alerts: Alerts;
  deliver: Deliver;
  log: Logger;
  /** How often is looked; 15 s when left out. */
  everyMs?: number;
  now?: () => Date;
};

/** How long Temporal may be away before it is a problem. */
const PATIENCE_MS = 120_000;
/** Beyond this, "so many" is as good as the number. */
const MOST_ITEMS = 1_000;
const MOST_WORKFLOWS = 50;
/** More tickets with a known problem are told at most once an hour. */
const UPDATE_EVERY_MS = 3_600_000;
/** A process that died while it told something is waited for so long. */
const CLAIM_MS = 60_000;
const [FIRST_RETRY_MS, LONGEST_RETRY_MS] = [15_000, 900_000];

/**
 * Tells the alert webhook of each problem once, and once more when it is over (C8, A5, R2): one message per kind and
 * connection, not one per ticket. What was told is in the database, so that restarts and further processes repeat nothing.
 * A message that cannot be delivered is tried again, ever more rarely, and holds up nothing else.
 */
export function watchForAlerts(deps: AlertDeps): Repeating {
  const { log, everyMs = 15_000 } = deps;
  const look = createLook(deps);
  let blind = false;
  return repeat(
    everyMs,
    async () => {
      await look();
      blind = false;
    },
    (error) => {
      if (!blind) log.warn({ reason: nameOf(error) }, 'cannot see whether there are problems to tell of; trying again');
      blind = true;
    },
  );
}

/** One look at what is wrong, and what is to be told of it. */
export function createLook(deps: AlertDeps): () => Promise<void> {
  const { attention, failingWorkflows, alerts, log, everyMs = 15_000 } = deps;
  const now = deps.now ?? (() => new Date());
  let unreachableSince: Date | null = null;

  /** null: Temporal cannot be asked. */
  async function workflowProblems(): Promise<Problem[] | null> {
    try {
      const failing = await failingWorkflows(MOST_WORKFLOWS);
      unreachableSince = null;
      return problemsOf(
        failing.map(workflowItem).toSorted((one, other) => other.since.getTime() - one.since.getTime()),
      );
    } catch {
      unreachableSince ??= now();
      return null;
    }
  }

  async function problems(): Promise<{ found: Problem[]; isGone: (alert: Alert) => boolean }> {
    const [stored, workflows] = await Promise.all([attention.everyKind(MOST_ITEMS), workflowProblems()]);
    const found = [...problemsOf(stored), ...(workflows ?? [])];
    const away = unreachableSince;
    if (away !== null && now().getTime() - away.getTime() >= PATIENCE_MS)
      found.push(...problemsOf([temporalUnreachable(away)]).map((one) => ({ ...one, newest: now() })));
    const isGone = ({ kind, newest }: Alert): boolean => {
      if (kind === 'failing_workflow') return workflows !== null;
      // Another process may be the one that cannot reach it, and says so at each of its looks.
      if (kind === 'temporal_unreachable')
        return workflows !== null && now().getTime() - newest.getTime() > 3 * everyMs;
      return true;
    };
    return { found, isGone };
  }

  async function tell(alert: Alert, event: AlertEvent, problem: Problem | undefined): Promise<void> {
    if (!(await alerts.claim(alert, new Date(now().getTime() + CLAIM_MS)))) return;
    const { kind, connection } = alert;
    try {
      await deps.deliver(messageOf(event, problem ?? { ...alert, tickets: [], what: '', whatToDo: '' }));
    } catch (error) {
      const retryMs = Math.min(FIRST_RETRY_MS * 2 ** alert.tries, LONGEST_RETRY_MS);
      log.warn(
        { kind, connection, event, reason: error instanceof Error ? error.message : 'unknown', retryMs },
        'ALERT_WEBHOOK_URL did not take a message; trying again',
      );
      await alerts.retryAt(alert, new Date(now().getTime() + retryMs));
      return;
    }
    log.info({ kind, connection, event }, 'told ALERT_WEBHOOK_URL');
    if (event === 'resolved') await alerts.closed(alert);
    else await alerts.told(alert, now());
  }

  return async () => {
    const { found, isGone } = await problems();
    const key = ({ kind, connection }: Pick<Problem, 'kind' | 'connection'>) => `${kind} ${connection ?? ''}`;
    const present = new Map(found.map((problem) => [key(problem), problem]));
    for (const problem of found) await alerts.seen(problem, now());
    for (const alert of await alerts.list())
      if (!present.has(key(alert)) && isGone(alert)) await alerts.gone(alert, now());
    const due = (await alerts.list()).filter(({ nextTryAt }) => nextTryAt <= now());
    await Promise.all(
      due.map(async (alert) => {
        const [event, problem] = [eventOf(alert, now()), present.get(key(alert))];
        if (event === 'resolved' || (event !== null && problem !== undefined)) await tell(alert, event, problem);
      }),
    );
  };
}

function eventOf({ kind, toldAt, toldNewest, newest, overAt }: Alert, now: Date): AlertEvent | null {
  if (toldAt === null) return 'opened';
  if (overAt !== null) return 'resolved';
  if (kind === 'temporal_unreachable' || toldNewest === null) return null;
  return newest > toldNewest && now.getTime() - toldAt.getTime() >= UPDATE_EVERY_MS ? 'updated' : null;
}

/** Posts to an address as JSON. */
export function createDeliver(url: string, deadlineMs = 10_000): Deliver {
  return async (message) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'opencx-freshdesk' },
      body: JSON.stringify(message),
      redirect: 'manual',
      signal: AbortSignal.timeout(deadlineMs),
    }).catch((error: unknown) => {
      throw new Error(reasonOf(error));
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`it answered ${response.status}`);
  };
}

/** The address may be a secret, and errors of fetch quote it. */
function reasonOf(error: unknown): string {
  if (nameOf(error) === 'TimeoutError') return 'no answer in time';
  const code = error instanceof Error ? codeOf(error.cause) : undefined;
  return typeof code === 'string' ? code : 'it could not be reached';
}
