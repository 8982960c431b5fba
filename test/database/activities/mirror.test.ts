import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openMirror, SECOND_MS, shownInFreshdesk, shownInMirror, type Mirror } from '../../../testbed/activities.ts';

describe('the mirror of a ticket', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror();
  });
  afterAll(() => mirror.close());

  const ask = (text = 'Where is my parcel') =>
    mirror.account.customerCreatesTicket({ email: 'mia@customer.example', subject: 'A question', text }).id;
  const expectEqual = async (ticketId: number) =>
    expect(await shownInMirror(mirror, ticketId)).toEqual(shownInFreshdesk(mirror.simulator, ticketId));

  test('I1 the first sync opens a session, and later ones append to it', async () => {
    const ticketId = ask();
    await mirror.sync(ticketId);
    const first = await mirror.session(ticketId);
    mirror.account.customerReplies(ticketId, { text: 'Hello again' });
    await mirror.sync(ticketId);
    expect((await mirror.session(ticketId))?.id).toBe(first?.id);
    expect(await mirror.db.session.count({ where: { ticketId: BigInt(ticketId) } })).toBe(1);
    expect((await mirror.rows(ticketId)).map((row) => row.text)).toEqual(['Where is my parcel', 'Hello again']);
  });

  test('I2 description, customer messages, replies, private and public notes are mirrored as what they are', async () => {
    const ticketId = ask();
    mirror.account.agentNotes(ticketId, { text: 'Looks like a lost parcel' });
    mirror.account.agentReplies(ticketId, { text: 'We are looking into it' });
    mirror.account.customerReplies(ticketId, { text: 'Thank you' });
    mirror.account.agentNotes(ticketId, { text: 'Everybody may read this', private: false });
    await mirror.sync(ticketId);
    await expectEqual(ticketId);
    const kinds = (await mirror.rows(ticketId)).map(
      ({ author, visibility, kind }) => `${author} ${visibility} ${kind}`,
    );
    expect(kinds).toEqual([
      'customer public description',
      'agent private note',
      'agent public reply',
      'customer public reply',
      'agent public note',
    ]);
  });

  test('I2 an edited note reads as it does now, and a deleted one is gone', async () => {
    const ticketId = ask();
    const kept = mirror.account.agentNotes(ticketId, { text: 'First thought' });
    const dropped = mirror.account.agentNotes(ticketId, { text: 'A mistake' });
    await mirror.sync(ticketId);
    mirror.account.editNote(kept.id, { text: 'Second thought' });
    mirror.account.deleteNote(dropped.id);
    await mirror.sync(ticketId);
    await expectEqual(ticketId);
    expect((await mirror.rows(ticketId)).map((row) => row.text)).toEqual(['Where is my parcel', 'Second thought']);
  });

  test('I2 the newest entry of a thread, deleted, is gone as well', async () => {
    const ticketId = ask();
    const { id } = mirror.account.agentNotes(ticketId, { text: 'A mistake' });
    await mirror.sync(ticketId);
    mirror.account.deleteNote(id);
    await mirror.sync(ticketId);
    await expectEqual(ticketId);
  });

  test('I2 whatever happens on a ticket, after a sync the mirror equals it', async () => {
    const step = fc.record({
      what: fc.constantFrom('customer', 'reply', 'ai', 'note', 'edit', 'delete', 'status', 'sync'),
      pick: fc.nat(50),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const ticketId = ask();
        for (const [index, { what, pick }] of steps.entries()) {
          mirror.later(SECOND_MS);
          await happen(mirror, ticketId, what, pick, `entry ${index}`);
        }
        await mirror.sync(ticketId);
        await expectEqual(ticketId);
        expect(await mirror.session(ticketId)).toMatchObject({ ticketStatus: mirror.account.ticket(ticketId).status });
      }),
      { numRuns: 25 },
    );
  });

  test('I2 entries merged in from another ticket move to the session they belong to now', async () => {
    const [staying, merged] = [ask('The first mail'), ask('The same again')];
    mirror.account.customerReplies(merged, { text: 'Written to the second ticket' });
    await mirror.sync(staying);
    await mirror.sync(merged);
    mirror.account.merge(staying, [merged]);
    await mirror.sync(staying);
    await mirror.sync(merged);
    await expectEqual(staying);
    await expectEqual(merged);
  });

  test('I3 a redelivery changes nothing: the same rows, ids and times', async () => {
    const ticketId = ask();
    mirror.account.agentNotes(ticketId, { text: 'A note' });
    mirror.account.customerReplies(ticketId, { text: 'One more thing' });
    await mirror.sync(ticketId);
    const [rows, session] = [await mirror.rows(ticketId), await mirror.session(ticketId)];
    for (const hints of [['webhook'], ['reconcile'], ['operator'], ['webhook', 'backfill']] as const) {
      await mirror.sync(ticketId, [...hints]);
      expect(await mirror.rows(ticketId)).toEqual(rows);
      expect({ ...(await mirror.session(ticketId)), updatedAt: null }).toEqual({ ...session, updatedAt: null });
    }
  });

  test("I4 the AI's own messages are known by the agent's id and linked to the write that made them", async () => {
    const ticketId = ask();
    const target = { connectionId: 'default', ticketId, throughSeq: 0, episode: 1 };
    const outbound = await mirror.deps.outbounds.open('reply', target, 'hash');
    const { id } = mirror.account.agentReplies(ticketId, {
      agentId: mirror.account.aiAgent.id,
      text: 'It is on its way',
    });
    await mirror.deps.outbounds.sent(outbound.key, id);
    await mirror.sync(ticketId);
    expect((await mirror.rows(ticketId)).map(({ author, outboundKey }) => ({ author, outboundKey }))).toEqual([
      { author: 'customer', outboundKey: null },
      { author: 'ai', outboundKey: outbound.key },
    ]);
  });

  test("I4 what the AI agent writes in Freshdesk's own pages is the AI's too, and is no question", async () => {
    const ticketId = ask();
    mirror.account.agentReplies(ticketId, { agentId: mirror.account.aiAgent.id, text: 'It is on its way' });
    mirror.account.agentNotes(ticketId, { agentId: mirror.account.aiAgent.id, text: 'A draft' });
    const { waiting } = await mirror.sync(ticketId);
    expect((await mirror.rows(ticketId)).map((row) => row.author)).toEqual(['customer', 'ai', 'ai']);
    expect(waiting).toMatchObject({ newestSeq: 0, count: 1 });
  });

  test('I4 neither an agent nor a customer with the AI agent’s name is taken for it', async () => {
    const { name, email } = mirror.account.aiAgent;
    const namesake = mirror.account.addAgent({ name, email: `not-${email}` });
    const ticketId = mirror.account.customerCreatesTicket({
      email: 'robin@customer.example',
      name,
      subject: 'Hello',
      text: 'Hello',
    }).id;
    mirror.account.agentNotes(ticketId, { agentId: namesake.id, text: 'I am a person' });
    mirror.account.agentReplies(ticketId, { agentId: namesake.id, text: 'I am a person as well' });
    mirror.account.customerReplies(ticketId, { text: 'And I am the customer' });
    await mirror.sync(ticketId);
    expect((await mirror.rows(ticketId)).map((row) => row.author)).toEqual(['customer', 'agent', 'agent', 'customer']);
  });

  test('two connections with the same ticket and entry ids do not mix', async () => {
    const other = await mirror.connect('other');
    const here = ask('A question to the first shop');
    while (
      other.account.customerCreatesTicket({ email: 'noah@customer.example', text: 'A question to the second shop' })
        .id < here
    );
    const theirs = other.account.customerReplies(here, { text: 'Second shop' });
    mirror.account.state.lastId = Math.max(mirror.account.state.lastId, theirs.id);
    other.account.state.lastId = mirror.account.state.lastId;
    const [ours, shared] = [
      mirror.account.customerReplies(here, { text: 'To the first' }),
      other.account.customerReplies(here, { text: 'To the second' }),
    ];
    expect(ours.id).toBe(shared.id);

    await mirror.sync(here);
    await mirror.sync(here, ['webhook'], 'other');
    await mirror.sync(here);
    await expectEqual(here);
    expect(await shownInMirror(mirror, here, 'other')).toEqual(shownInFreshdesk(other, here));
    expect((await mirror.session(here))?.id).not.toBe((await mirror.session(here, 'other'))?.id);
  });

  test('T1 tags that were taken away go from the session too; ours are kept apart', async () => {
    const ticketId = ask();
    mirror.account.setTags(ticketId, ['vip', 'opencx', 'late']);
    await mirror.sync(ticketId);
    expect(await mirror.session(ticketId)).toMatchObject({ tags: ['vip', 'late'], ownTags: ['opencx'] });
    mirror.account.setTags(ticketId, ['late']);
    await mirror.sync(ticketId);
    expect(await mirror.session(ticketId)).toMatchObject({ tags: ['late'], ownTags: [] });
  });
});

async function happen(mirror: Mirror, ticketId: number, what: string, pick: number, text: string): Promise<void> {
  const { account } = mirror;
  const notes = account.thread(ticketId).filter((entry) => entry.source === 2);
  const note = notes[pick % Math.max(1, notes.length)];
  if (what === 'customer') account.customerReplies(ticketId, { text });
  if (what === 'reply') account.agentReplies(ticketId, { text });
  if (what === 'ai') account.agentReplies(ticketId, { agentId: account.aiAgent.id, text });
  if (what === 'note') account.agentNotes(ticketId, { text, private: pick % 2 === 0 });
  if (what === 'edit' && note !== undefined) account.editNote(note.id, { text });
  if (what === 'delete' && note !== undefined) account.deleteNote(note.id);
  if (what === 'status') account.setStatus(ticketId, [2, 3, 4, 5, 7][pick % 5] ?? 2);
  if (what === 'sync') await mirror.sync(ticketId);
}
