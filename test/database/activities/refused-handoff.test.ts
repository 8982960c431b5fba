import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHandoffActivities } from '../../../src/activities/handoff.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import { createRemoval } from '../../../src/db/conversations/removal.ts';
import { createSessionReads } from '../../../src/db/reads/session-reads.ts';
import { createTicketTraces } from '../../../src/db/reads/ticket-traces.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { cli, opening } from '../../../testbed/cli.ts';
import { takeTurn } from '../../../testbed/turns.ts';

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror({ settings: { handoff: { routing: { kind: 'unassign' } } } });
});
beforeEach(() => mirror.simulator.faults.clear());
afterAll(() => mirror.close());

/** A ticket of the AI's, which Freshdesk does not let go of whatever is tried. */
async function refused(): Promise<number> {
  const { id: ticketId } = mirror.account.customerCreatesTicket({
    email: 'mia@customer.example',
    subject: 'My parcel',
    text: 'Where is my parcel?',
    responderId: mirror.account.aiAgent.id,
  });
  mirror.later(SECOND_MS);
  await mirror.sync(ticketId);
  mirror.simulator.faults.add({
    kind: 'status',
    status: 400,
    body: {
      description: 'Validation failed',
      errors: [{ field: 'cf_order', message: 'blank', code: 'missing_field' }],
    },
    match: { method: 'PUT', path: '/tickets/:id' },
    times: null,
  });
  await expect(handOff(ticketId)).rejects.toMatchObject({ type: 'Missing' });
  return ticketId;
}

const handOff = (ticketId: number) =>
  createHandoffActivities(mirror.deps).handOff({
    connectionId: 'default',
    ticketId,
    turnId: null,
    reasons: ['low_confidence'],
    throughSeq: 0,
  });
const items = async (ticketId: number) =>
  (await createAttention(mirror.db).list(1_000)).filter((item) => item.ticketId === ticketId);

describe('H4 a handoff that Freshdesk refuses altogether', () => {
  test('needs a person from the first refusal on, and is tried again', async () => {
    const ticketId = await refused();
    const since = new Date(mirror.clock.ms);
    const item = { kind: 'refused_handoff', ticketId, since, what: expect.stringContaining('cf_order') };
    expect(await items(ticketId)).toMatchObject([item]);
    mirror.later(SECOND_MS);
    await expect(handOff(ticketId)).rejects.toMatchObject({ type: 'Missing' });
    await mirror.sync(ticketId);
    expect(await items(ticketId)).toMatchObject([item]); // no new problem

    mirror.simulator.faults.clear();
    expect(await handOff(ticketId)).toMatchObject({ outcome: 'handed_off' });
    expect(await items(ticketId)).toEqual([]);
    expect(await mirror.session(ticketId)).toMatchObject({ handoffRefused: null, handoffRefusedAt: null });
  });

  test.each<[string, (ticketId: number) => unknown]>([
    ['a person takes the ticket', (id) => mirror.account.assign(id, mirror.account.humans[0]?.id ?? null)],
    ['a person answers and leaves it with the AI', (id) => mirror.account.agentReplies(id, { text: 'On its way.' })],
    ['the ticket is closed', (id) => mirror.account.setStatus(id, 5)],
    [
      'the ticket is in the trash',
      (id) => Object.assign(mirror.account.state.tickets.get(id) ?? {}, { deleted: true }),
    ],
  ])('is over when %s', async (_what, happens) => {
    const ticketId = await refused();
    happens(ticketId);
    await mirror.sync(ticketId);
    expect(await mirror.session(ticketId)).toMatchObject({ handoffRefused: null, handoffRefusedAt: null });
    expect(await items(ticketId)).toEqual([]);
  });

  test('is no longer wanted when a person has answered, or the AI answers after all', async () => {
    const byPerson = await refused();
    mirror.account.agentReplies(byPerson, { text: 'It is on its way.' });
    expect(await handOff(byPerson)).toEqual({ outcome: 'dropped' });
    expect(await items(byPerson)).toEqual([]);

    const byAi = await refused();
    mirror.simulator.faults.clear();
    await mirror.set({ channels: { email: { mode: 'autopilot' } } });
    await takeTurn(mirror, byAi, 'autopilot', 'On its way');
    expect(await items(byAi)).toEqual([]);
  });

  test('of a ticket that somebody has unassigned by hand is done', async () => {
    const ticketId = await refused();
    mirror.account.assign(ticketId, null);
    expect(await handOff(ticketId)).toMatchObject({ outcome: 'handed_off', owner: 'none' });
    expect(await items(ticketId)).toEqual([]);
  });

  test('stands in "ticket show", and goes with the data of its requester', async () => {
    const ticketId = await refused();
    const { connections, db } = mirror;
    const open = opening({
      connections,
      traces: createTicketTraces(db),
      attention: createAttention(db),
      sessionReads: createSessionReads(db),
      temporalUi: async () => null,
    });
    const { out } = await cli(['ticket', 'show', String(ticketId)], { open });
    expect(out).toMatch(/handing over was refused 2026-.+: Freshdesk asks for cf_order/);
    await createRemoval(db).eraseContact('default', 'mia@customer.example');
    expect(await mirror.session(ticketId)).toMatchObject({ handoffRefused: null, handoffRefusedAt: null });
  });
});
