import { expect, test } from '@jest/globals';
import type { SessionView } from '../../src/contract/sessions.ts';
import { RETURNS_QUESTION, UNKNOWN_QUESTION } from '../../testbed/desk.ts';
import type { World } from './world.ts';

/** The list, its filters and what moves in it. */
export function inboxTests(world: World): void {
  test('U5 what a customer writes appears within 6 s without a reload; focus and scroll stay', async () => {
    await world.page.goto(world.url('/inbox'));
    await world.rows(world.page).first().focus();
    const focused = await world.page.evaluate('document.activeElement.dataset.row');
    const ticketId = world.desk.customerAsks(RETURNS_QUESTION, { subject: 'Just written' });
    await world.rows(world.page).filter({ hasText: 'Just written' }).waitFor({ timeout: 6_000 });
    expect(await world.page.evaluate('document.activeElement.dataset.row')).toBe(focused);
    expect(await world.page.evaluate('scrollY')).toBe(0);
    await world.desk.quiet(ticketId);
  });

  test('U6 each filter, and three together, show what the API answers, in a second browser too; the counts are these', async () => {
    await world.played('I want to talk to a human, please.', { subject: 'A person' });
    await world.played(UNKNOWN_QUESTION, { subject: 'Unknown', tags: ['moon'] });
    const second = await world.admin();
    const all = [
      'status=handed_off',
      'owner=ai',
      'channel=email',
      'tag=moon',
      'reason=insufficient_knowledge',
      'outcome=handed_off',
      'draft=open',
      'waiting=true',
      'held=true',
      'q=moon',
      'sort=began',
      'from=2020-01-01',
      'status=handed_off&channel=email&reason=user_requested_human_assistance',
    ];
    for (const query of all) {
      const asked = query.replace('from=2020-01-01', 'from=2020-01-01T00:00:00Z');
      const { items } = await world.desk.api<{ items: SessionView[] }>(`/sessions?${asked}`);
      for (const browser of query === all.at(-1) ? [world.page, second] : [world.page]) {
        await browser.goto(world.url(`/inbox?${query}`));
        await browser.getByText(`${items.length} ticket`, { exact: false }).first().waitFor();
        // The rows may come after their number.
        if (items.length > 0)
          await world
            .rows(browser)
            .nth(items.length - 1)
            .waitFor();
        const seen = await world
          .rows(browser)
          .evaluateAll((links) => links.map((link) => link.getAttribute('data-row')));
        expect({ query, seen }).toEqual({ query, seen: items.map(({ id }) => id) });
      }
    }
    await world.page.goto(world.url('/inbox'));
    await world.page.getByLabel('Status').selectOption('handed_off');
    await world.page.locator('option:checked', { hasText: /^With people \(\d+\)$/ }).waitFor({ state: 'attached' });
    expect(new URL(world.page.url()).search).toBe('?status=handed_off');
  });
}
