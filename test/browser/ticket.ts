import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
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
    const [replied, handedOff] = [
      await world.played(RETURNS_QUESTION),
      await world.played('I want to talk to a human, please.'),
    ];
    for (const { id } of [replied, handedOff]) {
      const trace = await world.desk.api<TicketTrace>(`/sessions/${id}/trace`);
      await world.page.goto(world.url(`/inbox/${id}`));
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

  test('U8 the words that a person changed in a draft are marked', async () => {
    await world.desk.set({ channels: { email: { mode: 'assist' } } });
    const { id, ticketId } = await world.played(RETURNS_QUESTION);
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
