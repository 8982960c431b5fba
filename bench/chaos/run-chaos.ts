import { setTimeout as sleep } from 'node:timers/promises';
import type { SettingsPatch } from '../../src/domain/settings.ts';
import { ticketWorkflowId } from '../../src/domain/temporal-names.ts';
import type { SimulatorOptions } from '../../simulator/simulator.ts';
import type { Desk } from '../../testbed/desk.ts';
import { watchForTalkingOver, type TalkedOver } from './bystander.ts';
import { checkInvariants, storyInDatabase, type Broken, type Tally } from './invariants.ts';
import { watchTheWindow } from './window.ts';
import { armFaults, play, storyOf, type Happening, type StormFaults } from './storm.ts';

/** The account's limits are not what is measured here. */
export const CHAOS_ACCOUNT: SimulatorOptions = { ratePerMinute: 100_000, subLimits: null };

/** E-mail is answered and the portal drafted for; no brake stops the storm. */
export const CHAOS_SETTINGS: SettingsPatch = {
  intake: { autoHandleAll: true },
  channels: {
    email: { mode: 'autopilot', firstReplyDelaySeconds: 0, burstSeconds: 1, handoffMessage: 'A colleague takes over.' },
    web: { mode: 'assist', firstReplyDelaySeconds: 0, burstSeconds: 0 },
  },
  handoff: { confidenceThreshold: 0.6 },
  limits: {
    repliesPerTicketPerHour: 1_000,
    repliesPerTicketPerDay: 1_000,
    repliesPerRequesterPerDay: 1_000,
    repliesPerConnectionPerHour: 100_000,
  },
};

export type ChaosOptions = StormFaults & {
  seed: number;
  tickets: number;
  /** Over how long the tickets are opened. */
  spreadMs: number;
  quietLimitMs: number;
  /** What else goes on during the storm, which lasts until that is over as well. */
  meanwhile?: () => Promise<void>;
  say?: (line: string) => void;
};

export type ChaosReport = {
  /** Tickets on which something was still under way when the patience was over, and what. */
  restless: { ticketId: number; what: string }[];
  broken: Broken[];
  talkedOver: TalkedOver[];
  tally: Tally;
  faults: Record<string, number>;
  requests: number;
  /** From the last look at a ticket to the reply, ms, in ascending order. */
  windowMs: number[];
  stormMs: number;
  settleMs: number;
  happenings: Map<number, Happening[]>;
};

/** A storm over a desk, then calm, then the truth. */
export async function runChaos(desk: Desk, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, tickets, spreadMs, quietLimitMs, meanwhile = async () => undefined, say = () => undefined } = options;
  const { simulator } = desk;
  const bystander = watchForTalkingOver(simulator);
  const window = watchTheWindow(simulator);
  const armed = armFaults(simulator, seed, tickets, options);
  const startedAt = performance.now();
  const stories = Array.from({ length: tickets }, (_, nth) => storyOf(seed, nth, spreadMs));
  const [played] = await Promise.all([
    Promise.all(stories.map((story, nth) => play(simulator, nth, story, startedAt))),
    meanwhile(),
  ]);
  const happenings = new Map(played.map(({ ticketId, happenings: told }) => [ticketId, told]));
  const ticketIds = [...happenings.keys()].toSorted((a, b) => a - b);
  const stormMs = performance.now() - startedAt;
  say(`the storm is over after ${seconds(stormMs)}; waiting for quiet`);

  for (const { handle } of armed) handle.remove();
  const restless = await settled(desk, ticketIds, quietLimitMs);
  say(restless.length === 0 ? 'quiet; every ticket is read again' : 'some tickets come to no rest');
  for (const ticketId of ticketIds) await desk.hint(ticketId, 'operator');
  if (restless.length === 0) restless.push(...(await settled(desk, ticketIds, quietLimitMs)));
  bystander.stop();
  window.stop();
  const settleMs = performance.now() - startedAt - stormMs;

  const { broken, tally } = await checkInvariants(simulator, desk.databaseUrl, ticketIds);
  const faults: Record<string, number> = {};
  for (const { kind, handle } of armed) faults[kind] = (faults[kind] ?? 0) + handle.hits;
  return {
    restless,
    broken,
    talkedOver: bystander.found,
    tally,
    faults,
    requests: simulator.requests.count,
    windowMs: window.sorted(),
    stormMs,
    settleMs,
    happenings,
  };
}

/** Everything about one ticket, for whoever looks into a failure. */
export async function historyOf(
  desk: Desk,
  ticketId: number,
  report: Pick<ChaosReport, 'happenings'>,
): Promise<string[]> {
  const { account, requests } = desk.simulator;
  const ticket = account.ticket(ticketId);
  return [
    `ticket ${ticketId}: status ${ticket.status}, responder ${ticket.responderId}, spam ${ticket.spam}`,
    ...(report.happenings.get(ticketId) ?? []).map(({ atMs, what }) => `  +${seconds(atMs)} ${what}`),
    ...account
      .thread(ticketId)
      .map((entry) => `  ${entry.id} by ${entry.userId} ${entry.private ? 'private' : 'public'} at ${entry.createdAt}`),
    ...(await storyInDatabase(desk.databaseUrl, ticketId)).map((line) => `  ${line}`),
    ...requests
      .find({ ticketId })
      .map((entry) => `  ${entry.at.toISOString()} ${entry.method} ${entry.path} ${entry.status} ${entry.fault ?? ''}`),
  ];
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** Waits until nothing is under way on any ticket, and nothing has happened since the look before; names those where it is. */
async function settled(
  desk: Desk,
  ticketIds: readonly number[],
  limitMs: number,
): Promise<{ ticketId: number; what: string }[]> {
  const end = performance.now() + limitMs;
  let before = '';
  for (;;) {
    await desk.simulator.webhooksIdle();
    const states = await Promise.all(ticketIds.map((ticketId) => stateOf(desk, ticketId)));
    const now = states.map(({ history }) => history).join();
    const restless = states.filter(({ what }) => what !== '');
    if (now === before && restless.length === 0) return [];
    if (performance.now() > end) return restless;
    before = now;
    await sleep(2_500); // longer than any wait for a burst
  }
}

async function stateOf({ client }: Desk, ticketId: number) {
  const found = await client.workflow
    .getHandle(ticketWorkflowId('default', ticketId))
    .describe()
    .catch(() => null);
  if (found === null) return { ticketId, history: 'none', what: '' };
  const activities = (found.raw.pendingActivities ?? []).map(
    ({ activityType, attempt, lastFailure }) =>
      `${activityType?.name}, attempt ${attempt}, ${lastFailure?.applicationFailureInfo?.type}: ${lastFailure?.message}`,
  );
  const task = found.raw.pendingWorkflowTask == null ? [] : ['workflow task'];
  return { ticketId, history: `${found.runId} ${found.historyLength}`, what: [...activities, ...task].join('; ') };
}
