import '../../testbed/quiet.ts';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { SessionView } from '../../src/contract/sessions.ts';
import type { TicketTrace } from '../../src/contract/trace.ts';
import { whyNoBrowser } from '../../testbed/browser.ts';
import { RETURNS_QUESTION, UNKNOWN_QUESTION } from '../../testbed/desk.ts';
import { openWorld, type World } from './world.ts';

jest.setTimeout(120_000);
const why = whyNoBrowser();
if (why !== null) console.info(`browser tests skipped: ${why}`);

(why === null ? describe : describe.skip)('the Inbox in a Chromium', () => {
  let world: World;
  let page: Page;
  beforeAll(async () => {
    world = await openWorld();
    page = await world.admin();
  });
  afterAll(() => world.close());
  afterEach(() => {
    expect(world.faults.splice(0)).toEqual([]);
  });

  const url = (path: string) => `${world.desk.service.url}${path}`;
  const rows = (at: Page) => at.locator('a[data-row]');

  /** A ticket that the AI is done with, and its session. */
  async function played(text: string, ticket: Parameters<World['desk']['customerAsks']>[1] = {}): Promise<SessionView> {
    const ticketId = world.desk.customerAsks(text, ticket);
    await world.desk.until(`ticket ${ticketId} has a turn`, async () => {
      return ((await world.desk.session(ticketId))?.turns.length ?? 0) > 0;
    });
    await world.desk.quiet(ticketId);
    return sessionOf(ticketId);
  }

  async function sessionOf(ticketId: number): Promise<SessionView> {
    const session = await world.desk.session(ticketId);
    if (session === null) throw new Error(`ticket ${ticketId} has no session`);
    return session;
  }

  test('U1 a page leads to sign-in and back, a wrong token is told so, and signing out ends it on the server', async () => {
    const visitor = await world.visitor({ expected: [401] });
    await visitor.goto(url('/inbox?status=open'));
    await visitor.getByLabel('Token').fill('not-the-token');
    await visitor.getByRole('button', { name: 'Sign in' }).click();
    await expect(visitor.getByRole('alert').innerText()).resolves.toContain('ADMIN_TOKEN');
    await visitor.getByLabel('Token').fill(world.desk.config.adminToken);
    await visitor.getByRole('button', { name: 'Sign in' }).click();
    await visitor.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor();
    expect(new URL(visitor.url()).search).toBe('?status=open');

    const [cookie] = await visitor.context().cookies();
    expect(cookie).toMatchObject({ name: 'opencx', httpOnly: true, sameSite: 'Strict' });
    const kept = String(await visitor.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])'));
    expect(kept).not.toContain(world.desk.config.adminToken);

    await visitor.getByRole('button', { name: 'Sign out' }).click();
    await visitor.getByRole('heading', { name: 'Sign in' }).waitFor();
    const me = await fetch(url('/api/me'), { headers: { cookie: `opencx=${cookie?.value}` } });
    expect(me.status).toBe(401);
    await visitor.goto(url('/inbox'));
    await visitor.getByRole('heading', { name: 'Sign in' }).waitFor();
    await visitor.context().close();
  });

  test('U1 the link of the service signs in once, and leads nowhere else afterwards', async () => {
    const link = world.desk.service.signInLink();
    const first = await world.visitor();
    await first.goto(link);
    await first.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(first.url()).not.toContain('code');
    const second = await world.visitor({ expected: [401] });
    await second.goto(link);
    await expect(second.getByRole('alert').innerText()).resolves.toContain('has been used');
    await second.goto(url('/sign-in?back=//evil.example'));
    await second.getByLabel('Token').fill(world.desk.config.adminToken);
    await second.getByRole('button', { name: 'Sign in' }).click();
    await second.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(new URL(second.url()).host).toBe(new URL(url('')).host);
    await Promise.all([first, second].map((one) => one.context().close()));
  });

  test('U2 a reader sees no control that changes something, and the API refuses one', async () => {
    const { id } = await played(RETURNS_QUESTION);
    const viewer = await world.viewer();
    await viewer.goto(url(`/inbox/${id}`));
    await viewer.getByText('AI: Replied').first().waitFor();
    expect(await viewer.getByRole('button', { name: /Pause|Resume|Read again|try again/ }).count()).toBe(0);
    await page.goto(url(`/inbox/${id}`));
    await page.getByRole('button', { name: 'Read again' }).waitFor();
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(1);
    const answer = await viewer.context().request.post(url(`/api/sessions/${id}/sync`), {
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(answer.status()).toBe(403);
    await viewer.context().close();
  });

  test('U4 a hostile thread shows as text and runs nothing', async () => {
    const html = `<p>Hello <script>document.title='gone'</script><img src=x onerror="document.title='gone'">
      <a href="javascript:document.title='gone'">a script</a> <a href="https://evil.example/x">a link</a>
      <span style="position:fixed;inset:0">cover</span><form action="https://evil.example"><input name="q"></form></p>`;
    const subject = '<b>bold</b> <script>document.title="gone"</script> \u202Egnp.exe';
    const session = await played(`${RETURNS_QUESTION} ${'long'.repeat(2_000)}`, { subject, tags: ['<i>tag</i>'] });
    world.desk.account.customerReplies(session.ticketId, { text: 'And this', html });
    await world.desk.quiet(session.ticketId);
    await page.goto(url('/inbox'));
    await rows(page).filter({ hasText: '<b>bold</b>' }).waitFor();
    await page.goto(url(`/inbox/${session.id}`));
    await page.locator('[data-message]').nth(1).waitFor();
    expect(await page.title()).not.toContain('gone –');
    expect(await page.locator('h1').innerText()).toContain('<script>');
    expect(await page.locator('[data-message] form, [data-message] img, [data-message] script').count()).toBe(0);
    expect(await page.getByText('<i>tag</i>').count()).toBeGreaterThan(0);
    const hrefs = await page
      .locator('[data-message] a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(hrefs.filter((href) => href?.startsWith('https:') !== true)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('U5 what a customer writes appears within 6 s without a reload; focus and scroll stay', async () => {
    await page.goto(url('/inbox'));
    await rows(page).first().focus();
    const focused = await page.evaluate('document.activeElement.dataset.row');
    const ticketId = world.desk.customerAsks(RETURNS_QUESTION, { subject: 'Just written' });
    await rows(page).filter({ hasText: 'Just written' }).waitFor({ timeout: 6_000 });
    expect(await page.evaluate('document.activeElement.dataset.row')).toBe(focused);
    expect(await page.evaluate('scrollY')).toBe(0);
    await world.desk.quiet(ticketId);
  });

  test('U6 each filter, and three together, show what the API answers, in a second browser too; the counts are these', async () => {
    await played('I want to talk to a human, please.', { subject: 'A person' });
    await played(UNKNOWN_QUESTION, { subject: 'Unknown', tags: ['moon'] });
    const second = await world.admin();
    for (const query of [
      'status=handed_off',
      'owner=ai',
      'channel=email',
      'tag=moon',
      'reason=insufficient_knowledge',
      'draft=open',
      'waiting=true',
      'held=true',
      'q=moon',
      'sort=began',
      'from=2020-01-01',
      'status=handed_off&channel=email&reason=user_requested_human_assistance',
    ]) {
      const asked = query.replace('from=2020-01-01', 'from=2020-01-01T00:00:00Z');
      const { items } = await world.desk.api<{ items: SessionView[] }>(`/sessions?${asked}`);
      for (const browser of [page, second]) {
        await browser.goto(url(`/inbox?${query}`));
        await browser.getByText(`${items.length} ticket`, { exact: false }).first().waitFor();
        const seen = await rows(browser).evaluateAll((links) => links.map((link) => link.getAttribute('data-row')));
        expect({ query, seen }).toEqual({ query, seen: items.map(({ id }) => id) });
      }
    }
    await page.goto(url('/inbox'));
    await page.getByLabel('Status').selectOption('handed_off');
    await page.locator('option:checked', { hasText: /^With people \(\d+\)$/ }).waitFor({ state: 'attached' });
    expect(new URL(page.url()).search).toBe('?status=handed_off');
    await second.context().close();
  });

  test('U7 the thread is that of the API, and a file comes down byte for byte', async () => {
    const text = 'Order 4711: one jacket, blue';
    const { id, ticketId } = await played(RETURNS_QUESTION, {
      files: [{ name: 'order & more.txt', contentType: 'text/plain', text }],
    });
    await page.goto(url(`/inbox/${id}`));
    await page.locator('[data-turn]').first().waitFor();
    const messages = await world.desk.messages(ticketId);
    const shown = await page
      .locator('[data-message]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-message')));
    expect(shown).toEqual(messages.map(({ freshdeskId }) => freshdeskId));
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'order & more.txt' }).click();
    const download = await coming;
    expect(await readFile(await download.path(), 'utf8')).toBe(text);
  });

  test('U8 a card says what the trace says, below the message it belongs to', async () => {
    const [replied, handedOff] = [await played(RETURNS_QUESTION), await played('I want to talk to a human, please.')];
    for (const { id } of [replied, handedOff]) {
      const trace = await world.desk.api<TicketTrace>(`/sessions/${id}/trace`);
      await page.goto(url(`/inbox/${id}`));
      for (const turn of trace.turns) {
        const card = page.locator(`[data-turn="${turn.id}"]`);
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
    const { id, ticketId } = await played(RETURNS_QUESTION);
    await world.desk.set({ channels: { email: { mode: 'autopilot' } } });
    const draft = (await world.desk.api<TicketTrace>(`/sessions/${id}/trace`)).turns[0]?.draft;
    await page.goto(url(`/inbox/${id}`));
    await page.getByText('AI: Drafted').waitFor();
    const words = (draft?.html ?? '')
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
    const [grace] = world.desk.account.humans;
    world.desk.account.agentReplies(ticketId, { agentId: grace?.id, text: words.replace('30 days', 'forty days') });
    await page.getByText('AI: Drafted: sent, edited').waitFor({ timeout: 15_000 });
    await expect(page.locator('del').allInnerTexts()).resolves.toContain('30');
    await expect(page.locator('ins').allInnerTexts()).resolves.toContain('forty');
  });

  test('U9 what waits because of a pause says so, and the switch in the page pauses and resumes', async () => {
    await page.goto(url('/inbox'));
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused: nothing is written to Freshdesk').waitFor();
    const ticketId = world.desk.customerAsks(RETURNS_QUESTION, { subject: 'While paused' });
    await rows(page).filter({ hasText: 'While paused' }).click();
    await page.getByText(/Now: held .*: the connection is paused/).waitFor({ timeout: 15_000 });
    expect(world.desk.aiReplies(ticketId)).toHaveLength(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await page.getByText('AI: Replied').waitFor({ timeout: 30_000 });
    expect(world.desk.aiReplies(ticketId)).toHaveLength(1);
  });
});
