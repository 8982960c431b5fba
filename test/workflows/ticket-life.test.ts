import { describe, expect, test } from '@jest/globals';
import { HOUR_MS, NOON_MS, SECOND_MS } from '../../testbed/domain.ts';
import { TestTemporal } from './harness.ts';
import { until } from '../../testbed/until.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import type { TestTicket } from './test-ticket.ts';
import { closed, gate, quiet, refused, waits } from './script.ts';
import { useTemporal } from './setup.ts';

const { ticket, pass, temporal } = useTemporal(TestTemporal.timeSkipping);

const DAY_MS = 24 * HOUR_MS;
const justAsked = () => waits({ waiting: { oldestAtMs: NOON_MS, newestAtMs: NOON_MS } });
/** Open, nothing waits, and the thread was read as a whole so long before the look. */
const readBefore = (ms: number) => quiet({ session: { rereadAtMs: NOON_MS + DAY_MS - ms } });

/** A person has it: nothing is due of itself. */
const theirs = () =>
  quiet({ session: { status: 'handed_off', responder: 'person', owner: 'human', rereadAtMs: null } });

describe('how a run ends', () => {
  test('E2 a ticket that the gate refuses ends the run after one look, and nothing else', async () => {
    const one = ticket({ syncTicket: () => refused() });
    await one.hint();
    expect(await one.result()).toEqual({ ended: 'ignored', rule: 'E2' });
    expect(one.did).toEqual(['syncTicket']);
    expect(await one.count('ACTIVITY_TASK_SCHEDULED')).toBe(1);
    expect(await one.count('TIMER_STARTED')).toBe(0);
    expect(await one.count('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES')).toBe(0);
  });

  test.each([
    ['S1', 'closed_resolved'],
    ['S3', 'closed_unresolved'],
  ] as const)('%s S4 the run ends when the session is %s', async (rule, status) => {
    const one = ticket({
      syncTicket: (nth) => (nth === 1 ? quiet() : quiet({ session: { status, rereadAtMs: null } })),
    });
    await one.hint();
    await one.called('syncTicket');
    expect(await one.status()).toBe('RUNNING');
    await one.hint();
    expect(await one.result()).toEqual({ ended: 'closed', rule });
    expect(one.did).toEqual(['syncTicket', 'syncTicket']);
  });

  test('S4 the next hint starts a new run, from the database', async () => {
    const one = ticket({ syncTicket: (nth) => [closed(), waits()][nth - 1] ?? quiet() });
    await one.hint();
    await one.result();
    const first = (await one.handle.describe()).runId;
    await one.hint('reconcile');
    await one.called('deliverReply');
    expect((await one.handle.describe()).runId).not.toBe(first);
    expect(one.did).toEqual(['syncTicket', 'syncTicket', 'planTurn', 'deliverReply']);
    expect(one.inputs('syncTicket')[1]?.hints).toEqual(['reconcile']);
  });

  test.each([
    ['S4 closes', closed()],
    ['E2 is refused', refused()],
  ])('%s: a hint that comes during the last look is not lost', async (_name, last) => {
    const looking = gate();
    const one = ticket({
      syncTicket: (nth) => (nth === 1 ? looking.passed.then(() => last) : nth === 2 ? waits() : quiet()),
    });
    await one.hint();
    await one.called('syncTicket');
    await one.hint('operator');
    looking.open();
    await one.called('deliverReply');
    expect(one.did).toEqual(['syncTicket', 'syncTicket', 'planTurn', 'deliverReply']);
    expect(one.inputs('syncTicket')[1]?.hints).toEqual(['operator']);
  });

  test('H5 a session handed off is looked at no more without a hint, for as long as it takes', async () => {
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? theirs() : closed()) });
    await one.hint();
    await one.called('syncTicket');
    await pass('30 days');
    expect(one.did).toEqual(['syncTicket']);
    await one.hint();
    expect(await one.result()).toEqual({ ended: 'closed', rule: 'S1' });
  });
});

describe('L7 no run is older than its code by more than a day', () => {
  const runId = async (one: TestTicket): Promise<string> => (await one.handle.describe()).runId;

  test('L7 S4 a ticket that is read every day goes on as a new run with that reading: one timer a day', async () => {
    const one = ticket({ syncTicket: () => readBefore(0) });
    await one.hint();
    await one.called('syncTicket');
    const first = await runId(one);
    await pass('25 hours');
    await one.called('syncTicket', 2);
    await until('the run goes on as a new one', async () => (await runId(one)) !== first);
    expect(await one.timersMsOf(first)).toEqual([DAY_MS]);
    expect(one.did).toHaveLength(2);
  });

  test('L7 S4 one that nobody reads does too, without a look, and shows what it showed', async () => {
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? theirs() : quiet()) });
    await one.hint();
    await one.called('syncTicket');
    await one.idle();
    const [first, shown] = [await runId(one), await one.details()];
    await pass('24 hours');
    await until('the run goes on as a new one', async () => (await runId(one)) !== first);
    const second = await runId(one);
    expect(await one.details()).toBe(shown);
    await pass('24 hours');
    await until('and that one on the next day', async () => (await runId(one)) !== second);
    expect(one.did).toEqual(['syncTicket']);
    await one.hint();
    await one.called('syncTicket', 2);
  });

  test('L7 S4 what was due before its day is over is due in the new run at the same time', async () => {
    const soon = quiet({
      session: { responder: 'ai', owner: 'ai', resolveDueMs: NOON_MS + 72 * HOUR_MS, rereadAtMs: null },
    });
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? soon : quiet()) });
    await one.hint();
    await one.called('syncTicket');
    await pass('71 hours');
    expect(one.did).toHaveLength(1);
    await pass('2 hours');
    await one.called('syncTicket', 2);
  });

  test('L7 not in the middle of a turn', async () => {
    const planning = gate();
    const one = ticket({ planTurn: () => planning.passed.then(() => ({ verdict: 'answer', reasons: [] })) });
    await one.hint();
    await one.called('planTurn');
    const first = await runId(one);
    await one.hint('operator');
    planning.open();
    await one.called('syncTicket', 2);
    await one.idle();
    expect(await runId(one)).toBe(first);
  });
});

describe('L7 the workflow obeys what a look came to, and judges nothing itself', () => {
  const answer = { kind: 'answer', rule: 'E4', mode: 'assist', fromSeq: 2, throughSeq: 3, notBeforeMs: 0 } as const;
  const instruction = { decision: answer, nextLookMs: null, onThanks: 'leave', goOnAfterMs: DAY_MS } as const;

  test('L7 what other rules have decided is done, whatever the rules here would say', async () => {
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? { ...quiet(), instruction } : quiet()) });
    await one.hint();
    await one.called('deliverDraft');
    expect(one.inputs('planTurn')[0]).toMatchObject({ rule: 'E4', mode: 'assist', fromSeq: 2, throughSeq: 3 });
  });

  test('L7 R3 and so are thanks', async () => {
    const one = ticket({
      syncTicket: (nth) =>
        nth === 1 ? { ...quiet(), instruction: { ...instruction, onThanks: 'resolve' } } : closed(),
      planTurn: () => ({ verdict: 'no_reply', reasons: [] }),
    });
    await one.hint();
    await one.result();
    expect(one.inputs('resolveTicket')).toMatchObject([{ closure: 'resolved' }]);
  });

  test('L7 a decision of a later version is left to that version, and nothing is tried over and over', async () => {
    const unknown = { ...instruction, decision: { kind: 'ask_back', rule: 'Z1' } as unknown as typeof answer };
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? { ...waits(), instruction: unknown } : waits()) });
    await one.hint();
    await one.called('syncTicket');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket']);
    await one.hint();
    await one.called('deliverReply');
  });

  test('L7 a look by a worker that gives no instructions is judged by the rules of then', async () => {
    const one = ticket({
      syncTicket: (nth) => ({ ...(nth === 1 ? waits() : quiet()), instruction: undefined }) as Snapshot,
    });
    await one.hint();
    await one.called('deliverReply');
    expect(one.inputs('planTurn')[0]).toMatchObject({ rule: 'E6', mode: 'autopilot' });
  });
});

describe('I6 the daily reading', () => {
  test('I6 an open ticket is read every day without a hint', async () => {
    const one = ticket({ syncTicket: () => readBefore(0) });
    await one.hint();
    await one.called('syncTicket');
    await pass('23 hours');
    expect(one.did).toHaveLength(1);
    await pass('2 hours');
    await one.called('syncTicket', 2);
    await pass('3 days');
    await one.called('syncTicket', 5);
    expect(one.inputs('syncTicket').map(({ hints }) => hints)).toEqual([['webhook'], [], [], [], []]);
    expect(await one.timersMs()).toHaveLength(1); // of the last run: each reading begins one
  });

  test('I6 however many looks in between, it is one timer', async () => {
    const one = ticket({ syncTicket: () => readBefore(0) });
    await one.hint();
    for (const look of [2, 3, 4]) {
      await pass('2 hours');
      await one.hint();
      await one.called('syncTicket', look);
    }
    await one.idle();
    expect(await one.count('TIMER_STARTED')).toBe(1);
    expect(await one.count('TIMER_CANCELED')).toBe(0);
  });

  test('I6 a reading in between moves it: it fires early, and is set again for the rest', async () => {
    const one = ticket({ syncTicket: () => readBefore(0) });
    await one.hint();
    await one.called('syncTicket');
    const { runId: first } = await one.handle.describe();
    await pass('6 hours');
    await one.hint();
    await one.called('syncTicket', 2);
    await pass('20 hours');
    expect(one.did).toHaveLength(2);
    await pass('5 hours');
    await one.called('syncTicket', 3);
    expect(await one.timersMsOf(first)).toEqual([DAY_MS]);
    const [rest] = await one.timersMs();
    expect(Math.round((rest ?? 0) / HOUR_MS)).toBe(6);
  });

  test('I6 a moment that comes out a second earlier moves no timer', async () => {
    const one = ticket({ syncTicket: (nth) => readBefore(nth % 2 === 0 ? SECOND_MS : 0) });
    await one.hint();
    for (const look of [2, 3, 4, 5]) {
      await one.called('syncTicket', look - 1);
      await one.hint();
      await one.called('syncTicket', look);
    }
    await one.idle();
    expect(await one.count('TIMER_CANCELED')).toBe(0);
    expect(await one.count('TIMER_STARTED')).toBe(1);
  });

  test('R1 what is due much earlier than the next reading is not missed', async () => {
    const soon = quiet({ session: { responder: 'ai', owner: 'ai', resolveDueMs: NOON_MS + HOUR_MS } });
    const one = ticket({ syncTicket: (nth) => [readBefore(0), soon][nth - 1] ?? quiet() });
    await one.hint();
    await one.called('syncTicket');
    await one.hint();
    await one.called('syncTicket', 2);
    await pass('61 minutes');
    await one.called('syncTicket', 3);
    expect(await one.count('TIMER_CANCELED')).toBe(1);
  });

  test('I6 a ticket that people got is not read daily any more', async () => {
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? readBefore(0) : theirs()) });
    await one.hint();
    await one.called('syncTicket');
    await one.hint();
    await one.called('syncTicket', 2);
    await pass('3 days');
    expect(one.did).toHaveLength(2);
  });

  test('I6 the first look of a ticket that was read a while ago waits only for the rest', async () => {
    const one = ticket({ syncTicket: () => readBefore(20 * HOUR_MS) });
    await one.hint();
    await one.called('syncTicket');
    await one.idle();
    expect(await one.timersMs()).toEqual([4 * HOUR_MS]);
  });
});

describe('cancellation ends cleanly', () => {
  test('while the ticket is quiet', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await one.hint();
    await one.called('syncTicket');
    await one.idle();
    await one.handle.cancel();
    await one.ends('CANCELLED');
    expect(await one.count('WORKFLOW_TASK_FAILED')).toBe(0);
  });

  test('while a burst is waited out', async () => {
    const one = ticket({ syncTicket: () => justAsked() });
    await one.hint();
    await one.timers(2);
    await one.handle.cancel();
    await one.ends('CANCELLED');
    expect(one.did).toEqual(['syncTicket']);
  });

  test.each(['planTurn', 'deliverReply'] as const)(
    'in the middle of %s: nothing more is written, and nobody is handed anything',
    async (activity) => {
      const busy = gate();
      const one = ticket({
        planTurn: async () => {
          if (activity === 'planTurn') await busy.passed;
          return { verdict: 'answer', reasons: [] };
        },
        deliverReply: async () => {
          if (activity === 'deliverReply') await busy.passed;
          throw new Error('the connection was cut');
        },
      });
      await one.hint();
      await one.called(activity);
      await one.handle.cancel();
      busy.open();
      await one.ends('CANCELLED');
      expect(one.did.slice(-1)).toEqual([activity]);
      expect(one.inputs('handOff')).toEqual([]);
    },
  );

  test('in the middle of a handoff', async () => {
    const busy = gate();
    const one = ticket({
      planTurn: () => ({ verdict: 'handoff', reasons: ['low_confidence'] }),
      handOff: async () => {
        await busy.passed;
        throw new Error('the connection was cut');
      },
    });
    await one.hint();
    await one.called('handOff');
    await one.handle.cancel();
    busy.open();
    await one.ends('CANCELLED');
    expect(one.inputs('handOff')).toHaveLength(1);
  });
});

describe('signals that are no hints', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a word', 'webhook'],
    ['a number', 7],
    ['a list', [{ kind: 'webhook' }]],
    ['a kind of a future version', { kind: 'telepathy', version: 9 }],
    ['a kind that is none', { kind: { toString: 'webhook' } }],
    ['a large object', { kind: 'x'.repeat(10_000), nested: { deep: [1, 2, 3] } }],
  ])('W1 %s does not stop the ticket', async (_name, junk) => {
    const one = ticket({ syncTicket: (nth) => (nth === 2 ? waits() : quiet()) });
    await one.hint();
    await one.called('syncTicket');
    await one.idle();
    await one.signal(junk);
    await one.idle();
    expect(one.did).toEqual(['syncTicket']);
    await one.hint();
    await one.called('deliverReply');
    expect(one.inputs('syncTicket')[1]?.hints).toEqual(['webhook']);
    expect(await one.count('WORKFLOW_TASK_FAILED')).toBe(0);
  });

  test('W1 neither does a signal of another name', async () => {
    const one = ticket({ syncTicket: (nth) => (nth === 2 ? waits() : quiet()) });
    await one.hint();
    await one.called('syncTicket');
    await one.signal({ kind: 'webhook' }, 'a-later-version');
    await one.hint();
    await one.called('deliverReply');
    expect(await one.count('WORKFLOW_TASK_FAILED')).toBe(0);
  });

  test('W1 a hint with what a later version added is a hint', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await one.hint();
    await one.called('syncTicket');
    await one.signal({ kind: 'reconcile', since: 12, batch: { of: 3 } });
    await one.called('syncTicket', 2);
    expect(one.inputs('syncTicket')[1]?.hints).toEqual(['reconcile']);
  });
});

describe('S4 what a run gets from the one before', () => {
  const inHours = async (hours: number): Promise<number> => (await temporal().env.currentTimeMs()) + hours * HOUR_MS;

  test('S4 nothing but a deadline: it is waited for, and not looked before', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await one.continued({ hints: [], alarmAtMs: await inHours(5) });
    await pass('4 hours');
    expect(one.did).toEqual([]);
    await pass('2 hours');
    await one.called('syncTicket');
    expect(one.inputs('syncTicket')[0]?.hints).toEqual([]);
  });

  test('S4 a deadline that passed meanwhile is due at once', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await one.continued({ hints: [], alarmAtMs: await inHours(-1) });
    await one.called('syncTicket');
  });

  test('S4 hints: they are looked at, without waiting for another', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await one.continued({ hints: ['operator', 'webhook'], alarmAtMs: null });
    await one.called('syncTicket');
    expect(one.inputs('syncTicket')[0]?.hints).toEqual(['webhook', 'operator']);
  });

  test('S4 nothing at all: it waits for a hint', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await one.continued({ hints: [], alarmAtMs: null });
    await pass('3 days');
    expect(one.did).toEqual([]);
    await one.hint();
    await one.called('syncTicket');
  });
});
