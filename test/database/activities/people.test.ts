import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSessionReads } from '../../../src/db/reads/session-reads.ts';
import { HOUR_MS, openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror();
});
afterAll(() => mirror.close());

type Asked = Parameters<Mirror['account']['customerCreatesTicket']>[0];
let asked = 0;
/** A ticket of somebody nobody has heard of before, unless it says whose. */
function ask(ticket: Asked = {}): number {
  asked += 1;
  const email = `customer-${asked}@customer.example`;
  return mirror.account.customerCreatesTicket({ email, subject: 'A question', text: 'Where is it', ...ticket }).id;
}
async function shown(ticketId: number, connection = 'default') {
  const session = await mirror.session(ticketId, connection);
  return session === null ? null : createSessionReads(mirror.db).get(session.id);
}
const contactOf = async (ticketId: number, connection = 'default') =>
  (await shown(ticketId, connection))?.contact ?? null;
const readings = (ticketId: number) =>
  mirror.simulator.requests.find({ path: `/tickets/${ticketId}` }).map(({ query }) => query);

describe('contacts', () => {
  test('K1 the requester becomes a contact with name, e-mail and phone', async () => {
    const ticketId = ask({ email: 'Mia@Customer.Example', name: 'Mia' });
    mirror.account.setContact(mirror.account.ticket(ticketId).requesterId, { phone: '+49 30 123 456' });
    await mirror.sync(ticketId);
    expect(await contactOf(ticketId)).toEqual({
      id: expect.any(String),
      name: 'Mia',
      email: 'mia@customer.example',
      phone: '+4930123456',
    });
  });

  test('K1 the same e-mail is the same contact, in whatever case', async () => {
    const [one, other] = [ask({ email: 'sam@customer.example' }), ask({ email: 'sam.2@customer.example' })];
    mirror.account.setContact(mirror.account.ticket(other).requesterId, { email: 'SAM@customer.example' });
    await mirror.sync(one);
    await mirror.sync(other);
    expect((await contactOf(other))?.id).toBe((await contactOf(one))?.id);
  });

  test('K1 what is known of a contact is not emptied by a ticket that tells less', async () => {
    const [first, second] = [
      ask({ email: 'kim@customer.example', name: 'Kim' }),
      ask({ email: 'kim@customer.example' }),
    ];
    const { requesterId } = mirror.account.ticket(first);
    mirror.account.setContact(requesterId, { phone: '+49 30 777' });
    await mirror.sync(first);
    mirror.account.setContact(requesterId, { phone: null });
    await mirror.sync(second);
    expect(await contactOf(second)).toMatchObject({ name: 'Kim', email: 'kim@customer.example', phone: '+4930777' });
  });

  test('K1 two tickets of a new customer, seen at the same moment, make one contact', async () => {
    const tickets = Array.from({ length: 6 }, () => ask({ email: 'twice@customer.example' }));
    await Promise.all(tickets.map((id) => mirror.sync(id)));
    const contacts = await Promise.all(tickets.map((id) => contactOf(id)));
    expect(new Set(contacts.map((contact) => contact?.id)).size).toBe(1);
  });

  test('K1 another connection has contacts of its own', async () => {
    const other = await mirror.connect('other');
    const here = ask({ email: 'both@customer.example' });
    const there = other.account.customerCreatesTicket({ email: 'both@customer.example', text: 'Hello' }).id;
    await mirror.sync(here);
    await mirror.sync(there, ['webhook'], 'other');
    const [one, two] = [await contactOf(here), await contactOf(there, 'other')];
    expect(two).toMatchObject({ email: 'both@customer.example' });
    expect(two?.id).not.toBe(one?.id);

    const caller: Asked = { email: undefined, source: 3, name: 'Caller', phone: '0171 555' };
    const calls = [ask(caller), other.account.customerCreatesTicket(caller).id] as const;
    await mirror.sync(calls[0]);
    await mirror.sync(calls[1], ['webhook'], 'other');
    expect((await contactOf(calls[1], 'other'))?.id).not.toBe((await contactOf(calls[0]))?.id);
  });

  test('K1 a caller without an address is known by the number, and by the address once it is told', async () => {
    const call = (phone: string) => ask({ email: undefined, source: 3, name: 'Caller', phone });
    const [first, second] = [call('0170 1234567'), call('0170/1234567')];
    await mirror.sync(first);
    await mirror.sync(second);
    const caller = await contactOf(first);
    expect(caller).toMatchObject({ email: null, phone: '01701234567' });
    expect(await contactOf(second)).toEqual(caller);

    const mail = ask({ email: 'caller@customer.example', name: 'Caller' });
    mirror.account.setContact(mirror.account.ticket(mail).requesterId, { mobile: '0170 1234567' });
    await mirror.sync(mail);
    expect(await contactOf(first)).toEqual({ ...caller, email: 'caller@customer.example' });
    expect((await contactOf(mail))?.id).toBe(caller?.id);
  });

  test('K1 a number that several people share makes nobody of them the caller', async () => {
    for (const email of ['desk-1@customer.example', 'desk-2@customer.example']) {
      const ticketId = ask({ email });
      mirror.account.setContact(mirror.account.ticket(ticketId).requesterId, { phone: '+43 1 55555' });
      await mirror.sync(ticketId);
    }
    const call = ask({ email: undefined, source: 3, phone: '+43 1 55555' });
    await mirror.sync(call);
    expect(await contactOf(call)).toMatchObject({ email: null, phone: '+43155555' });
  });

  test('K1 without details there is a session and no contact; when they appear it gets one', async () => {
    const ticketId = ask({ email: undefined, source: 3, phone: undefined });
    await mirror.sync(ticketId);
    expect(await shown(ticketId)).toMatchObject({ ticketId, contact: null });
    await mirror.sync(ticketId);
    expect(readings(ticketId).filter((query) => query.includes('requester'))).toHaveLength(1);
    mirror.account.setContact(mirror.account.ticket(ticketId).requesterId, { email: 'late@customer.example' });
    await mirror.sync(ticketId, ['operator']);
    expect(await contactOf(ticketId)).toMatchObject({ email: 'late@customer.example' });
    expect((await mirror.session(ticketId))?.requesterEmail).toBe('late@customer.example');
  });

  test("K1 the requester's first mail tells who they are, and costs nothing", async () => {
    const ticketId = ask({ email: undefined, source: 3, phone: undefined });
    await mirror.sync(ticketId);
    mirror.account.setContact(mirror.account.ticket(ticketId).requesterId, { email: 'By.Mail@customer.example' });
    mirror.account.customerReplies(ticketId, { text: 'It is me' });
    await mirror.sync(ticketId);
    expect(await contactOf(ticketId)).toMatchObject({ email: 'by.mail@customer.example' });
    expect(readings(ticketId).filter((query) => query.includes('requester'))).toHaveLength(1);
  });

  test('K1 what nobody told is asked for with the daily reading', async () => {
    const ticketId = ask({ email: undefined, source: 3, phone: undefined });
    await mirror.sync(ticketId);
    mirror.account.setContact(mirror.account.ticket(ticketId).requesterId, { phone: '+43 662 4711 0' });
    mirror.later(24 * HOUR_MS);
    await mirror.sync(ticketId);
    expect(await contactOf(ticketId)).toMatchObject({ email: null, phone: '+4366247110' });
  });

  test('K1 another requester on the ticket is another contact', async () => {
    const ticketId = ask({ email: 'forwarding@acme.example' });
    await mirror.sync(ticketId);
    mirror.account.setRequester(ticketId, { email: 'real@customer.example', name: 'Rea' });
    await mirror.sync(ticketId);
    expect(await contactOf(ticketId)).toMatchObject({ email: 'real@customer.example', name: 'Rea' });
    expect((await mirror.session(ticketId))?.requesterEmail).toBe('real@customer.example');
  });

  test('K1 who asks is read once: a later sync costs what it did', async () => {
    const ticketId = ask();
    await mirror.sync(ticketId);
    await mirror.sync(ticketId);
    mirror.account.customerReplies(ticketId, { text: 'Hello?' });
    await mirror.sync(ticketId);
    expect(readings(ticketId).filter((query) => query.includes('requester'))).toHaveLength(1);
  });

  test('K1 sessions are found by the id of a contact and by an e-mail', async () => {
    const [mine, others] = [ask({ email: 'find-me@customer.example' }), ask()];
    await mirror.sync(mine);
    await mirror.sync(others);
    const contact = await contactOf(mine);
    const find = async (who: string) => {
      const sessions = createSessionReads(mirror.db);
      const page = await sessions.list({ contact: who, sort: 'changed' }, { cursor: null, limit: 10 });
      return page.items.map(({ ticketId }) => ticketId);
    };
    expect(await find(contact?.id ?? '')).toEqual([mine]);
    expect(await find('Find-Me@customer.example')).toEqual([mine]);
    expect(await find('nobody@customer.example')).toEqual([]);
  });
});

describe('tags', () => {
  const fieldsRead = () => mirror.simulator.requests.find({ path: '/ticket_fields' }).length;
  const billing = () => mirror.account.group('Billing');

  test("T1 the ticket's tags are the session's after every sync, and those taken off are gone", async () => {
    const ticketId = ask({ tags: ['vip', 'order'] });
    await mirror.sync(ticketId);
    expect((await shown(ticketId))?.tags).toEqual(['vip', 'order']);
    mirror.account.setTags(ticketId, ['order', 'late']);
    await mirror.sync(ticketId);
    expect((await shown(ticketId))?.tags).toEqual(['order', 'late']);
  });

  test('T1 our own tags are kept apart', async () => {
    const ticketId = ask({ tags: ['opencx', 'opencx_assist_mode', 'opencxing'] });
    await mirror.sync(ticketId);
    expect((await shown(ticketId))?.tags).toEqual(['opencxing']);
    expect((await mirror.session(ticketId))?.ownTags).toEqual(['opencx', 'opencx_assist_mode']);
  });

  test('T1 the name of the group is among them, and changes with the group', async () => {
    const ticketId = ask({ tags: ['vip'], groupId: billing().id });
    await mirror.sync(ticketId);
    expect((await shown(ticketId))?.tags).toEqual(['vip', 'Billing']);
    mirror.account.setGroup(ticketId, null);
    await mirror.sync(ticketId);
    expect((await shown(ticketId))?.tags).toEqual(['vip']);
  });

  test('T1 the names are read once for all tickets, again for one that is new, and once a minute at most', async () => {
    const known = ask({ groupId: billing().id });
    await mirror.sync(known);
    mirror.simulator.requests.reset();
    await mirror.sync(ask({ groupId: billing().id }));
    expect(fieldsRead()).toBe(0);

    mirror.later(60 * SECOND_MS);
    mirror.account.state.groups.set(4_711, { ...billing(), id: 4_711, name: 'New here' });
    const fresh = ask({ groupId: 4_711 });
    await mirror.sync(fresh);
    expect((await shown(fresh))?.tags).toEqual(['New here']);
    expect(fieldsRead()).toBe(1);

    mirror.account.state.groups.set(4_712, { ...billing(), id: 4_712, name: 'Newer still' });
    const newest = ask({ groupId: 4_712 });
    await mirror.sync(newest);
    await mirror.sync(newest);
    expect(fieldsRead()).toBe(1);
    expect((await shown(newest))?.tags).toEqual([]);
    mirror.later(60 * SECOND_MS);
    await Promise.all([mirror.sync(newest), mirror.sync(ask({ groupId: 4_712 }))]);
    expect(fieldsRead()).toBe(2);
    await mirror.sync(newest);
    expect((await shown(newest))?.tags).toEqual(['Newer still']);
  });

  test('T1 a group that was renamed is known by its new name a day later', async () => {
    const ticketId = ask({ groupId: billing().id });
    await mirror.sync(ticketId);
    mirror.account.renameGroup(billing().id, 'Money');
    mirror.later(24 * HOUR_MS);
    await mirror.sync(ticketId);
    expect((await shown(ticketId))?.tags).toEqual(['Money']);
    mirror.account.renameGroup(mirror.account.group('Money').id, 'Billing');
    mirror.later(24 * HOUR_MS);
    await mirror.sync(ticketId);
  });

  test('T1 groups that cannot be read keep no ticket from being mirrored', async () => {
    mirror.later(24 * HOUR_MS);
    const ticketId = ask({ tags: ['vip'], groupId: billing().id });
    mirror.simulator.faults.add({ kind: 'status', status: 403, match: { path: '/ticket_fields' } });
    await mirror.sync(ticketId);
    expect((await shown(ticketId))?.tags).toEqual(['vip', 'Billing']); // what was known before
    mirror.simulator.faults.clear();
    expect(mirror.logLines.some(({ msg }) => msg.includes('names of the groups'))).toBe(true);
  });
});
