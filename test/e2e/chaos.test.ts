import '../../testbed/quiet.ts';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CHAOS_ACCOUNT, CHAOS_SETTINGS, historyOf, runChaos } from '../../bench/chaos/run-chaos.ts';
import { openDesk, type Desk } from '../../testbed/desk.ts';

jest.setTimeout(170_000);
const STORM = { seed: 12, tickets: 12, spreadMs: 3_000, quietLimitMs: 60_000 };

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ simulator: CHAOS_ACCOUNT, settings: CHAOS_SETTINGS });
});
afterAll(() => desk.close());

test('A5 a storm of messages, people and faults leaves every ticket answered once, mirrored and in the right hands', async () => {
  const report = await runChaos(desk, STORM);
  const talkedOver = report.talkedOver.filter(({ withinWindow }) => !withinWindow);
  const wrong = new Set([...report.broken, ...report.restless, ...talkedOver].map(({ ticketId }) => ticketId));
  const histories = await Promise.all([...wrong].map((ticketId) => historyOf(desk, ticketId, report)));

  const { broken, restless } = report;
  expect({ broken, restless, talkedOver, histories }).toEqual({
    broken: [],
    restless: [],
    talkedOver: [],
    histories: [],
  });
  expect(report.tally.sessions).toBe(STORM.tickets);
  expect(report.tally.replies).toBeGreaterThan(3);
  expect(Object.values(report.faults).reduce((sum, hits) => sum + hits, 0)).toBeGreaterThan(10);
});
