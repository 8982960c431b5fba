import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { NOON_MS, SECOND_MS, WAITING } from '../../testbed/domain.ts';
import { TestTemporal } from './harness.ts';
import { closed, quiet, waits } from './script.ts';
import { useTemporal } from './setup.ts';

const { ticket, pass } = useTemporal(TestTemporal.timeSkipping);

const THROUGH = WAITING.newestSeq;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const refusal = () => ApplicationFailure.nonRetryable('Freshdesk refused', 'Rejected');

describe('N6 A6 what fails for good becomes a handoff', () => {
  test('N6 a plan that cannot be made goes to people at once', async () => {
    const one = ticket({
      planTurn: () => {
        throw ApplicationFailure.nonRetryable('no model', 'Misconfigured');
      },
    });
    await one.hint();
    await one.called('handOff');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'handOff']);
    expect(one.inputs('handOff')).toEqual([
      { connectionId: 'acme', ticketId: one.id, turnId: null, reasons: ['inference_failed'], throughSeq: THROUGH },
    ]);
    expect(await one.status()).toBe('RUNNING');
  });

  test('N6, L8 a plan is tried again until its activity says that this was the last time', async () => {
    const one = ticket({
      planTurn: (nth) => {
        if (nth === 8) throw ApplicationFailure.nonRetryable('the engine has failed five times', 'TypeError');
        throw new Error('the database is away, or the engine has failed');
      },
    });
    await one.hint();
    await one.called('planTurn');
    await pass('10 minutes');
    await one.called('handOff');
    expect(one.inputs('planTurn')).toHaveLength(8);
    expect(new Set(one.inputs('planTurn').map(({ turnId }) => turnId)).size).toBe(1);
    expect(one.inputs('handOff')[0]?.reasons).toEqual(['inference_failed']);
  });

  test('N6 an engine that recovers in time answers', async () => {
    const one = ticket({
      planTurn: (nth) => {
        if (nth < 5) throw new Error('the model is down');
        return { verdict: 'answer', reasons: [] };
      },
    });
    await one.hint();
    await one.called('planTurn');
    await pass('10 minutes');
    await one.called('deliverReply');
    expect(one.inputs('handOff')).toEqual([]);
  });

  test.each(['autopilot', 'assist'] as const)(
    'A6 an answer that Freshdesk refuses goes to people with its turn (%s)',
    async (mode) => {
      const refuse = () => {
        throw refusal();
      };
      const one = ticket({
        syncTicket: (nth) => (nth === 1 ? waits({ session: { mode } }) : quiet()),
        deliverReply: refuse,
        deliverDraft: refuse,
      });
      await one.hint();
      await one.called('handOff');
      await pass('1 hours');
      expect(one.did).toEqual([
        'syncTicket',
        'planTurn',
        mode === 'autopilot' ? 'deliverReply' : 'deliverDraft',
        'handOff',
      ]);
      expect(one.inputs('handOff')).toMatchObject([
        { turnId: one.inputs('planTurn')[0]?.turnId, reasons: ['delivery_failed'], throughSeq: THROUGH },
      ]);
    },
  );

  test('A5 an answer of which nobody knows whether it was sent goes to people', async () => {
    const one = ticket({ deliverReply: () => ({ outcome: 'undecided' }) });
    await one.hint();
    await one.called('handOff');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'deliverReply', 'handOff']);
    expect(one.inputs('handOff')).toMatchObject([
      { turnId: one.inputs('planTurn')[0]?.turnId, reasons: ['delivery_failed'] },
    ]);
  });

  test('E11 a reply that is one too many at the post goes to people', async () => {
    const one = ticket({ deliverReply: () => ({ outcome: 'braked' }) });
    await one.hint();
    await one.called('handOff');
    expect(one.inputs('handOff')).toMatchObject([
      { reasons: ['loop_suspected'], turnId: one.inputs('planTurn')[0]?.turnId },
    ]);
  });

  test('A5 an answer that cannot be delivered for a day goes to people', async () => {
    const one = ticket({
      deliverReply: () => {
        throw ApplicationFailure.create({
          type: 'Unreachable',
          message: 'Freshdesk is away',
          nextRetryDelay: '4 hours',
        });
      },
    });
    await one.hint();
    await one.called('deliverReply');
    await pass('18 hours');
    expect(one.inputs('handOff')).toEqual([]);
    await pass('8 hours');
    await one.called('handOff');
    expect(one.inputs('handOff')[0]?.reasons).toEqual(['delivery_failed']);
    expect(one.inputs('deliverReply').length).toBeGreaterThan(4);
  });

  test('A6 one that is away for a while is answered when it is back', async () => {
    const one = ticket({
      deliverReply: (nth) => {
        if (nth < 4) throw new Error('Freshdesk is away');
        return { outcome: 'sent', owner: 'ai' };
      },
    });
    await one.hint();
    await one.called('deliverReply');
    await pass('1 hours');
    await one.called('deliverReply', 4);
    expect(one.inputs('handOff')).toEqual([]);
  });

  test('I a ticket that cannot be read is read again for as long as it takes', async () => {
    const one = ticket({
      syncTicket: (nth) => {
        if (nth < 12) throw new Error('Freshdesk is away');
        return nth === 12 ? waits() : quiet();
      },
    });
    await one.hint();
    await one.called('syncTicket');
    await pass('1 days');
    await one.called('deliverReply');
    expect(one.did.filter((activity) => activity !== 'syncTicket')).toEqual(['planTurn', 'deliverReply']);
  });
});

describe('N3 an engine with paid stages', () => {
  test('N3 each stage is an activity of its own, with the turn and its round, until there is a verdict', async () => {
    const one = ticket({
      planTurn: () => ({ next: 'draft', round: 1 }),
      draftAnswer: (nth) => (nth === 1 ? { next: 'draft', round: 2 } : { next: 'check', round: 2 }),
    });
    await one.hint();
    await one.called('deliverReply');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'draftAnswer', 'draftAnswer', 'checkAnswer', 'deliverReply']);
    const turnId = one.inputs('planTurn')[0]?.turnId;
    expect(one.inputs('draftAnswer')).toMatchObject([
      { turnId, round: 1 },
      { turnId, round: 2 },
    ]);
    expect(one.inputs('checkAnswer')).toMatchObject([{ turnId, round: 2 }]);
    expect(one.inputs('deliverReply')).toMatchObject([{ turnId }]);
  });

  test('N6 a stage is tried again while its model is down, and its verdict counts', async () => {
    const one = ticket({
      planTurn: () => ({ next: 'draft', round: 1 }),
      draftAnswer: (nth) => {
        if (nth < 8) throw ApplicationFailure.create({ type: 'ModelUnavailable', message: 'down' });
        return { verdict: 'handoff', reasons: ['inference_failed'] };
      },
    });
    await one.hint();
    await pass('10 minutes');
    await one.called('handOff');
    expect(one.inputs('draftAnswer')).toHaveLength(8);
    expect(one.inputs('handOff')).toMatchObject([
      { reasons: ['inference_failed'], turnId: one.inputs('planTurn')[0]?.turnId },
    ]);
  });
});

describe('H handing over', () => {
  test('H1 a plan that hands off: with its reasons and its turn, and nothing is delivered', async () => {
    const one = ticket({
      planTurn: () => ({ verdict: 'handoff', reasons: ['low_confidence', 'frustrated_customer'] }),
    });
    await one.hint();
    await one.called('handOff');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'handOff']);
    expect(one.inputs('handOff')).toMatchObject([
      {
        turnId: one.inputs('planTurn')[0]?.turnId,
        reasons: ['low_confidence', 'frustrated_customer'],
        throughSeq: THROUGH,
      },
    ]);
  });

  test('E1 a message too old goes to people without a plan', async () => {
    const old = waits({ waiting: { newestAtMs: NOON_MS - 48 * 3_600_000, oldestAtMs: NOON_MS - 48 * 3_600_000 } });
    const one = ticket({ syncTicket: (nth) => (nth === 1 ? old : quiet()) });
    await one.hint();
    await one.called('handOff');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'handOff']);
    expect(one.inputs('handOff')).toMatchObject([{ turnId: null, reasons: ['too_old'], throughSeq: THROUGH }]);
  });

  test('H8 a handoff in assist that only leaves a note ends the turn', async () => {
    const one = ticket({
      planTurn: () => ({ verdict: 'handoff', reasons: ['low_confidence'] }),
      handOff: () => ({ outcome: 'noted' }),
    });
    await one.hint();
    await one.called('handOff');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'handOff']);
  });

  test('A4 a handoff that came too late is followed by a look', async () => {
    const one = ticket({
      planTurn: () => ({ verdict: 'handoff', reasons: ['low_confidence'] }),
      handOff: () => ({ outcome: 'dropped' }),
    });
    await one.hint();
    await one.called('syncTicket', 2);
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'handOff', 'syncTicket']);
  });

  test('H a handoff that fails for good leaves the run alive, and the next hint tries again', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth <= 2 ? waits() : quiet()),
      planTurn: () => ({ verdict: 'handoff', reasons: ['low_confidence'] }),
      handOff: (nth) => {
        if (nth === 1) throw refusal();
        return { outcome: 'handed_off', owner: 'none' };
      },
    });
    await one.hint();
    await one.called('handOff');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'handOff']);
    expect(await one.status()).toBe('RUNNING');
    await one.hint();
    await one.called('handOff', 2);
    expect(await one.count('WORKFLOW_TASK_FAILED')).toBe(0);
  });
});

describe('R resolving', () => {
  /** The AI's reply has been the last word for long enough. */
  const overdue = () => quiet({ session: { responder: 'ai', owner: 'ai', aiWrote: true, resolveDueMs: NOON_MS } });
  /** It will have been in an hour. */
  const answered = () =>
    quiet({ session: { responder: 'ai', owner: 'ai', aiWrote: true, resolveDueMs: NOON_MS + 3_600 * SECOND_MS } });

  test('R1 nothing more comes: when the time is over the ticket is resolved, and the run ends', async () => {
    const one = ticket({ syncTicket: (nth) => [answered(), overdue()][nth - 1] ?? closed() });
    await one.hint();
    expect(await one.result()).toEqual({ ended: 'closed', rule: 'S1' });
    expect(one.did).toEqual(['syncTicket', 'syncTicket', 'resolveTicket', 'syncTicket']);
    expect((await one.timersMs())[0]).toBe(3_600 * SECOND_MS);
    expect(one.inputs('resolveTicket')).toEqual([
      { connectionId: 'acme', ticketId: one.id, turnId: expect.stringMatching(UUID), closure: 'assumed_resolved' },
    ]);
  });

  test('R2 a refused resolve leaves the ticket open, and is not tried again by itself', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth === 1 ? overdue() : quiet()),
      resolveTicket: () => ({ outcome: 'refused' }),
    });
    await one.hint();
    await one.called('resolveTicket');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'resolveTicket']);
    expect(await one.status()).toBe('RUNNING');
  });

  test('R2 a resolve that came too late is followed by a look, but not for ever', async () => {
    const one = ticket({ syncTicket: () => overdue(), resolveTicket: () => ({ outcome: 'dropped' }) });
    await one.hint();
    await one.called('resolveTicket', 5);
    await pass('1 hours');
    expect(one.inputs('resolveTicket')).toHaveLength(5);
  });

  test('R1 a resolve that fails for good leaves the ticket open', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth === 1 ? overdue() : quiet()),
      resolveTicket: () => {
        throw refusal();
      },
    });
    await one.hint();
    await one.called('resolveTicket');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'resolveTicket']);
    expect(await one.status()).toBe('RUNNING');
  });

  const thanks = (session: Parameters<typeof waits>[0]) => ({
    syncTicket: (nth: number) => (nth === 1 ? waits(session) : closed()),
    planTurn: () => ({ verdict: 'no_reply' as const, reasons: [] }),
  });
  test('R3 thanks end the conversation at once, without a reply', async () => {
    const one = ticket(thanks({ session: { responder: 'ai', owner: 'ai', aiWrote: true } }));
    await one.hint();
    expect(await one.result()).toEqual({ ended: 'closed', rule: 'S1' });
    expect(one.did).toEqual(['syncTicket', 'planTurn', 'resolveTicket', 'syncTicket']);
    expect(one.inputs('resolveTicket')).toMatchObject([
      { turnId: one.inputs('planTurn')[0]?.turnId, closure: 'resolved' },
    ]);
  });

  test.each([
    ['R4 in assist', { mode: 'assist', responder: 'ai' }],
    ['R2 on a ticket that nobody has', { responder: 'none' }],
  ] as const)('%s thanks resolve nothing', async (_name, session) => {
    const one = ticket(thanks({ session }));
    await one.hint();
    await one.called('planTurn');
    await pass('1 hours');
    expect(one.did).toEqual(['syncTicket', 'planTurn']);
  });
});
