import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ServiceError } from '@temporalio/client';
import { createReplyActivities } from '../../../src/activities/reply.ts';
import { createRemoval } from '../../../src/db/conversations/removal.ts';
import type { TicketTrace } from '../../../src/contract/trace.ts';
import { createSessionReads } from '../../../src/db/reads/session-reads.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import { createTicketTraces } from '../../../src/db/reads/ticket-traces.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { cli, opening } from '../../../testbed/cli.ts';
import { takeTurn } from '../../../testbed/turns.ts';

let mirror: Mirror;
const hints: unknown[] = [];
let temporalFails: Error | null = null;
beforeAll(async () => {
  mirror = await openMirror();
});
beforeEach(async () => {
  hints.length = 0;
  temporalFails = null;
  mirror.simulator.faults.clear();
  await mirror.set({ paused: false, channels: { email: { mode: 'autopilot' } } });
});
afterAll(() => mirror.close());

/** A command line over the mirror's database; hints are collected instead of sent, unless Temporal is to fail. */
function run(...args: string[]) {
  const { connections, deps, db } = mirror;
  const open = opening({
    connections,
    sessions: deps.sessions,
    outbounds: deps.outbounds,
    timing: deps.timing,
    traces: createTicketTraces(db),
    attention: createAttention(db),
    sessionReads: createSessionReads(db),
    account: deps.account,
    temporalUi: async () => 'http://127.0.0.1:8233/namespaces/default/workflows',
    removal: createRemoval(db),
    signalTicket: async (connectionId, ticketId, hint) => {
      if (temporalFails !== null) throw temporalFails;
      hints.push([connectionId, ticketId, hint.kind]);
    },
  });
  return cli(args, { open });
}

async function ask(text = 'Where is my parcel?'): Promise<number> {
  const { id } = mirror.account.customerCreatesTicket({
    email: 'mia@customer.example',
    name: 'Mia',
    subject: 'My parcel',
    text,
  });
  mirror.later(SECOND_MS);
  return id;
}
const traceOf = async (ticketId: number) =>
  JSON.parse((await run('ticket', 'show', String(ticketId), '--json')).out) as TicketTrace;

/** What was asked of a model for this turn, and what came back. */
async function modelCalls(turnId: string, calls: [stage: string, round: number, result: object | null][]) {
  const { sessionId } = await mirror.db.turn.findUniqueOrThrow({ where: { id: turnId } });
  const now = Date.now();
  await mirror.db.modelCall.createMany({
    data: calls.map(([stage, round, result], index) => ({
      connectionId: 'default',
      sessionId,
      turnId,
      stage,
      round,
      model: 'small-1',
      startedAt: new Date(now + index),
      endedAt: new Date(now + index),
      inputTokens: 100,
      outputTokens: 10,
      ...(result === null ? {} : { result }),
    })),
  });
}

const INSIGHT = {
  heads: [
    {
      head: 'account',
      verdict: 'doubt',
      score: 0.62,
      doubt: 0.5,
      sure: 0.9,
      nearest: { text: 'Where is my order?', positive: true },
    },
    { head: 'person', verdict: 'no', score: -3.2, doubt: 0, sure: 0.5, nearest: null },
  ],
  articles: [{ articleId: 'a', title: 'Shipping', meaning: 1.8171, words: 0.4249 }],
};

describe('ticket show', () => {
  test('A9 shows every turn: which rule decided, what it went by, and what was written where', async () => {
    const ticketId = await ask();
    const { turnId } = await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
    await mirror.db.turn.update({
      where: { id: turnId },
      data: {
        sources: [{ title: 'Shipping', articleId: 'a', score: 0.834 }],
        model: 'small-1',
        tokens: 321,
        insight: INSIGHT,
      },
    });
    const check = { supported: true, answers: true, obeys: false, reserved: false, reason: 'written by a model' };
    await modelCalls(turnId, [
      ['draft', 1, null],
      ['draft', 2, { verdict: 'answer', answer: 'written by a model' }],
      ['check', 1, { ...check, supported: false, obeys: true }],
      ['check', 2, check],
    ]);
    const [reply] = mirror.account.thread(ticketId);
    const { status, out } = await run('ticket', 'show', String(ticketId));
    expect(status).toBe(0);
    const [first] = out.split('\n');
    expect(first).toBe(
      `Ticket ${ticketId}: The AI replies in public: the ticket is assigned to it, and e-mail is on autopilot. (E4)`,
    );
    for (const line of [
      'from: Mia <mia@customer.example>, contact ',
      'subject: My parcel',
      `covered through ticket:${ticketId}`,
      'open, assigned to the AI agent, email, autopilot, Open in Freshdesk\n',
      'nothing waits\n',
      'last: replied 0.90 from Shipping (2',
      `/a/tickets/${ticketId}\n`,
      `Temporal: http://127.0.0.1:8233/namespaces/default/workflows/ticket%3Adefault%3A${ticketId}`,
      `  customer (ticket:${ticketId})\n    Where is my parcel?`,
      `  the AI (conversation:${reply?.id})\n    On its way`,
      'replied in public (E7, autopilot)',
      `seen up to ticket:${ticketId}, conversation 1`,
      'confidence 0.90, the threshold was 0.60',
      'topic: returns',
      'from: Shipping (0.83)',
      'guards: passed',
      'heard: something of their own: doubt, 0.62 (doubt from 0.5, sure from 0.9); nearest example: “Where is my order?”',
      'not heard: asks for a person -3.2',
      'compared: Shipping: meaning 1.82, words 0.42',
      'model: draft 1 unreadable (110 tokens); draft 2 answer (110 tokens); check 1 unsupported, obeys (110 tokens); check 2 passed (110 tokens)',
      'engine scripted, small-1, 321 tokens',
      `reply to the customer: sent (conversation:${reply?.id})`,
    ])
      expect(out).toContain(line);
    expect(out).not.toContain('written by a model');
    expect((await traceOf(ticketId)).turns[0]?.insight).toEqual(INSIGHT);
    const silent = await run('ticket', 'show', String(ticketId), '--no-text');
    expect(silent.out).toContain(`customer (ticket:${ticketId})\n`);
    expect(silent.out).not.toContain('Where is my parcel?');
    expect(silent.out).not.toContain('My parcel');
  });

  test('A9 drafts with their fate, handoffs, and messages that wait', async () => {
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = await ask();
    await takeTurn(mirror, ticketId, 'assist', 'It has left our house yesterday');
    mirror.later(SECOND_MS);
    const { id } = mirror.account.customerReplies(ticketId, { text: 'Hello?' });
    await mirror.sync(ticketId);
    const session = await mirror.session(ticketId);
    await mirror.deps.handoffs.record(
      {
        sessionId: session?.id ?? '',
        episode: 1,
        throughSeq: 0,
        reasons: ['low_confidence'],
        summary: 'A parcel\u001B[31m\nis late',
        sentiment: null,
        language: null,
        routing: { kind: 'unassign', step: 'routed' },
      },
      false,
    );
    const { out } = await run('ticket', 'show', String(ticketId));
    expect(out).toContain('note with the draft: posted (conversation:');
    expect(out).toContain('the draft was superseded: The customer had written again');
    expect(out).toMatch(new RegExp(`waits for the AI since 2\\S+ \\S+ \\S+: conversation:${id}\\n`));
    expect(out).toContain('handed over: the ticket was unassigned');
    expect(out).toContain('because: The best answer found is not certain enough to send. (low_confidence)');
    expect(out).toContain('summary: A parcel [31m is late'); // nothing that steers a terminal
    expect((await run('ticket', 'show', String(ticketId), '--no-text')).out).not.toContain('is late');
    const trace = await traceOf(ticketId);
    expect(trace.turns[0]).toMatchObject({ outcome: 'drafted', draft: { fate: 'superseded', distance: null } });
    expect(trace.writes).toMatchObject([{ kind: 'draft', state: 'sent', turnId: trace.turns[0]?.id }]);
    expect(trace.waiting).toEqual([{ freshdeskId: `conversation:${id}`, at: expect.any(String) }]);
  });

  test('A9 E8 what is never answered, by which rule and why', async () => {
    const ticketId = await ask();
    const { id } = mirror.account.customerReplies(ticketId, {
      text: 'I am out of the office until Monday.',
      autoResponse: true,
    });
    await mirror.sync(ticketId);
    const { out } = await run('ticket', 'show', String(ticketId));
    expect(out).toContain(
      `customer (never answered: E8 auto_reply: An automatic reply, such as an absence note, conversation:${id})`,
    );
    expect((await traceOf(ticketId)).ignored).toMatchObject([{ freshdeskId: `conversation:${id}`, rule: 'E8' }]);
  });

  test('L5 what keeps the ticket, or a part of it, from being read comes first', async () => {
    const ticketId = await ask();
    await mirror.sync(ticketId);
    const place = { kind: 'unreadable_entries', place: `ticket:default:${ticketId}`, connection: 'default' } as const;
    await mirror.deps.conditions.note(place, { what: 'An entry cannot be read.', whatToDo: 'Look at it.' });
    expect((await run('ticket', 'show', String(ticketId))).out).toMatch(
      /since .*: An entry cannot be read\. Look at it\./,
    );
    expect(await traceOf(ticketId)).toMatchObject({ troubles: [expect.stringContaining('An entry cannot be read.')] });
  });

  test('A9 what a pause holds up, and a ticket that was closed', async () => {
    const ticketId = await ask();
    await run('pause');
    await mirror.sync(ticketId);
    const held = (await run('ticket', 'show', String(ticketId))).out;
    expect(held).toContain('the connection is paused. "resume" lets it go on. (E12)');
    expect(held).toContain('held since ');
    mirror.account.setStatus(ticketId, 5);
    await mirror.sync(ticketId);
    expect((await run('ticket', 'show', String(ticketId))).out).toMatch(
      /^Ticket \d+: Nobody: closed in Freshdesk\. [^]*closed 2\S+ \S+ \S+ by freshdesk\n/,
    );
  });

  test('a ticket without a session, a connection that is none, and no number each say what to do', async () => {
    const none = await run('ticket', 'show', '999999');
    expect(none.status).toBe(1);
    expect(none.err).toMatch(/ has no ticket 999999 /);
    const unknown = await run('ticket', 'show', '1', '--connection', 'nowhere');
    expect(unknown.status).toBe(1);
    expect(unknown.err).toContain('nowhere');
    for (const id of ['abc', '0', '-1', '1.5', '99999999999999999999']) {
      expect((await run('ticket', 'show', '--', id)).status).toBe(2);
    }
    expect((await run('ticket', 'show', '999999', '--json')).err).toMatch(/^\{"error":/);
  });

  test('E2 a ticket that is not tracked: the intake leaves it out, nobody has told of it, or Freshdesk cannot be asked', async () => {
    const ticketId = await ask();
    const why = async () => (await run('ticket', 'show', String(ticketId))).err;
    await mirror.set({ intake: { autoHandleAll: false } });
    expect(await why()).toContain('it is assigned to nobody, and intake.autoHandleAll is off.');
    await mirror.set({ intake: { autoHandleAll: true }, rollout: { percent: 0 } });
    expect(await why()).toContain('not among the 0 % of rollout.percent');
    await mirror.set({ rollout: { percent: 100 } });
    expect(await why()).toContain(`nobody has told us of it. "ticket sync ${ticketId}"`);
    mirror.account.setTags(ticketId, ['vip']);
    await mirror.set({ intake: { exclude: { tags: ['vip'] } } });
    expect(await why()).toContain('its tag "vip" is in intake.exclude.tags.');
    await mirror.set({ intake: { exclude: { tags: [] } } });
    mirror.simulator.faults.add({ kind: 'status', status: 500, match: { method: 'GET', path: '/tickets/:id' } });
    expect(await why()).toContain('is not tracked on connection "default", and Freshdesk could not be asked');
  });

  test('E2 the first line says why it is not the AI: on autopilot, and not given to it', async () => {
    await mirror.set({ intake: { autoHandleAll: false } });
    const ticketId = await ask();
    await mirror.sync(ticketId, ['backfill']);
    const { out } = await run('ticket', 'show', String(ticketId));
    await mirror.set({ intake: { autoHandleAll: true } });
    expect(out.split('\n')[0]).toBe(
      `Ticket ${ticketId}: E-mail is on autopilot, but this ticket was there before the account was connected, and was mirrored only: it is not assigned to the AI agent, and intake.autoHandleAll is off. (E2)`,
    );
    expect(out).toContain(`nothing waits for the AI; without an answer of ours: ticket:${ticketId}`);
  });
});

describe('ticket sync and ticket retry', () => {
  /** A reply that was sent twice without an answer, and is nowhere. */
  async function undecided(): Promise<number> {
    const ticketId = await ask();
    mirror.simulator.faults.add({
      kind: 'status',
      status: 502,
      times: 2,
      match: { method: 'POST', path: '/tickets/:id/reply' },
    });
    await expect(takeTurn(mirror, ticketId, 'autopilot', 'On its way')).rejects.toMatchObject({
      type: 'OutcomeUnknown',
    });
    const [turn] = (await traceOf(ticketId)).turns;
    const { deliverReply } = createReplyActivities(mirror.deps);
    const again = () => deliverReply({ connectionId: 'default', ticketId, turnId: turn?.id ?? '', final: false });
    mirror.later(60 * SECOND_MS);
    await expect(again()).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    mirror.later(60 * SECOND_MS);
    expect(await again()).toEqual({ outcome: 'undecided' });
    mirror.simulator.faults.clear();
    return ticketId;
  }

  test('W1 sync gives an operator’s hint, which reads the whole thread', async () => {
    const ticketId = await ask();
    const { status, out } = await run('ticket', 'sync', String(ticketId));
    expect([status, hints]).toEqual([0, [['default', ticketId, 'operator']]]);
    expect(out).toContain(`ticket show ${ticketId}`);
    const json = await run('ticket', 'sync', String(ticketId), '--json');
    expect(JSON.parse(json.out)).toEqual({ connection: 'default', ticketId, hinted: true });
  });

  test('A5 retry clears an undecided reply, and it can be sent again', async () => {
    const ticketId = await undecided();
    expect((await run('ticket', 'show', String(ticketId))).out).toContain(
      'reply to the customer: unknown whether it arrived after 2 tries, last tried ',
    );
    const { status, out } = await run('ticket', 'retry', String(ticketId));
    expect([status, hints]).toEqual([0, [['default', ticketId, 'operator']]]);
    expect(out).toContain('Cleared: 1 undecided write on ticket');
    await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
    expect(mirror.account.thread(ticketId).filter((entry) => !entry.private)).toHaveLength(1);
  });

  test('A5 retry tells when people have the ticket, and when nothing was in the way', async () => {
    const ticketId = await undecided();
    mirror.account.assign(ticketId, mirror.account.humans[0]?.id ?? 0);
    mirror.account.agentReplies(ticketId, { text: 'I am on it' });
    await mirror.sync(ticketId);
    expect((await run('ticket', 'retry', String(ticketId))).out).toContain('assign it to the AI agent');
    const { out } = await run('ticket', 'retry', String(ticketId), '--json');
    expect(JSON.parse(out)).toEqual({
      connection: 'default',
      ticketId,
      writes: 0,
      refused: 0,
      resolve: false,
      status: 'handed_off',
    });
  });

  test('A5 retry says what it has cleared when Temporal does not take the hint, and what is left to do', async () => {
    const ticketId = await undecided();
    const cause = Object.assign(new Error('Timeout expired'), { code: 1 });
    temporalFails = new ServiceError('Failed to signalWithStart Workflow', { cause });
    const { status, out, err } = await run('ticket', 'retry', String(ticketId));
    expect([status, out]).toEqual([1, '']);
    expect(err).toBe(
      `Cleared: 1 undecided write on ticket ${ticketId}, but its workflow was not told: Temporal did not answer in time. Try again; "doctor" says whether it works. Then run "ticket sync ${ticketId}"; without it, the ticket goes on with its next change.\n`,
    );
    expect((await traceOf(ticketId)).writes).not.toContainEqual(expect.objectContaining({ state: 'unknown' }));
  });

  test('A6 retry clears an answer that Freshdesk refused', async () => {
    const ticketId = await ask();
    mirror.simulator.faults.add({
      kind: 'refuse_field',
      field: 'body',
      match: { method: 'POST', path: '/tickets/:id/reply' },
    });
    await expect(takeTurn(mirror, ticketId, 'autopilot', 'On its way')).rejects.toMatchObject({ type: 'Rejected' });
    expect((await run('ticket', 'show', String(ticketId))).out).toContain(
      'reply to the customer: Freshdesk refused it: ',
    );
    const { out } = await run('ticket', 'retry', String(ticketId));
    expect(out).toContain(`Cleared: 1 refused answer on ticket ${ticketId}.`);
    expect((await takeTurn(mirror, ticketId, 'autopilot', 'On its way')).delivery).toMatchObject({ outcome: 'sent' });
    expect(mirror.account.thread(ticketId).filter((entry) => !entry.private)).toHaveLength(1);
  });

  test('R2 retry lets a refused resolution be tried again', async () => {
    const ticketId = await ask();
    await mirror.sync(ticketId);
    const session = await mirror.session(ticketId);
    await mirror.deps.sessions.resolveRefused(session?.id ?? '', 'cf_reason');
    expect((await run('ticket', 'show', String(ticketId))).out).toContain(
      'resolving was refused: Freshdesk asks for cf_reason',
    );
    expect((await run('ticket', 'retry', String(ticketId))).out).toContain('Cleared: a refused resolution');
    expect((await mirror.session(ticketId))?.resolveRefused).toBeNull();
  });
});

describe('pause, resume, contact erase', () => {
  test('E12 pause stops what is written, resume lets it go on', async () => {
    const ticketId = await ask();
    const paused = await run('pause');
    expect([paused.status, paused.out]).toEqual([0, expect.stringContaining('nothing is written')]);
    expect((await mirror.sync(ticketId)).settings.paused).toBe(true);
    expect(JSON.parse((await run('resume', '--json')).out)).toEqual({ connection: 'default', paused: false });
    expect((await mirror.sync(ticketId)).settings.paused).toBe(false);
    expect((await run('pause', '--connection', 'nowhere')).status).toBe(1);
  });

  test('K1 contact erase removes, counts, and names the tickets; whom nobody knows is an error', async () => {
    const email = 'erase-me@customer.example';
    const ticketId = mirror.account.customerCreatesTicket({ email, subject: 'Mine', text: 'All about me' }).id;
    await mirror.sync(ticketId);
    const dry = await run('contact', 'erase', email, '--dry-run');
    expect(dry.out).toContain('Nothing was changed');
    expect(await mirror.rows(ticketId)).toHaveLength(1);
    const unasked = await run('contact', 'erase', email);
    expect([unasked.status, unasked.err]).toEqual([2, expect.stringContaining(`A contact with 1 message, 0 files,`)]);
    expect(unasked.err).toContain(`(ticket ${ticketId}) is removed`);
    expect(await mirror.rows(ticketId)).toHaveLength(1);
    const { status, out } = await run('contact', 'erase', email, '--yes', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      tickets: [ticketId],
      dryRun: false,
      removed: { sessions: 1, messages: 1 },
    });
    expect(await mirror.rows(ticketId)).toEqual([]);
    expect((await run('ticket', 'show', String(ticketId))).out).toContain('Nobody here: its requester was erased');
    const again = await run('contact', 'erase', email);
    expect([again.status, again.err]).toEqual([1, expect.stringContaining('nothing to remove')]);
  });

  test('K1 contact erase on a connection that is none says so, and erases what a removed one has left', async () => {
    const email = 'left-behind@customer.example';
    const simulator = await mirror.connect('leaving');
    const { id } = simulator.account.customerCreatesTicket({ email, subject: 'Mine', text: 'All about me' });
    await mirror.sync(id, ['webhook'], 'leaving');
    const mistyped = await run('contact', 'erase', email, '--connection', 'leavign');
    expect(mistyped).toMatchObject({
      status: 1,
      err: expect.stringMatching(/no connection "leavign".*connections list/),
    });
    await mirror.connections.remove('leaving');
    const removed = await run('contact', 'erase', email, '--connection', 'leaving', '--yes');
    expect(removed).toMatchObject({ status: 0, out: expect.stringContaining(`(ticket ${id})`) });
    expect(await mirror.rows(id, 'leaving')).toEqual([]);
  });

  test('every command shows how it is used', async () => {
    for (const args of ['ticket show', 'ticket sync', 'ticket retry', 'pause', 'resume', 'contact erase']) {
      const { status, out } = await run(...args.split(' '), '--help');
      expect(status).toBe(0);
      expect(out).toContain('Examples:');
      expect(out).toContain('--json');
      expect(out).toContain('--connection');
    }
  });
});
