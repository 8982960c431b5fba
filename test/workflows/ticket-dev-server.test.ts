import { describe, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { quiet, refused, waits } from './script.ts';
import { TestTemporal } from './harness.ts';
import { until } from '../../testbed/until.ts';
import type { TestTicket } from './test-ticket.ts';
import { useTemporal } from './setup.ts';

const SUGGEST_AFTER = 40;
const { ticket, temporal } = useTemporal((workflows) =>
  TestTemporal.devServer(workflows, { suggestContinueAsNewAfter: SUGGEST_AFTER }),
);

/** Hints, one after the other, until the run has continued as new. Returns the run that went before. */
async function untilContinued(one: TestTicket): Promise<WorkflowHandle> {
  await one.hint();
  await one.called('syncTicket');
  const { runId } = await one.handle.describe();
  const run = temporal().env.client.workflow.getHandle(one.workflowId, runId);
  await until('the run continues as new', async () => {
    if ((await run.describe()).status.name === 'CONTINUED_AS_NEW') return true;
    const looks = one.inputs('syncTicket').length;
    await one.hint();
    await one.called('syncTicket', looks + 1);
    await one.idle();
    return false;
  });
  return run;
}

/** What the newest run was started with. */
async function inputOf(one: TestTicket): Promise<unknown> {
  const { events } = await one.handle.fetchHistory();
  const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return payload?.data == null ? undefined : JSON.parse(Buffer.from(payload.data).toString('utf8'));
}

describe('S4 a run that lives long', () => {
  test('S4 continues as new between turns, and goes on with the ticket', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    const before = await untilContinued(one);
    const { events } = await before.fetchHistory();
    expect(events?.length ?? 0).toBeGreaterThan(SUGGEST_AFTER);
    expect(events?.length ?? 0).toBeLessThan(SUGGEST_AFTER + 20);

    const looks = one.inputs('syncTicket').length;
    await one.hint();
    await one.called('syncTicket', looks + 1);
    expect(await one.status()).toBe('RUNNING');
  });

  test('S4 carries the deadline: the next reading is not put off, and there is no look in between', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await untilContinued(one);
    const looks = one.inputs('syncTicket').length;
    const input = await inputOf(one);
    expect(input).toEqual({
      connectionId: 'acme',
      ticketId: one.id,
      carried: {
        hints: [],
        alarmAtMs: expect.any(Number),
        goOnAfterMs: 23 * 3_600_000,
        details: expect.stringContaining(`Ticket ${one.id}`),
      },
    });
    await one.timers(1);
    const [timerMs] = await one.timersMs();
    expect(timerMs).toBeGreaterThan(23.9 * 3_600_000);
    expect(timerMs).toBeLessThanOrEqual(24 * 3_600_000);
    expect(one.inputs('syncTicket')).toHaveLength(looks);
  });

  test('S4 a hint that comes during the last look of a run is carried to the next: none is ever lost', async () => {
    const HINTS = 12;
    const one: TestTicket = ticket({
      // Every look is followed by another only because a hint came during it.
      syncTicket: async (nth) => {
        if (nth <= HINTS) await one.hint('operator');
        return quiet();
      },
    });
    await one.hint();
    await one.called('syncTicket', HINTS + 1);
    await one.idle();
    const [first, ...others] = one.inputs('syncTicket').map(({ hints }) => hints);
    expect(first).toEqual(['webhook']);
    expect(others).toEqual(Array.from({ length: HINTS }, () => ['operator']));
    await until('more than one run is listed', async () => (await one.runs()) > 1);
  });

  test('S4 not in the middle of a turn that starts over', async () => {
    const one = ticket({
      syncTicket: () => waits(),
      deliverReply: (_nth, { final }) => (final ? { outcome: 'sent', owner: 'ai' } : { outcome: 'superseded' }),
    });
    await one.hint();
    await one.called('deliverReply', 4);
    await until('the run continues as new', async () => (await one.runs()) === 2);
    expect(one.inputs('deliverReply').map(({ final }) => final)).toEqual([false, false, false, true]);
  });
});

describe('what Temporal shows of a ticket', () => {
  const listed = async (query: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { workflowId } of temporal().env.client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
  const listedAs = (one: TestTicket, query: string): Promise<void> =>
    until(
      `ticket ${one.id} is listed as ${query}`,
      async () => (await listed(`TicketId = "${one.id}" AND ${query}`)).length === 1,
    );

  test('an answered ticket is found by number, connection, channel, status and owner', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth === 1 ? waits() : quiet({ session: { responder: 'ai', owner: 'ai' } })),
    });
    await one.hint();
    await one.called('deliverReply');
    await listedAs(one, 'Connection = "acme" AND Channel = "email" AND SessionStatus = "open" AND TicketOwner = "ai"');
    expect(await one.attributes()).toEqual({
      TicketId: String(one.id),
      Connection: 'acme',
      Channel: 'email',
      SessionStatus: 'open',
      TicketOwner: 'ai',
    });
  });

  test('a ticket handed off is found by its reasons; given back, the reasons are gone', async () => {
    const one = ticket({
      syncTicket: (nth) => (nth === 1 ? waits() : quiet({ session: { responder: 'ai', owner: 'ai', episode: 2 } })),
      planTurn: () => ({ verdict: 'handoff', reasons: ['low_confidence', 'frustrated_customer'] }),
    });
    await one.hint();
    await one.called('handOff');
    await listedAs(
      one,
      'SessionStatus = "handed_off" AND TicketOwner = "none" AND HandoffReason = "frustrated_customer"',
    );
    await one.hint();
    await listedAs(one, 'SessionStatus = "open" AND TicketOwner = "ai" AND HandoffReason IS NULL');
  });

  test('reasons stay while the session is handed off', async () => {
    const theirs = quiet({ session: { status: 'handed_off', responder: 'person', owner: 'human', rereadAtMs: null } });
    const one = ticket({
      syncTicket: (nth) => (nth === 1 ? waits() : theirs),
      planTurn: () => ({ verdict: 'handoff', reasons: ['safety'] }),
    });
    await one.hint();
    await one.called('handOff');
    await one.hint();
    await listedAs(one, 'SessionStatus = "handed_off" AND TicketOwner = "human" AND HandoffReason = "safety"');
  });

  test('a closed ticket is found as closed', async () => {
    const one = ticket({
      syncTicket: () => quiet({ session: { status: 'closed_resolved', channel: 'web', rereadAtMs: null } }),
    });
    await one.hint();
    await listedAs(one, 'SessionStatus = "closed_resolved" AND Channel = "web" AND ExecutionStatus = "Completed"');
  });

  test('attributes cost an action each time: looks that change nothing send none', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await one.hint();
    await one.called('syncTicket');
    await one.hint();
    await one.called('syncTicket', 2);
    await one.idle();
    expect(await one.count('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES')).toBe(1);
  });

  test('S4 what is shown outlives a run that continues as new, and is not sent again', async () => {
    const one = ticket({ syncTicket: () => quiet({ session: { channel: 'phone' } }) });
    await untilContinued(one);
    await one.hint();
    await one.idle();
    expect(await one.attributes()).toMatchObject({
      TicketId: String(one.id),
      Connection: 'acme',
      Channel: 'phone',
      SessionStatus: 'open',
      TicketOwner: 'none',
    });
    expect(await one.count('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES')).toBe(0);
    // The SDK has no static summary for a run that continues another; the details name the ticket all the same.
    expect(await one.details()).toContain(`**Ticket ${one.id}** of connection`);
  });

  test('the static summary names the ticket and its connection', async () => {
    const one = ticket({ syncTicket: () => quiet() });
    await one.hint();
    expect(await one.summary()).toBe(`Ticket ${one.id} (acme)`);
  });

  test('the current details name status, owner, last decision and next look, and where to look', async () => {
    const links = { freshdesk: 'https://acme.freshdesk.com/a/tickets/7', inbox: 'https://ai.acme.example/inbox/1' };
    const one = ticket({ syncTicket: () => ({ ...quiet(), links }) });
    await one.hint();
    await one.called('syncTicket');
    await one.idle();
    expect(await one.details()).toBe(
      [
        `**Ticket ${one.id}** of connection \`acme\`: open, assigned to nobody`,
        '',
        '- who speaks: the AI, when the customer writes (A1)',
        '- last decision: nothing waits',
        "- next look without a hint: 2026-01-06T12:00:00.000Z (Freshdesk's clock)",
        '- woken by: webhook',
        '- look: [in Freshdesk](https://acme.freshdesk.com/a/tickets/7), [in the Inbox](https://ai.acme.example/inbox/1)',
      ].join('\n'),
    );
  });

  const DECISIONS: [name: string, script: Parameters<typeof ticket>[0], line: string][] = [
    [
      'replied',
      { planTurn: () => ({ verdict: 'answer', reasons: [], confidence: 0.912, articleId: 'a1' }) },
      'replied in public, confidence 0.91, article `a1`',
    ],
    ['replied, as a worker of before planned it', {}, 'replied in public'],
    ['drafted', { syncTicket: () => waits({ session: { mode: 'assist' } }) }, 'left a draft for people'],
    [
      'handed off',
      {
        planTurn: () => ({
          verdict: 'handoff',
          reasons: ['safety', 'low_confidence'],
          confidence: 0.13,
          articleId: null,
        }),
      },
      'handed over: safety, low confidence, confidence 0.13',
    ],
    [
      'handed off, noted only',
      { planTurn: () => ({ verdict: 'handoff', reasons: ['safety'] }), handOff: () => ({ outcome: 'noted' }) },
      'planned: hand over (E6)',
    ],
    ['no reply', { planTurn: () => ({ verdict: 'no_reply', reasons: [] }) }, 'planned: no reply is wanted (E6)'],
    [
      'a person owns it',
      { syncTicket: () => waits({ session: { responder: 'person', status: 'handed_off' } }) },
      'silent (E4)',
    ],
    ['paused', { syncTicket: () => waits({ settings: { paused: true } }) }, 'silent (E12)'],
    ['refused by the gate', { syncTicket: () => refused() }, 'not taken (E2)'],
    [
      'closed',
      { syncTicket: () => quiet({ session: { status: 'closed_unresolved' } }) },
      'end, the ticket is closed (S3)',
    ],
  ];
  test.each(DECISIONS)('the current details tell the last decision: %s', async (_name, script, line) => {
    const one = ticket(script);
    await one.hint();
    await until(`the details tell: ${line}`, async () => (await one.details()).includes(`- last decision: ${line}\n`));
  });

  test('the current details keep what the AI did last when a later look finds nothing to do', async () => {
    let looks = 0;
    const one = ticket({
      syncTicket: () => (looks++ === 0 ? waits() : quiet()),
      planTurn: () => ({ verdict: 'answer', reasons: [], confidence: 0.912, articleId: 'a1' }),
    });
    await one.hint();
    await one.called('deliverReply');
    await one.hint();
    await until('it was looked at again', async () =>
      (await one.details()).includes('- who speaks: the AI, when the customer writes (A1)\n'),
    );
    expect(await one.details()).toContain('- last decision: replied in public, confidence 0.91, article `a1`\n');
  });

  test('the current details tell who speaks and why not the AI, and what may not have been delivered', async () => {
    const taken = ticket({ syncTicket: () => waits({ session: { responder: 'person', status: 'handed_off' } }) });
    await taken.hint();
    await until('a person has it', async () =>
      (await taken.details()).includes('- who speaks: a person, who has the ticket (E4)\n'),
    );
    const undecided = ticket({ deliverReply: () => ({ outcome: 'undecided' }) });
    await undecided.hint();
    await until('it is said what is undelivered', async () =>
      /- undelivered: an answer that may or may not have arrived/.test(await undecided.details()),
    );
    expect(await undecided.details()).toContain('- who speaks: people, the AI has handed it over\n');
  });

  test('activities and timers say what they are for', async () => {
    const one = ticket();
    await one.hint();
    await one.called('deliverReply');
    await one.idle();
    expect(await one.summaries()).toEqual([
      'next look without a hint',
      'plan the answer',
      'read the ticket',
      'reply to the customer',
    ]);
  });

  test('N1 nothing but ids, enums and numbers is in the history', async () => {
    const one = ticket();
    await one.hint();
    await one.called('deliverReply');
    await one.idle();
    for (const text of await one.payloads()) expect(text).toMatch(/^[\w\s:.,(){}[\]"'*`-]*$/);
  });
});
