import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import type { AuditEntry } from '../../src/contract/audit.ts';
import type { TicketTrace } from '../../src/contract/trace.ts';
import { RETURNS_QUESTION } from '../../testbed/desk.ts';
import type { World } from './world.ts';

/** A thread, and the decisions in it. */
export function ticketTests(world: World): void {
  test('U4 a hostile thread shows as text and runs nothing', async () => {
    const html = `<p>Hello <script>document.title='gone'</script><img src=x onerror="document.title='gone'">
      <a href="javascript:document.title='gone'">a script</a> <a href="https://evil.example/x">a link</a>
      <span style="position:fixed;inset:0">cover</span><form action="https://evil.example"><input name="q"></form></p>`;
    const subject = '<b>bold</b> <script>document.title="gone"</script> \u202Egnp.exe';
    const session = await world.played(`${RETURNS_QUESTION} ${'long'.repeat(2_000)}`, {
      subject,
      tags: ['<i>tag</i>'],
    });
    world.desk.account.customerReplies(session.ticketId, { text: 'And this', html });
    await world.desk.quiet(session.ticketId);
    await world.page.goto(world.url('/inbox'));
    await world.rows(world.page).filter({ hasText: '<b>bold</b>' }).waitFor();
    await world.page.goto(world.url(`/inbox/${session.id}`));
    await world.page.locator('[data-message]').nth(1).waitFor();
    expect(await world.page.title()).not.toContain('gone –');
    expect(await world.page.locator('h1').innerText()).toContain('<script>');
    expect(await world.page.locator('[data-message] form, [data-message] img, [data-message] script').count()).toBe(0);
    expect(await world.page.getByText('<i>tag</i>').count()).toBeGreaterThan(0);
    const hrefs = await world.page
      .locator('[data-message] a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(hrefs.filter((href) => href?.startsWith('https:') !== true)).toEqual([]);
    expect(await world.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('U7 the thread is that of the API, and a file comes down byte for byte', async () => {
    const text = 'Order 4711: one jacket, blue';
    const { id, ticketId } = await world.played(RETURNS_QUESTION, {
      files: [{ name: 'order & more.txt', contentType: 'text/plain', text }],
    });
    await world.page.goto(world.url(`/inbox/${id}`));
    await world.page.locator('[data-turn]').first().waitFor();
    const messages = await world.desk.messages(ticketId);
    const shown = await world.page
      .locator('[data-message]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-message')));
    expect(shown).toEqual(messages.map(({ freshdeskId }) => freshdeskId));
    const coming = world.page.waitForEvent('download');
    await world.page.getByRole('link', { name: 'order & more.txt' }).click();
    const download = await coming;
    expect(await readFile(await download.path(), 'utf8')).toBe(text);
  });

  test('U8 a card says what the trace says, below the message it belongs to', async () => {
    const [replied, handedOff] = [await world.replied(), await world.played('I want to talk to a human, please.')];
    for (const { id } of [replied, handedOff]) {
      const trace = await world.desk.api<TicketTrace>(`/sessions/${id}/trace`);
      await world.page.goto(world.url(`/inbox/${id}`));
      await world.page.getByText('through the message of').waitFor();
      for (const turn of trace.turns) {
        const card = world.page.locator(`[data-turn="${turn.id}"]`);
        await card.locator('summary', { hasText: 'Details' }).click();
        await card.locator('summary', { hasText: 'As data' }).click();
        const {
          turn: data,
          writes,
          handoffs,
        } = JSON.parse(await card.locator('pre').innerText()) as Record<string, unknown>;
        expect(data).toEqual(turn);
        expect(writes).toEqual(trace.writes.filter(({ turnId }) => turnId === turn.id));
        expect(handoffs).toEqual(trace.handoffs);
        const words = await card.innerText();
        for (const { title } of turn.sources) expect(words).toContain(title);
        if (turn.confidence !== null) expect(words).toContain(turn.confidence.toFixed(2));
        expect(words).toContain(turn.rule);
        const above = card.locator('xpath=preceding-sibling::li[@data-message][1]');
        expect(await above.getAttribute('data-message')).toBe(turn.throughMessage);
      }
    }
  });

  test('U8 the words that a person changed in a draft are marked; what people are only told of stays where it is (H8)', async () => {
    await world.desk.set({ channels: { email: { mode: 'assist' } } });
    const { id, ticketId } = await world.played(RETURNS_QUESTION);
    const told = await world.played('Ich möchte mit einem Menschen sprechen.');
    await world.desk.set({ channels: { email: { mode: 'autopilot' } } });
    const draft = (await world.desk.api<TicketTrace>(`/sessions/${id}/trace`)).turns[0]?.draft;
    await world.page.goto(world.url(`/inbox/${id}`));
    await world.page.getByText('AI: Drafted').waitFor();
    const words = (draft?.html ?? '')
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
    const [grace] = world.desk.account.humans;
    world.desk.account.agentReplies(ticketId, { agentId: grace?.id, text: words.replace('30 days', 'forty days') });
    await world.page.getByText('AI: Drafted: sent, edited').waitFor({ timeout: 15_000 });
    await expect(world.page.locator('del').allInnerTexts()).resolves.toContain('30');
    await expect(world.page.locator('ins').allInnerTexts()).resolves.toContain('forty');
    await world.page.goto(world.url(`/inbox/${told.id}`));
    await world.page.getByText('AI: Noted for people').waitFor();
    await world.page.getByText('the ticket stays where it is').waitFor();
    await world.page.locator('dd', { hasText: 'German' }).waitFor();
  });

  test('U10 a ticket is read again by its button, and what was not known to be sent is written again by another; the audit says who', async () => {
    const { page, desk } = world;
    const since = new Date();
    const lost = desk.simulator.faults.add({
      kind: 'lose_request',
      match: { method: 'POST', path: '/tickets/:id/reply' },
      times: 2,
    });
    const { id, ticketId } = await world.played(RETURNS_QUESTION, { subject: 'Sent or not' });
    expect(lost.hits).toBe(2);
    await page.goto(world.url('/attention'));
    const item = page.locator('li').filter({ hasText: `#${ticketId}` });
    await item.getByText('without an answer from Freshdesk').waitFor();
    await item.getByRole('button', { name: 'Let the AI try again' }).click();
    await item.waitFor({ state: 'detached' });
    await desk.quiet(ticketId); // what is tried again reads the thread

    desk.simulator.faults.add({ kind: 'drop', times: null, match: { ticketId } });
    desk.account.customerReplies(ticketId, { text: 'No webhook tells of this' });
    await page.goto(world.url(`/inbox/${id}`));
    await page.locator('[data-message]').first().waitFor();
    expect(await page.getByText('No webhook tells of this').count()).toBe(0);
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.getByText('No webhook tells of this').waitFor({ timeout: 15_000 });
    desk.simulator.faults.clear();
    await desk.quiet(ticketId);

    const { items } = await desk.api<{ items: AuditEntry[] }>('/audit');
    const noted = items.filter((entry) => entry.ticketId === ticketId && new Date(entry.at) >= since);
    expect(noted.map(({ who, what }) => [who, what])).toEqual([
      ['admin', 'ticket_synced'],
      ['admin', 'ticket_retried'],
    ]);
  });

  test('U10 a key that Freshdesk refuses is in Attention until there is one that works', async () => {
    const { page, desk } = world;
    const refused = desk.simulator.faults.add({ kind: 'status', status: 401, times: null });
    desk.customerAsks(RETURNS_QUESTION, { subject: 'Behind a broken key' });
    await page.goto(world.url('/attention'));
    await page.getByText('Freshdesk refuses this connection').waitFor({ timeout: 15_000 });
    refused.remove();
    await page.goto(world.url('/system'));
    await page.getByLabel('New API key').fill(desk.simulator.apiKey);
    await page.getByRole('button', { name: 'Check and use it' }).click();
    await page.getByText('works', { exact: true }).waitFor();
    await page.goto(world.url('/attention'));
    await page.getByText('Freshdesk refuses this connection').waitFor({ state: 'detached', timeout: 15_000 });
  });

  test('U7 a thread of two thousand entries is all there, and a page of it that does not come is not asked for without end; a subject of 10,000 characters and 500 tags leave the page as wide as it is', async () => {
    const tags = Array.from({ length: 500 }, (_one, nth) => `tag-${nth}`);
    const { id, ticketId } = await world.played(RETURNS_QUESTION, { subject: 'long'.repeat(2_500), tags });
    await world.sql(
      `INSERT INTO "Message" ("id", "connectionId", "sessionId", "freshdeskId", "seq", "author", "visibility", "kind", "html", "text", "createdAt", "updatedAt")
       SELECT gen_random_uuid(), 'default', $1::uuid, 'conversation:' || 9000000 + n, 9000000 + n, 'agent', 'private', 'note', '<p>Entry ' || n || '</p>', 'Entry ' || n, now(), now()
       FROM generate_series(1, 2000) n`,
      [id],
    );
    const { page } = world;
    await page.setViewportSize({ width: 360, height: 800 });
    world.expected.push(503);
    let refused = 0;
    await page.route(/\/messages\?.*cursor=/, (route) => {
      refused += 1;
      return route.fulfill({ status: 503, json: { detail: 'The database does not answer.' } });
    });
    await page.goto(world.url(`/inbox/${id}`));
    await page.getByText('The database does not answer.').waitFor();
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('Entry 2000', { exact: true }).waitFor({ state: 'attached', timeout: 30_000 });
    expect(refused).toBe(1);
    expect(await page.locator('[data-message]').count()).toBeGreaterThan(2_000);
    const wide = `document.documentElement.scrollWidth <= innerWidth`;
    expect(await page.evaluate(wide)).toBe(true);
    await page.getByText(/more tags/).click();
    await page.getByText('tag-499').waitFor();
    expect(await page.evaluate(wide)).toBe(true);
    await page.goto(world.url('/inbox'));
    await world.rows(page).filter({ hasText: 'longlong' }).first().waitFor();
    expect(await page.evaluate(wide)).toBe(true);
    await page.setViewportSize({ width: 1_280, height: 800 });
    await world.desk.quiet(ticketId);
  });

  test('U9 a ticket that is not here any more says so, and where to look', async () => {
    world.expected.push(404);
    await world.page.goto(world.url('/inbox/01980000-0000-7000-8000-000000000002'));
    await world.page.getByRole('heading', { level: 1, name: 'This ticket is not here' }).waitFor();
    await world.page.getByText('It may still be in Freshdesk').waitFor();
  });

  test('U8 a source shows the passage on demand, and a grade that is given stays', async () => {
    const { id } = await world.replied();
    const { page } = world;
    await page.goto(world.url(`/inbox/${id}`));
    const card = page.locator('[data-turn]').first();
    await card.getByText('The passage').first().click();
    await card.getByText('as long as it is unworn').first().waitFor();
    await card.getByText('Public.').waitFor();
    await card.getByRole('button', { name: 'Acceptable' }).click();
    await card.getByText('Graded acceptable by admin').waitFor();
    await page.reload();
    await page.locator('[data-turn] button[aria-pressed="true"]', { hasText: 'Acceptable' }).waitFor();
  });

  test('U9 what waits because of a pause says so, and the switch in the page pauses and resumes', async () => {
    await world.page.goto(world.url('/inbox'));
    await world.page.getByRole('button', { name: 'Pause' }).click();
    await world.page.getByText('Paused: nothing is written to Freshdesk').waitFor();
    const ticketId = world.desk.customerAsks(RETURNS_QUESTION, { subject: 'While paused' });
    await world.rows(world.page).filter({ hasText: 'While paused' }).click();
    await world.page.getByText(/Now: held .*: the connection is paused/).waitFor({ timeout: 15_000 });
    expect(world.desk.aiReplies(ticketId)).toHaveLength(0);
    await world.page.getByRole('button', { name: 'Resume' }).click();
    await world.page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await world.page.getByText('AI: Replied').waitFor({ timeout: 30_000 });
    expect(world.desk.aiReplies(ticketId)).toHaveLength(1);
  });
}
