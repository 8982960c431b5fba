import { expect, test } from '@jest/globals';
import { RETURNS_QUESTION } from '../../testbed/desk.ts';
import { newConnection } from '../../testbed/api.ts';
import { comesBack, type World } from './world.ts';

/** What people, Freshdesk and others do meanwhile is said where somebody looks. */
export function stateTests(world: World): void {
  test('U9 U10 what is silent, ignored, refused or deleted says so, with the rule; what was refused is mended from Attention', async () => {
    const { page, desk } = world;
    const [grace] = desk.account.humans;
    const [taken, deleted, refused] = await Promise.all([
      world.played(RETURNS_QUESTION, { subject: 'A person has it' }),
      world.played(RETURNS_QUESTION, { subject: 'Thrown away' }),
      world.played(RETURNS_QUESTION, { subject: 'Not to be resolved' }),
    ]);
    const refusal = desk.simulator.faults.add({
      kind: 'refuse_field',
      field: 'status',
      match: { method: 'PUT', ticketId: refused.ticketId },
      times: null,
    });
    desk.account.assign(taken.ticketId, grace?.id ?? null);
    desk.account.customerReplies(taken.ticketId, {
      from: { email: 'mailer-daemon@mail.example' },
      text: 'Delivery Status Notification (Failure): your message could not be delivered.',
    });
    desk.account.customerReplies(refused.ticketId, { text: 'Thank you, that worked!' });
    await page.goto(world.url(`/inbox/${deleted.id}`));
    await page.getByText(/^Now: replied/).waitFor();
    desk.account.deleteTicket(deleted.ticketId);
    await page.getByText('Now: closed: deleted in Freshdesk').waitFor({ timeout: 15_000 });

    await page.goto(world.url(`/inbox/${taken.id}`));
    await page.getByText('Now: silent: a person has it').waitFor();
    await page.getByText('(E4)').waitFor();
    await page.getByText(/^Never answered: .*\(E8\)$/).waitFor();

    await page.goto(world.url('/attention'));
    const item = page.locator('li').filter({ hasText: `#${refused.ticketId}` });
    await item.getByText('Freshdesk refused to resolve it: status').waitFor({ timeout: 15_000 });
    refusal.remove();
    await item.getByRole('button', { name: 'Let the AI try again' }).click();
    await item.waitFor({ state: 'detached', timeout: 15_000 });
  });

  test('U9 an account that is disconnected while its page is open says so there, and leads to those that are', async () => {
    const { page, desk } = world;
    const { url, apiKey } = desk.simulator;
    await desk.service.connections.save(newConnection({ id: 'shop', baseUrl: url, apiKey }));
    await page.goto(world.url('/settings?connection=shop'));
    await page.locator('[data-setting="channels.email.greeting"]').getByRole('textbox').fill('Hello');
    world.expected.push(404);
    await desk.api('/connections/shop?data=erase', 'DELETE').catch(() => undefined);
    await comesBack(page);
    await page.getByText('The account “shop” is not connected, or not any more.').waitFor({ timeout: 20_000 });
    await page.getByRole('link', { name: 'The accounts there are' }).click();
    await page.getByRole('region', { name: 'Account acme.freshdesk.com' }).waitFor();
    expect(await page.getByRole('region', { name: 'Account shop.freshdesk.com' }).count()).toBe(0);
  });

  test('U14 of two people who grade the same draft the second is told what the first has said', async () => {
    await world.played(RETURNS_QUESTION);
    const second = await world.admin();
    const shown = (of: typeof second) => of.locator('[data-turn]').first().getAttribute('data-turn');
    for (const one of [world.page, second]) await one.goto(world.url('/review?order=worst'));
    expect(await shown(second)).toBe(await shown(world.page));
    const left = async () => (await world.desk.api<{ left: number }>('/review-queue')).left;
    const before = await left();
    await world.page.keyboard.press('1');
    await world.desk.until('the first grade is kept', async () => (await left()) === before - 1);
    await second.keyboard.press('3');
    await second.getByText('Somebody else has graded it meanwhile: good. Your grade stands in its place.').waitFor();
    await second.context().close();
  });

  test('U24 a page from before an upgrade whose files are gone says so where it needs one, and is new when it is loaded again', async () => {
    const page = await world.admin({ expected: [404] });
    await page.goto(world.url('/inbox'));
    await page.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor();
    await page.route('**/assets/**', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('link', { name: 'Settings' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'a newer version may be served by now' });
    await alert.waitFor();
    await page.unroute('**/assets/**');
    await alert.getByRole('button', { name: 'Ask again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await page.context().close();
  });
}
