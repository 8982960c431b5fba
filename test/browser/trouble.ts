import { expect, test } from '@jest/globals';
import { RETURNS_QUESTION } from '../../testbed/desk.ts';
import { AWAY, comesBack, type World } from './world.ts';

/** What the pages say while something does not work, and that they go on by themselves. */
export function troubleTests(world: World): void {
  const gates = () => {
    if (world.desk.gates === null) throw new Error('the desk has no gates');
    return world.desk.gates;
  };
  const alert = (text: string | RegExp) => world.page.getByRole('alert').filter({ hasText: text }).first();
  const rows = async () => world.rows(world.page).evaluateAll((all) => all.map((one) => one.getAttribute('data-row')));

  async function inbox(): Promise<(string | null)[]> {
    await world.page.goto(world.url('/inbox'));
    await world.rows(world.page).first().waitFor();
    return rows();
  }

  test('U22 while the database is down the page stays, says so, and goes on by itself', async () => {
    const before = await inbox();
    world.expected.push(500, 503);
    await gates().database.gate.shut();
    await comesBack(world.page);
    await alert('The database does not answer').waitFor({ timeout: 20_000 });
    expect(await rows()).toEqual(before);
    await gates().database.gate.open();
    await alert('does not answer').waitFor({ state: 'detached', timeout: 20_000 });
    expect(await rows()).toEqual(before);
  });

  test('U22 while Temporal is down it is in Attention, an order is refused in words, and both end with it', async () => {
    const { id } = await world.replied();
    const { page } = world;
    await page.goto(world.url(`/inbox/${id}`));
    await page.getByRole('button', { name: 'Read again' }).waitFor();
    world.expected.push(503);
    await gates().temporal.gate.shut();
    await page.getByRole('button', { name: 'Read again' }).click();
    await alert('Temporal could not be reached').waitFor({ timeout: 20_000 });
    await page.goto(world.url('/attention'));
    await page.getByText('Temporal does not answer').first().waitFor({ timeout: 20_000 });
    await gates().temporal.gate.open();
    await page.getByText('Temporal does not answer').first().waitFor({ state: 'detached', timeout: 40_000 });
  });

  test('U22 while Freshdesk is down the page stays, the doctor says which, and what was asked meanwhile is answered after it', async () => {
    const { page, desk } = world;
    const before = await inbox();
    const down = desk.simulator.faults.add({ kind: 'status', status: 503, times: null });
    const ticketId = desk.customerAsks(RETURNS_QUESTION, { subject: 'Asked while it was down' });
    await desk.until('Freshdesk was asked', () => down.hits > 0);
    await comesBack(page);
    expect(await rows()).toEqual(before);
    await page.goto(world.url('/system'));
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    await page
      .locator('[data-check="key"]', { hasText: 'Fails' })
      .filter({ hasText: 'gave no usable answer' })
      .waitFor();
    down.remove();
    await page.goto(world.url('/inbox'));
    await world.rows(page).filter({ hasText: 'Asked while it was down' }).waitFor({ timeout: 60_000 });
    await desk.until('it is answered', () => desk.aiReplies(ticketId).length === 1, 60_000);
    await desk.quiet(ticketId);
  });

  test('U22 a service that is started again finds the page still open, and who is signed in', async () => {
    const before = await inbox();
    world.expected.push(AWAY, 503);
    world.desk.config.port = Number(new URL(world.desk.service.url).port);
    await world.desk.stop();
    await comesBack(world.page);
    await alert('The service does not answer').waitFor({ timeout: 20_000 });
    expect(await rows()).toEqual(before);
    await world.desk.start();
    await alert('does not answer').waitFor({ state: 'detached', timeout: 30_000 });
    expect(await rows()).toEqual(before);
    expect(await world.page.getByRole('button', { name: 'Sign out' }).count()).toBe(1);
  });

  test('U22 a browser whose clock is an hour ahead tells times by the clock of the service', async () => {
    const page = await world.visitor();
    await page.addInitScript({ content: 'const wait = Date.now; Date.now = () => wait() + 3600000;' });
    await page.goto(world.desk.service.signInLink());
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    const ticketId = world.desk.customerAsks(RETURNS_QUESTION, { subject: 'By the clock' });
    await world.desk.quiet(ticketId);
    await page.goto(world.url('/inbox'));
    const row = world.rows(page).filter({ hasText: 'By the clock' });
    await row.waitFor();
    await expect(row.locator('xpath=following-sibling::span').innerText()).resolves.toMatch(/^(now|[1-5] min)$/);
  });
}
