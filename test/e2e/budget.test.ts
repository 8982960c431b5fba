import '../../testbed/quiet.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openDesk, type Desk } from '../../testbed/desk.ts';

jest.setTimeout(90_000);

/**
 * What a ticket may cost until it is quiet, the echoes of our own writes included: Temporal actions (a signal with its
 * start, an activity, a timer, a change of search attributes) and Freshdesk credits.
 */
const BUDGET = {
  'follow-up answered': { actions: 6 + 3, credits: 5 + 2 },
  'new ticket answered': { actions: 9 + 4, credits: 9 + 2 },
  'hint that changes nothing': { actions: 3, credits: 2 },
  'hint for a ticket the gate refuses': { actions: 2, credits: 1 },
} as const;

/** Values of the API's EventType. */
const ACTIONS: Record<string, number> = { signal: 26, activity: 10, timer: 17, searchAttributes: 40 };

describe('what a ticket costs', () => {
  let desk: Desk;
  const printed: string[] = [];
  beforeAll(async () => {
    desk = await openDesk({ settings: { channels: { email: { firstReplyDelaySeconds: 1.5, burstSeconds: 1.5 } } } });
  });
  beforeEach(() => desk.reset());
  // The first ticket of a process loads what understands it: its echoes come one by one, and cost a look each.
  beforeAll(async () => {
    const first = desk.customerAsks();
    await desk.until('the first ticket is answered', () => desk.aiReplies(first).length === 1);
    await desk.quiet(first);
  });
  afterAll(async () => {
    process.stderr.write(`${printed.join('\n')}\n`);
    await desk.close();
  });

  const eventsOf = async (ticketId: number): Promise<number[]> =>
    ((await desk.handle(ticketId).fetchHistory()).events ?? []).map((event) => Number(event.eventType));

  /** Does something to the ticket and counts what follows until it is quiet. */
  async function cost(name: keyof typeof BUDGET, ticketId: number | null, happens: () => Promise<number> | number) {
    const before = ticketId === null ? 0 : (await eventsOf(ticketId)).length;
    desk.simulator.requests.reset();
    const id = await happens();
    await desk.quiet(id);
    const events = (await eventsOf(id)).slice(before);
    const counts = Object.entries(ACTIONS).map(
      ([action, type]) => [action, events.filter((event) => event === type).length] as const,
    );
    const actions = counts.reduce((sum, [, count]) => sum + count, 0);
    const { credits } = desk.simulator.requests;
    const budget = BUDGET[name];
    printed.push(
      `${name}: ${actions} actions of ${budget.actions} (${counts.map(([action, count]) => `${action} ${count}`).join(', ')}), ${credits} credits of ${budget.credits}`,
    );
    expect(actions).toBeLessThanOrEqual(budget.actions);
    expect(credits).toBeLessThanOrEqual(budget.credits);
    return id;
  }

  const answered = (ticketId: number, times: number) =>
    desk.until(`${times} replies`, () => desk.aiReplies(ticketId).length >= times);

  test('a new ticket, a follow-up and a hint for nothing stay within their budgets', async () => {
    const ticketId = await cost('new ticket answered', null, async () => {
      const id = desk.customerAsks();
      await answered(id, 1);
      return id;
    });
    await cost('follow-up answered', ticketId, async () => {
      desk.account.customerReplies(ticketId, { text: 'How many working days does standard shipping take?' });
      await answered(ticketId, 2);
      return ticketId;
    });
    await cost('hint that changes nothing', ticketId, async () => {
      await desk.hint(ticketId, 'webhook');
      return ticketId;
    });
  });

  test('E2 a refused ticket costs one call', async () => {
    await desk.set({ intake: { autoHandleAll: false } });
    await cost('hint for a ticket the gate refuses', null, () => desk.customerAsks());
  });
});
