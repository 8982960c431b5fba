import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSessionReads } from '../../../src/db/reads/session-reads.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { takeTurn } from '../../../testbed/turns.ts';

const DRAFT = 'You can return a jacket within 30 days of delivery, as long as it is unworn.';

describe('the fate of a draft', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror({ settings: { channels: { email: { mode: 'assist' } } } });
  });
  beforeEach(async () => {
    mirror.simulator.faults.clear();
    mirror.logLines.length = 0;
    await mirror.set({ paused: false, assist: { whenHumanOwned: false } });
  });
  afterAll(() => mirror.close());

  const pass = () => mirror.later(SECOND_MS);
  async function drafted(words = DRAFT): Promise<number> {
    const text = 'How many days do I have to return a jacket?';
    const { id } = mirror.account.customerCreatesTicket({ email: 'mia@customer.example', subject: 'A question', text });
    pass();
    expect((await takeTurn(mirror, id, 'assist', words)).delivery).toMatchObject({ outcome: 'sent' });
    pass();
    return id;
  }
  async function draftsOf(ticketId: number) {
    const session = await mirror.session(ticketId);
    return (await createSessionReads(mirror.db).get(session?.id ?? ''))?.drafts.map(({ fate, distance }) => ({
      fate,
      distance,
    }));
  }
  const notes = (ticketId: number) => mirror.account.thread(ticketId).filter((entry) => entry.private);
  const edits = () => mirror.simulator.requests.find({ method: 'PUT', path: /conversations/ }).length;

  test('A10 a draft that nobody has replied after has no fate yet', async () => {
    const ticketId = await drafted();
    await mirror.sync(ticketId);
    expect(await draftsOf(ticketId)).toEqual([{ fate: null, distance: null }]);
  });

  test('A9 a note leads to its ticket in the Inbox, unless that is switched off; A7 a reply never does', async () => {
    const ticketId = await drafted();
    const session = await mirror.session(ticketId);
    expect(notes(ticketId)[0]?.body).toContain(`https://ai.acme.example/inbox/${session?.id}`);
    await mirror.set({ reply: { inboxLink: false } });
    const without = await drafted();
    expect(notes(without)[0]?.body).not.toContain('ai.acme.example');
    await mirror.set({ reply: { inboxLink: true }, channels: { email: { mode: 'autopilot' } } });
    const { id: answered } = mirror.account.customerCreatesTicket({
      email: 'ben@customer.example',
      text: 'How many days?',
    });
    pass();
    expect((await takeTurn(mirror, answered, 'autopilot', DRAFT)).delivery).toMatchObject({ outcome: 'sent' });
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    const replies = mirror.account.thread(answered).filter((entry) => !entry.private);
    expect(replies).toHaveLength(1);
    expect(replies[0]?.body).not.toContain('ai.acme.example');
  });

  test('A10 a person who sends the draft as it is: sent', async () => {
    const ticketId = await drafted();
    mirror.account.agentReplies(ticketId, { html: `<div>${DRAFT}</div>` });
    await mirror.sync(ticketId);
    expect(await draftsOf(ticketId)).toEqual([{ fate: 'sent', distance: 0 }]);
  });

  test('A10 a person who changes it: edited, with the distance', async () => {
    const ticketId = await drafted();
    mirror.account.agentReplies(ticketId, { text: DRAFT.replace('30 days', '60 days') });
    await mirror.sync(ticketId);
    const [draft] = (await draftsOf(ticketId)) ?? [];
    expect(draft?.fate).toBe('edited');
    expect(draft?.distance).toBeCloseTo(1 / DRAFT.length, 5);
  });

  test('A10 a person who writes something else: ignored', async () => {
    const ticketId = await drafted();
    mirror.account.agentReplies(ticketId, { text: 'Please send me a photo, and the number of your order.' });
    await mirror.sync(ticketId);
    expect(await draftsOf(ticketId)).toEqual([{ fate: 'ignored', distance: expect.any(Number) }]);
  });

  test('A10 the next public reply decides: a note does not, and what comes later changes nothing', async () => {
    const ticketId = await drafted();
    mirror.account.agentNotes(ticketId, { text: DRAFT });
    await mirror.sync(ticketId);
    expect(await draftsOf(ticketId)).toEqual([{ fate: null, distance: null }]);
    mirror.account.agentReplies(ticketId, { text: 'Please send me a photo, and the number of your order.' });
    await mirror.sync(ticketId);
    pass();
    mirror.account.agentReplies(ticketId, { text: DRAFT });
    await mirror.sync(ticketId);
    expect(await draftsOf(ticketId)).toMatchObject([{ fate: 'ignored' }]);
  });

  test('A10 a newer customer message marks it superseded, in the note itself, once', async () => {
    const ticketId = await drafted();
    mirror.account.customerReplies(ticketId, { text: 'It is a coat, by the way' });
    mirror.simulator.requests.reset();
    await mirror.sync(ticketId);
    expect(await draftsOf(ticketId)).toEqual([{ fate: 'superseded', distance: null }]);
    const [note] = notes(ticketId);
    expect(note?.body).toMatch(/^<div><strong>Superseded: the customer has written again since\.<\/strong><\/div>/);
    expect(note?.body).toContain(DRAFT);
    expect(note?.body).toContain('Drafted by OpenCX AI');
    await mirror.sync(ticketId);
    mirror.account.customerReplies(ticketId, { text: 'Hello?' });
    await mirror.sync(ticketId);
    expect(edits()).toBe(1);
    expect((await mirror.rows(ticketId)).find((row) => row.author === 'ai')?.html).toContain('Superseded');
  });

  test('A10 what is never answered supersedes nothing', async () => {
    const ticketId = await drafted();
    mirror.account.customerReplies(ticketId, { text: 'I am out of the office', autoResponse: true });
    await mirror.sync(ticketId);
    expect(await draftsOf(ticketId)).toEqual([{ fate: null, distance: null }]);
  });

  test('A10 a superseded draft that is sent all the same was sent; one that is not was not ignored', async () => {
    const [used, unused] = [await drafted(), await drafted()];
    for (const ticketId of [used, unused]) {
      mirror.account.customerReplies(ticketId, { text: 'It is a coat, by the way' });
      await mirror.sync(ticketId);
      pass();
    }
    mirror.account.agentReplies(used, { text: DRAFT });
    mirror.account.agentReplies(unused, { text: 'Coats are something else, I shall ask a colleague about them.' });
    await mirror.sync(used);
    await mirror.sync(unused);
    expect(await draftsOf(used)).toEqual([{ fate: 'sent', distance: 0 }]);
    expect(await draftsOf(unused)).toEqual([{ fate: 'superseded', distance: expect.any(Number) }]);
  });

  test('A10 two drafts of a ticket each have a fate of their own', async () => {
    const ticketId = await drafted();
    mirror.account.customerReplies(ticketId, { text: 'And a coat?' });
    pass();
    const coats = 'Coats can be returned within two weeks only, and have to be sent in their box.';
    await takeTurn(mirror, ticketId, 'assist', coats);
    pass();
    mirror.account.agentReplies(ticketId, { text: coats });
    await mirror.sync(ticketId);
    expect(await draftsOf(ticketId)).toEqual([
      { fate: 'superseded', distance: expect.any(Number) },
      { fate: 'sent', distance: 0 },
    ]);
  });

  test('A10 E12 paused, the note stays as it is; after that it is marked', async () => {
    const ticketId = await drafted();
    await mirror.set({ paused: true });
    mirror.account.customerReplies(ticketId, { text: 'It is a coat, by the way' });
    await mirror.sync(ticketId);
    expect(await draftsOf(ticketId)).toMatchObject([{ fate: 'superseded' }]);
    expect(notes(ticketId)[0]?.body).not.toContain('Superseded');
    await mirror.set({ paused: false });
    await mirror.sync(ticketId);
    expect(notes(ticketId)[0]?.body).toContain('Superseded');
  });

  test.each([
    ['a ticket that was closed meanwhile', async (id: number) => mirror.account.setStatus(id, 5)],
    ['a channel that was switched off', () => mirror.set({ channels: { email: { mode: 'off' } } })],
  ])('A10 %s: its note stays as it is', async (_what, change) => {
    const ticketId = await drafted();
    await mirror.set({ paused: true });
    mirror.account.customerReplies(ticketId, { text: 'It is a coat, by the way' });
    await mirror.sync(ticketId);
    pass();
    await change(ticketId);
    await mirror.set({ paused: false });
    await mirror.sync(ticketId);
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    expect(await draftsOf(ticketId)).toMatchObject([{ fate: 'superseded' }]);
    expect(notes(ticketId)[0]?.body).not.toContain('Superseded');
  });

  test('A10 C8 on a broken connection nothing is written', async () => {
    const ticketId = await drafted();
    await mirror.connections.setState('default', 'broken', 'not_admin');
    mirror.account.customerReplies(ticketId, { text: 'It is a coat, by the way' });
    await mirror.sync(ticketId);
    await mirror.connections.setState('default', 'active', null);
    expect(notes(ticketId)[0]?.body).not.toContain('Superseded');
  });

  test('A10 a refusal to change the note is logged and not repeated, and the ticket goes on', async () => {
    const ticketId = await drafted();
    mirror.simulator.requests.reset();
    mirror.simulator.faults.add({ kind: 'status', status: 403, match: { method: 'PUT', path: '/conversations/:id' } });
    mirror.account.customerReplies(ticketId, { text: 'It is a coat, by the way' });
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ count: 1 });
    await mirror.sync(ticketId);
    expect(edits()).toBe(1);
    expect(mirror.logLines.filter(({ msg }) => msg.includes('superseded'))).toHaveLength(1);
  });

  test('A10 a lost answer, or no answer, is tried again with the next sync, and the mark is there once', async () => {
    const ticketId = await drafted();
    mirror.simulator.faults.add({
      kind: 'apply_then_status',
      status: 502,
      match: { method: 'PUT', path: '/conversations/:id' },
      times: 1,
    });
    mirror.account.customerReplies(ticketId, { text: 'It is a coat, by the way' });
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ count: 1 });
    await mirror.sync(ticketId);
    await mirror.sync(ticketId);
    expect(notes(ticketId)[0]?.body.match(/Superseded/g)).toHaveLength(1);
  });
});
