import { expect, test } from '@jest/globals';
import { until } from '../../testbed/until.ts';
import { call, clock, simulator } from './harness.ts';

test('a reply of the customer opens pending, resolved and closed tickets, not custom ones', async () => {
  const sim = await simulator();
  const after = (status: number): number => {
    const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', status });
    sim.account.customerReplies(id, { text: 'again' });
    return sim.account.ticket(id).status;
  };
  expect([3, 4, 5, 6, 2].map(after)).toEqual([2, 2, 2, 6, 2]);
});

test('the reopening rule can be off or late', async () => {
  const sim = await simulator({ reopening: false });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', status: 4 });
  sim.account.customerReplies(id, { text: 'again' });
  expect(sim.account.ticket(id).status).toBe(4);
  sim.account.setReopening({ on: true, delayMs: 10 });
  sim.account.customerReplies(id, { text: 'again' });
  expect(sim.account.ticket(id).status).toBe(4);
  await until('the ticket is reopened', () => sim.account.ticket(id).status === 2);
});

test('round robin gives tickets to the agents in turn, leaves those with an agent, and can be switched off', async () => {
  const sim = await simulator();
  const group = sim.account.group('Returns');
  const [first, second] = group.agentIds;
  sim.account.setRoundRobin(group.id, { afterMs: 1 });
  const create = (responderId: number | null = null): number =>
    sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', groupId: group.id, responderId }).id;
  const ids = [create(), create(), create(sim.account.aiAgent.id)];
  await until('all are assigned', () => ids.every((id) => sim.account.ticket(id).responderId !== null));
  expect(ids.map((id) => sim.account.ticket(id).responderId)).toEqual([first, second, sim.account.aiAgent.id]);
  sim.account.setRoundRobin(group.id, null);
  expect((await call(sim, 'GET', `/groups/${group.id}`)).body).toMatchObject({ auto_ticket_assign: 0 });
});

test('a merged ticket is closed with a note, and its messages are in the other one by time', async () => {
  const time = clock();
  const sim = await simulator({ now: time.now });
  const primary = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'one' }).id;
  const other = sim.account.customerCreatesTicket({ email: 'a@b.example', subject: 'Two', text: 'two' }).id;
  sim.account.customerReplies(other, { text: 'early' });
  time.advance(1_000);
  sim.account.customerReplies(primary, { text: 'late' });
  sim.account.merge(primary, [other]);
  const [early, late, note] = sim.account.thread(primary);
  expect([early?.body, late?.body].map((body) => body?.replace(/<[^>]+>/g, ''))).toEqual(['early', 'late']);
  expect([note?.private, note?.body.includes('Two')]).toEqual([true, true]);
  expect(sim.account.ticket(other).status).toBe(5);
  expect(sim.account.thread(other)).toMatchObject([{ private: true }]);
});

test('a system job moves updated_at and nobody wrote', async () => {
  const time = clock();
  const sim = await simulator({ now: time.now });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  time.advance(5_000);
  sim.account.touchUpdatedAt(id);
  expect(sim.account.ticket(id).updatedAt).toBe('2026-03-01T09:00:05Z');
  expect(sim.account.thread(id)).toEqual([]);
});

test('the same address is the same contact, a caller without one is a new contact', async () => {
  const sim = await simulator();
  const requester = (person: { email?: string; phone?: string }): number =>
    sim.account.ticket(sim.account.customerCreatesTicket({ ...person, text: 'Hi' }).id).requesterId;
  expect(requester({ email: 'A@b.example' })).toBe(requester({ email: 'a@b.example' }));
  expect(requester({ phone: '1' })).not.toBe(requester({ phone: '1' }));
  const id = requester({ email: 'a@b.example' });
  const { body } = await call(sim, 'GET', `/contacts/${id}`);
  expect(body).toMatchObject({ id, email: 'A@b.example' });
  expect(String((body as { org_contact_id: number }).org_contact_id)).not.toBe(
    (body as { org_contact_id_str: string }).org_contact_id_str,
  );
});

test('ids are safe integers of twelve digits, ascending, and tickets count from 1', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const [first, second] = [
    sim.account.customerReplies(id, { text: '1' }).id,
    sim.account.agentReplies(id, { text: '2' }).id,
  ];
  expect([id, String(first).length, second > first]).toEqual([1, 12, true]);
});

test('acting on what does not exist says what is missing', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  expect(() => sim.account.customerReplies(7, { text: 'x' })).toThrow('there is no ticket 7');
  expect(() => sim.account.assign(id, 7)).toThrow('there is no agent 7');
  expect(() => sim.account.setGroup(id, 7)).toThrow('there is no group 7');
});
