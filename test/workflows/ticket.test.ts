import { describe, expect, test } from '@jest/globals';
import { COPY_ATTEMPTS } from '../../src/domain/attachments.ts';
import { NOON_MS, SECOND_MS, WAITING } from '../../testbed/domain.ts';
import { TestTemporal } from './harness.ts';
import { gate, quiet, waits } from './script.ts';
import { useTemporal } from './setup.ts';

const { ticket, pass } = useTemporal(TestTemporal.timeSkipping);

const THROUGH = WAITING.newestSeq;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A message that has just come in: its delay is not over. */
const justAsked = () =>
  waits({ waiting: { oldestAtMs: NOON_MS - 5 * SECOND_MS, newestAtMs: NOON_MS - 5 * SECOND_MS } });

describe('from a hint to an answer', () => {
  test('W1 a hint leads to one look, one plan and one reply, and then the ticket is quiet', async () => {
    const one = ticket();
    await one.hint();
    await one.called('deliverReply');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'deliverReply']);
    expect(await one.status()).toBe('RUNNING');

    const ref = { connectionId: 'acme', ticketId: one.id };
    const turnId = one.inputs('planTurn')[0]?.turnId;
    expect(turnId).toMatch(UUID);
    expect(one.inputs('syncTicket')).toEqual([{ ...ref, hints: ['webhook'], instruct: true }]);
    expect(one.inputs('planTurn')).toEqual([
      { ...ref, turnId, rule: 'E6', mode: 'autopilot', fromSeq: WAITING.oldestSeq, throughSeq: THROUGH },
    ]);
    expect(one.inputs('deliverReply')).toEqual([{ ...ref, turnId, final: false }]);
  });

  test('a hint that changes nothing plans nothing', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await one.hint();
    await pass('1 hours');
    await one.hint();
    await one.called('syncTicket', 2);
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'syncTicket']);
  });

  test('L1 a write counts as dead when nothing is heard of it, and not when it is slow', async () => {
    const one = ticket();
    await one.hint();
    await one.called('deliverReply');
    await one.idle();
    const { events } = await one.handle.fetchHistory();
    const delivery = (events ?? [])
      .map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled)
      .find((scheduled) => scheduled?.activityType?.name === 'deliverReply');
    expect(Number(delivery?.heartbeatTimeout?.seconds)).toBe(25);
    expect(Number(delivery?.startToCloseTimeout?.seconds)).toBe(120);
  });

  test('A2 assist drafts', async () => {
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? waits({ session: { mode: 'assist' } }) : quiet()) });
    await one.hint();
    await one.called('deliverDraft');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'deliverDraft']);
    expect(one.inputs('planTurn')[0]).toMatchObject({ mode: 'assist', rule: 'E7' });
  });

  test('N11 an answer on autopilot that is held back is left as a draft, and the ticket stays where it is', async () => {
    const one = ticket({
      planTurn: () => ({ verdict: 'answer', reasons: [], as: 'assist' }),
      syncTicket: (nth) => (nth === 1 ? waits() : quiet()),
    });
    await one.hint();
    await one.called('deliverDraft');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'deliverDraft']);
  });

  test('N11 where the AI has spoken with the customer, people get the ticket with the draft', async () => {
    const one = ticket({
      planTurn: () => ({ verdict: 'answer', reasons: ['low_confidence'], as: 'assist' }),
      syncTicket: (nth) => (nth === 1 ? waits() : quiet()),
    });
    await one.hint();
    await one.called('handOff');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'deliverDraft', 'handOff']);
    const ref = { connectionId: 'acme', ticketId: one.id };
    expect(one.inputs('handOff')).toEqual([{ ...ref, turnId: null, reasons: ['low_confidence'], throughSeq: THROUGH }]);
  });

  test('E12 paused: nothing is planned, and the next hint after the pause answers', async () => {
    const one = ticket({ syncTicket: (nth) => (nth === 3 ? quiet() : waits({ settings: { paused: nth === 1 } })) });
    await one.hint();
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket']);
    await one.hint('operator');
    await one.called('deliverReply');
    expect(one.inputs('syncTicket')[1]?.hints).toEqual(['operator']);
  });

  test('a hint during the turn is looked at after it, once', async () => {
    const planning = gate();
    const one = ticket({ planTurn: () => planning.passed.then(() => ({ verdict: 'answer', reasons: [] })) });
    await one.hint();
    await one.called('planTurn');
    await Promise.all([one.hint(), one.hint('reconcile'), one.hint()]);
    planning.open();
    await one.called('syncTicket', 2);
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'deliverReply', 'syncTicket']);
    expect(one.inputs('syncTicket')[1]?.hints).toEqual(['webhook', 'reconcile']);
  });

  test('many hints at once are one more look', async () => {
    const looking = gate();
    const one = ticket({ syncTicket: async (nth) => (nth === 1 ? looking.passed.then(() => quiet()) : quiet()) });
    await one.hint();
    await one.called('syncTicket');
    await Promise.all(Array.from({ length: 40 }, (_, nth) => one.hint(nth % 2 === 0 ? 'webhook' : 'operator')));
    looking.open();
    await one.called('syncTicket', 2);
    await pass('1 hours');
    expect(one.inputs('syncTicket').map(({ hints }) => hints)).toEqual([['webhook'], ['webhook', 'operator']]);
  });
});

describe('A1 letting the customer finish', () => {
  const BURST_TIMER_MS = 25 * SECOND_MS;

  test('A1 the turn waits out what is left of the delay, in one timer', async () => {
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? justAsked() : quiet()) });
    await one.hint();
    await one.called('syncTicket');
    await pass('20 seconds');
    expect(one.did).toEqual(['syncTicket']);
    await pass('10 seconds');
    await one.called('deliverReply');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'deliverReply']);
    expect((await one.timersMs()).filter((ms) => ms === BURST_TIMER_MS)).toHaveLength(1);
  });

  test('A1 a delay that is already over sets no timer', async () => {
    const one = ticket();
    await one.hint();
    await one.called('deliverReply');
    await pass('1 hours');
    expect(await one.timersMs()).toEqual([24 * 3_600 * SECOND_MS]);
  });

  test('A1 a delay that ends this very moment sets no timer', async () => {
    const now = { oldestAtMs: NOON_MS - 30 * SECOND_MS, newestAtMs: NOON_MS - 30 * SECOND_MS };
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? waits({ waiting: now }) : quiet()) });
    await one.hint();
    await one.called('deliverReply');
    expect(await one.count('TIMER_STARTED')).toBe(1);
  });

  test('A1 however many hints come meanwhile: one more look, one plan', async () => {
    const one = ticket({ syncTicket: (nth) => [justAsked(), waits()][nth - 1] ?? quiet() });
    await one.hint();
    await one.timers(2);
    await Promise.all([one.hint(), one.hint(), one.hint()]);
    await pass('1 minutes');
    await one.called('deliverReply');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'syncTicket', 'planTurn', 'deliverReply']);
  });

  test('A1 what the second look finds is answered together with what the first one found', async () => {
    const more = waits({ waiting: { oldestAtMs: NOON_MS - 60_000, newestSeq: 9, count: 3 } });
    const one = ticket({ syncTicket: (nth) => [justAsked(), more][nth - 1] ?? quiet() });
    await one.hint();
    await one.timers(2);
    await one.hint();
    await pass('1 minutes');
    await one.called('deliverReply');
    expect(one.inputs('planTurn')).toMatchObject([{ fromSeq: WAITING.oldestSeq, throughSeq: 9 }]);
  });

  test('A1 a person who takes the ticket meanwhile is not talked over', async () => {
    const theirs = waits({ session: { responder: 'person', status: 'handed_off', owner: 'human' } });
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? justAsked() : theirs) });
    await one.hint();
    await one.timers(2);
    await one.hint();
    await pass('1 minutes');
    await one.called('syncTicket', 2);
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'syncTicket']);
  });
});

describe('A4 something newer came while the answer was on its way', () => {
  test('A4 the draft is dropped and the turn starts over, with a look, a plan and a record of its own', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth <= 2 ? waits() : quiet()),
      deliverReply: (nth) => (nth === 1 ? { outcome: 'superseded' } : { outcome: 'sent', owner: 'ai' }),
    });
    await one.hint();
    await one.called('deliverReply', 2);
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'deliverReply', 'syncTicket', 'planTurn', 'deliverReply']);
    expect(new Set(one.inputs('planTurn').map(({ turnId }) => turnId)).size).toBe(2);
    expect(one.inputs('syncTicket')[1]?.hints).toEqual([]);
  });

  test('A4 three times at most, then the draft is posted all the same', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth <= 4 ? waits() : quiet()),
      deliverReply: (_nth, { final }) => (final ? { outcome: 'sent', owner: 'ai' } : { outcome: 'superseded' }),
    });
    await one.hint();
    await one.called('deliverReply', 4);
    await pass('1 hours');
    expect(one.inputs('deliverReply').map(({ final }) => final)).toEqual([false, false, false, true]);
    expect(one.inputs('planTurn')).toHaveLength(4);
  });

  test('A4 drafts count as replies do', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth <= 4 ? waits({ session: { mode: 'assist' } }) : quiet()),
      deliverDraft: (_nth, { final }) => (final ? { outcome: 'sent', owner: 'none' } : { outcome: 'superseded' }),
    });
    await one.hint();
    await one.called('deliverDraft', 4);
    expect(one.inputs('deliverDraft').map(({ final }) => final)).toEqual([false, false, false, true]);
  });

  test('A4 a ticket that supersedes for ever does not spin, and the next hint starts counting anew', async () => {
    const one = ticket({ syncTicket: () => waits(), deliverReply: () => ({ outcome: 'superseded' }) });
    await one.hint();
    await one.called('deliverReply', 5);
    await pass('1 hours');
    expect(one.inputs('deliverReply')).toHaveLength(5);
    await one.hint();
    await one.called('deliverReply', 6);
    expect(one.inputs('deliverReply')[5]?.final).toBe(false);
  });

  test('A4 a sent answer starts counting anew', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth === 3 ? quiet() : waits()),
      deliverReply: (nth) => (nth === 1 ? { outcome: 'superseded' } : { outcome: 'sent', owner: 'ai' }),
    });
    await one.hint();
    await one.called('deliverReply', 2);
    await one.hint();
    await one.called('syncTicket', 3);
    await one.hint();
    await one.called('deliverReply', 3);
    expect(one.inputs('deliverReply').map(({ final }) => final)).toEqual([false, false, false]);
  });

  test('A4 waiting out a burst in between does not start counting anew', async () => {
    const one = ticket({
      syncTicket: (nth) => [waits(), waits(), waits(), justAsked(), waits()][nth - 1] ?? quiet(),
      deliverReply: (_nth, { final }) => (final ? { outcome: 'sent', owner: 'ai' } : { outcome: 'superseded' }),
    });
    await one.hint();
    await one.timers(2);
    await one.hint();
    await pass('1 minutes');
    await one.called('deliverReply', 4);
    expect(one.inputs('deliverReply').map(({ final }) => final)).toEqual([false, false, false, true]);
  });

  test('A4 the newer message that a final draft left out is the next turn, without another hint', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth <= 5 ? waits() : quiet()),
      deliverReply: (nth, { final }) => {
        if (nth === 5) return { outcome: 'sent', owner: 'ai' };
        return final ? { outcome: 'sent', owner: 'ai', more: true } : { outcome: 'superseded' };
      },
    });
    await one.hint();
    await one.called('deliverReply', 5);
    await pass('1 hours');
    expect(one.inputs('deliverReply').map(({ final }) => final)).toEqual([false, false, false, true, false]);
    expect(one.inputs('syncTicket').map(({ hints }) => hints.length)).toEqual([1, 0, 0, 0, 0]);
  });

  test('A4 a dropped answer is followed by a look: the ticket may have been closed', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth === 1 ? waits() : quiet({ session: { status: 'closed_resolved', rereadAtMs: null } })),
      deliverReply: () => ({ outcome: 'dropped' }),
    });
    await one.hint();
    expect(await one.result()).toEqual({ ended: 'closed', rule: 'S1' });
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'deliverReply', 'syncTicket']);
  });
});

describe('F1 attachments', () => {
  const withFiles = (changes: Parameters<typeof waits>[0] = {}) => waits({ pendingFiles: 2, ...changes });

  test('F1 files are copied right after the look and before the plan, so that the engine sees them', async () => {
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? withFiles() : quiet()) });
    await one.hint();
    await one.called('deliverReply');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'copyAttachments', 'planTurn', 'deliverReply']);
    expect(one.inputs('copyAttachments')).toEqual([{ connectionId: 'acme', ticketId: one.id }]);
  });

  test('F1 files of a ticket that is silent or closed are copied all the same', async () => {
    const silent = ticket({ syncTicket: () => quiet({ pendingFiles: 1 }) });
    await silent.hint();
    await silent.called('copyAttachments');
    const over = ticket({
      syncTicket: () => quiet({ pendingFiles: 1, session: { status: 'closed_resolved', rereadAtMs: null } }),
    });
    await over.hint();
    expect(await over.result()).toMatchObject({ ended: 'closed' });
    expect(over.did).toEqual(['syncTicket', 'copyAttachments']);
  });

  test('F2 a copy that does not come about holds up no answer, and the session goes on', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth === 1 ? withFiles() : quiet({ pendingFiles: 2 })),
      copyAttachments: () => {
        throw new Error('the file store is on fire');
      },
    });
    await one.hint();
    await pass('1 minutes');
    await one.called('deliverReply');
    expect(one.did).toEqual([
      'syncTicket',
      ...Array.from({ length: COPY_ATTEMPTS }, () => 'copyAttachments'),
      'planTurn',
      'deliverReply',
    ]);
    expect(await one.status()).toBe('RUNNING');
  });

  test('A1 the time that copying takes counts as waited', async () => {
    const copying = gate();
    const one = ticket({
      syncTicket: (nth) =>
        nth === 1
          ? withFiles({ waiting: { oldestAtMs: NOON_MS - 5 * SECOND_MS, newestAtMs: NOON_MS - 5 * SECOND_MS } })
          : quiet(),
      copyAttachments: () => copying.passed.then(() => ({ stored: 2, refused: 0, failed: 0 })),
    });
    await one.hint();
    await one.called('copyAttachments');
    copying.open();
    await one.timers(2);
    const [, burstMs = 0] = await one.timersMs(); // the first one is the alarm
    expect(burstMs).toBeGreaterThan(20 * SECOND_MS);
    expect(burstMs).toBeLessThan(25 * SECOND_MS);
    await pass('1 minutes');
    await one.called('deliverReply');
  });

  test('A1 a hint while files are copied is looked at before the plan', async () => {
    const copying = gate();
    const one = ticket({
      syncTicket: (nth) => [withFiles(), waits()][nth - 1] ?? quiet(),
      copyAttachments: () => copying.passed.then(() => ({ stored: 2, refused: 0, failed: 0 })),
    });
    await one.hint();
    await one.called('copyAttachments');
    await one.hint();
    copying.open();
    await one.called('deliverReply');
    expect(one.did).toEqual(['syncTicket', 'copyAttachments', 'syncTicket', 'planTurn', 'deliverReply']);
  });
});
