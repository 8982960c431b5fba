import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decide } from '../../../src/domain/engagement.ts';
import {
  HOUR_MS,
  openMirror,
  SECOND_MS,
  shownInFreshdesk,
  shownInMirror,
  type Mirror,
} from '../../../testbed/activities.ts';

const NUL = '\0';
const HALF_EMOJI = '😀'.slice(0, 1);

describe('the mirror of what nobody should send', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror();
  });
  beforeEach(() => mirror.simulator.faults.clear());
  afterAll(() => mirror.close());

  const ask = (ticket: Parameters<Mirror['account']['customerCreatesTicket']>[0] = {}) =>
    mirror.account.customerCreatesTicket({
      email: 'mia@customer.example',
      subject: 'A question',
      text: 'Where is my parcel',
      ...ticket,
    }).id;
  const texts = async (ticketId: number) => (await mirror.rows(ticketId)).map((row) => row.text);

  /** Past Freshdesk's own cleaning: the words reach us exactly like this. */
  function rawTicket(subject: string, html: string, tags: string[] = []): number {
    const ticketId = ask({ tags });
    Object.assign(mirror.account.state.tickets.get(ticketId) ?? {}, { subject, description: html });
    return ticketId;
  }
  function rawReply(ticketId: number, html: string, fileName: string): void {
    const { id } = mirror.account.customerReplies(ticketId, { text: 'Reply', files: [{ name: fileName, text: 'x' }] });
    Object.assign(mirror.account.state.conversations.get(id) ?? {}, { body: html });
  }

  test.each([
    ['NUL characters', `a${NUL} b`, 'a b'],
    ['half an emoji', `a${HALF_EMOJI} b`, 'a\uFFFD b'],
  ])('%s in subject, text, tags and file names do not break the mirror', async (_what, given, kept) => {
    const ticketId = rawTicket(`Subject ${given}`, `<div>Text ${given}</div>`, [`tag ${given}`]);
    rawReply(ticketId, `<div>Reply ${given}</div>`, `file${NUL}.txt`);
    await mirror.sync(ticketId);
    expect(await mirror.session(ticketId)).toMatchObject({ subject: `Subject ${kept}`, tags: [`tag ${kept}`] });
    expect(await texts(ticketId)).toEqual([`Text ${kept}`, `Reply ${kept}`]);
    expect((await mirror.rows(ticketId))[1]?.attachments).toMatchObject([{ name: 'file.txt' }]);
    const before = await mirror.rows(ticketId);
    await mirror.sync(ticketId);
    expect(await mirror.rows(ticketId)).toEqual(before);
  });

  test('emoji, right-to-left, combining and control characters come through as they are', async () => {
    const text = '👩‍👩‍👧‍👦 שלום é ﷽ \u0007 \u{1F3F4}';
    const ticketId = rawTicket(text, `<div>${text}</div>`);
    await mirror.sync(ticketId);
    expect((await mirror.session(ticketId))?.subject).toBe(text);
    expect((await mirror.rows(ticketId))[0]?.html).toBe(`<div>${text}</div>`);
    expect((await texts(ticketId))[0]).toContain('שלום é ﷽');
  });

  test('E8 a reply of invisible characters only is mirrored as empty and does not wait', async () => {
    const ticketId = ask();
    mirror.account.agentReplies(ticketId, { text: 'It is on its way' });
    mirror.account.customerReplies(ticketId, { text: '\u200B\u200D\uFEFF\u2060' });
    expect((await mirror.sync(ticketId)).waiting).toBeNull();
    expect((await mirror.rows(ticketId)).at(-1)).toMatchObject({ ignoredBy: 'E8', ignoredWhy: 'empty' });
  });

  test('2 MB of HTML are mirrored, cut, in a few seconds', async () => {
    const html = `<div>${'<p class="x">A paragraph like any other one. </p>'.repeat(42_000)}</div>`;
    expect(html.length).toBeGreaterThan(2_000_000);
    const ticketId = rawTicket('Long', html);
    const startedAt = Date.now();
    await mirror.sync(ticketId);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    const [row] = await mirror.rows(ticketId);
    expect(row?.text.length).toBeGreaterThan(10_000);
    expect(row?.text.length).toBeLessThanOrEqual(50_000);
  });

  test('a long text that is cut in the middle of an emoji is mirrored', async () => {
    const ticketId = rawTicket('Long', `<div>x${'😀'.repeat(30_000)}</div>`);
    mirror.account.customerReplies(ticketId, { text: 'Did you get it' });
    await mirror.sync(ticketId);
    expect((await texts(ticketId))[0]).toMatch(/^x(😀)+\uFFFD?$/);
    expect((await texts(ticketId))[1]).toBe('Did you get it');
  });

  test('deeply nested, unclosed and hostile HTML is mirrored without its script', async () => {
    const ticketId = rawTicket(
      'Hello',
      `${'<div><table><tr><td>'.repeat(3_000)}deep<script>steal()</script><img src="https://spy.example/x.gif" onerror="steal()"><a href="javascript:steal()">here`,
    );
    await mirror.sync(ticketId);
    expect((await mirror.rows(ticketId))[0]?.html).not.toMatch(/steal|spy\.example|<script|<img/);
  });

  test('null lists, unknown keys and missing requesters do not break the mirror', async () => {
    const ticketId = ask();
    Object.assign(mirror.account.state.tickets.get(ticketId) ?? {}, {
      tags: null,
      ccEmails: null,
      toEmails: null,
      requesterId: null,
      type: 7,
      customFields: null,
    });
    mirror.account.state.fields = [];
    await mirror.sync(ticketId);
    expect(await mirror.session(ticketId)).toMatchObject({ tags: [], requesterId: null });
  });

  test('two syncs of one new ticket at once leave one session and no double entries', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ticketId = ask();
      for (let index = 0; index < 5; index += 1) mirror.account.customerReplies(ticketId, { text: `entry ${index}` });
      const ended = await Promise.allSettled(Array.from({ length: 4 }, () => mirror.sync(ticketId)));
      expect(ended.some((one) => one.status === 'fulfilled')).toBe(true);
      await mirror.sync(ticketId);
      expect(await mirror.db.session.count({ where: { ticketId: BigInt(ticketId) } })).toBe(1);
      expect(await shownInMirror(mirror, ticketId)).toEqual(shownInFreshdesk(mirror.simulator, ticketId));
    }
  });

  test('a look that ends after a newer one is not recorded', async () => {
    const ticketId = ask();
    await mirror.sync(ticketId);
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begins } = Promise.withResolvers<void>();
    mirror.simulator.faults.onRequest(
      { match: { path: `/tickets/${ticketId}/conversations` }, at: 'before_answer' },
      () => {
        begins();
        return held;
      },
    );
    const slow = mirror.sync(ticketId);
    await begun;
    mirror.later(SECOND_MS);
    mirror.account.customerReplies(ticketId, { text: 'And then' });
    mirror.account.assign(ticketId, mirror.account.humans[0]?.id ?? null);
    await mirror.sync(ticketId);
    const [rows, session] = [await mirror.rows(ticketId), await mirror.session(ticketId)];

    letGo();
    await expect(slow).rejects.toMatchObject({ type: 'StaleLook', nonRetryable: false });
    expect(await mirror.rows(ticketId)).toEqual(rows);
    expect(await mirror.session(ticketId)).toEqual(session);
  });

  test('the snapshot holds ids, numbers, constants and the pages of the ticket only, and stays below 2 KB', async () => {
    const personal = {
      name: 'Melusine Quakenbrueck',
      email: 'melusine@customer.example',
      subject: 'Xylophone broken',
      text: 'My xylophone Zephyrine arrived broken',
    };
    const ticketId = ask({ ...personal, tags: ['confidential-tag'], groupId: mirror.account.group('Returns').id });
    for (let index = 0; index < 150; index += 1)
      mirror.account.customerReplies(ticketId, { text: `Please answer number ${index}` });
    const agent = mirror.account.humans[0];
    mirror.account.agentNotes(ticketId, { text: 'She sounds upset' });
    mirror.account.assign(ticketId, agent?.id ?? null);
    const snapshot = await mirror.sync(ticketId);

    expect(JSON.stringify(snapshot).length).toBeLessThan(2_048);
    const pages = Object.values(snapshot.links ?? {});
    for (const page of pages) expect(page).toMatch(/^https?:\/\/[\w.:]+\/(a\/tickets\/\d+|inbox\/[\w-]{36})$/);
    const known = new Set(['email', 'autopilot', 'handed_off', 'person', 'human', snapshot.session?.id, ...pages]);
    expect(stringsIn(snapshot).filter((text) => !known.has(text))).toEqual([]);
    const words = [
      ...Object.values(personal),
      'confidential-tag',
      'Please answer',
      'upset',
      agent?.name ?? '',
      agent?.email ?? '',
      mirror.simulator.apiKey,
    ];
    for (const word of words) expect(JSON.stringify(snapshot)).not.toContain(word);
  });

  test('the session of a ticket with the largest ids still fits', async () => {
    const ticketId = ask();
    mirror.account.state.lastId = 9_007_199_254_740_000;
    mirror.account.customerReplies(ticketId, { text: 'And then' });
    mirror.later(24 * HOUR_MS);
    const snapshot = await mirror.sync(ticketId);
    expect(JSON.stringify(snapshot).length).toBeLessThan(2_048);
    expect(snapshot.waiting?.newestSeq).toBe(mirror.account.thread(ticketId).at(-1)?.id);
  });

  test('a webhook that comes while its connection is removed ends its run, and leaves the mirror as it was', async () => {
    const { account } = await mirror.connect('leaving');
    const { id } = account.customerCreatesTicket({ email: 'mia@customer.example', text: 'Where is it?' });
    await mirror.sync(id, ['webhook'], 'leaving');
    const before = await mirror.rows(id, 'leaving');
    expect(before).toHaveLength(1);
    await mirror.connections.remove('leaving');
    account.customerReplies(id, { text: 'Hello?' });
    expect(decide(await mirror.sync(id, ['webhook'], 'leaving'))).toEqual({ kind: 'ignore', rule: 'E2' });
    expect(await mirror.rows(id, 'leaving')).toEqual(before);
  });
});

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
