import { asyncLocalStorage } from '@temporalio/activity';

const EVERY_MS = 4_000;

/**
 * Lets Temporal know that the activity is at work, so that a killed worker is noticed by the heart that stopped and not by
 * the deadline. The usual activity is over before the first beat, which would cost an action. Outside an activity: nothing.
 */
export function beat(): { stop(): void } {
  const context = asyncLocalStorage.getStore();
  const timer = setInterval(() => context?.heartbeat(), EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

/** Which attempt this is, from 1. Outside an activity: the first. */
export function attempt(): number {
  return asyncLocalStorage.getStore()?.info.attempt ?? 1;
}

/** For how long the activity has been tried, all attempts together, ms. Outside an activity: 0. */
export function triedForMs(now: Date): number {
  const since = asyncLocalStorage.getStore()?.info.scheduledTimestampMs;
  return since === undefined ? 0 : now.getTime() - since;
}

/** Aborted when nobody wants the activity's result any more, or its worker has to end. Outside an activity: never. */
export function stopSignal(): AbortSignal | undefined {
  return asyncLocalStorage.getStore()?.cancellationSignal;
}
