import { expect, test } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import type { World } from './world.ts';

/** Settings, and the accounts they belong to. */
export function settingsTests(world: World): void {
  const field = (path: string) => world.page.locator(`[data-setting="${path}"]`);

  async function open(): Promise<void> {
    await world.page.goto(world.url('/settings'));
    await field('paused').waitFor({ state: 'attached' });
    await world.page.evaluate(`document.querySelectorAll('form details').forEach((one) => { one.open = true; })`);
  }

  test('U17 every setting has its field, and one that is changed and saved is what the API then has', async () => {
    await open();
    const fields = await world.page
      .locator('[data-setting]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-setting')));
    const paths = pathsOf(DEFAULT_SETTINGS);
    expect(paths.filter((path) => !fields.includes(path))).toEqual([]);

    const [group] = world.desk.account.groups;
    if (group === undefined) throw new Error('the account has no group');
    await field('channels.email.greeting').getByRole('textbox').fill('Hello,\nand welcome');
    await field('channels.email.firstReplyDelaySeconds').getByRole('textbox').fill('0.5');
    await field('intake.exclude.tags').getByRole('textbox').fill('vip\nlegal');
    await field('intake.exclude.groupIds').getByRole('checkbox', { name: group.name, exact: true }).check();
    await field('handoff.triggers.frustration').getByRole('checkbox').uncheck();
    await field('reply.cc').getByRole('combobox').selectOption('none');
    await field('handoff.routing').getByRole('combobox').first().selectOption('group');
    await field('handoff.routing').getByRole('combobox', { name: 'The group' }).selectOption({ label: group.name });
    await field('handoff.officeHours').getByRole('checkbox', { name: 'There are office hours' }).check();
    await field('handoff.officeHours').getByLabel('Time zone').fill('Europe/Berlin');
    await world.page.getByRole('button', { name: 'Save 8 changes' }).click();
    await world.page.getByText('Saved.').waitFor();
    expect(await world.desk.service.connections.settings('default')).toMatchObject({
      channels: { email: { greeting: 'Hello,\nand welcome', firstReplyDelaySeconds: 0.5 } },
      intake: { exclude: { tags: ['vip', 'legal'], groupIds: [group.id] } },
      handoff: {
        triggers: { frustration: false },
        routing: { kind: 'group', groupId: group.id },
        officeHours: { timezone: 'Europe/Berlin', shifts: [{ start: '09:00', end: '17:00' }] },
      },
      reply: { cc: 'none' },
    });

    await field('reply.cc')
      .getByText(/changed .* by admin/)
      .waitFor();

    for (const path of [
      'channels.email.greeting',
      'channels.email.firstReplyDelaySeconds',
      'intake.exclude.tags',
      'intake.exclude.groupIds',
      'handoff.triggers.frustration',
      'reply.cc',
      'handoff.routing',
      'handoff.officeHours',
    ])
      await field(path)
        .getByRole('button', { name: /Back to the default/ })
        .click();
    await world.page.getByRole('button', { name: 'Save 8 changes' }).click();
    await world.page.getByText('Saved.').waitFor();
    expect(await world.desk.service.connections.settings('default')).toMatchObject({
      intake: { exclude: DEFAULT_SETTINGS.intake.exclude },
      handoff: { routing: DEFAULT_SETTINGS.handoff.routing, officeHours: null },
    });
    await world.desk.reset();
  });

  test('U17 a value that cannot be is refused in the words of the service, beside its field, and nothing is saved', async () => {
    const { page } = world;
    world.expected.push(400);
    await page.goto(world.url('/settings'));
    const email = page.locator('[data-setting="channels.email.autoResolveAfterHours"]');
    await email.getByRole('textbox').fill('many');
    await page.locator('[data-setting="channels.web.greeting"]').getByRole('textbox').fill('Hello');
    await page.getByRole('button', { name: 'Save 2 changes' }).click();
    await expect(email.getByRole('alert').innerText()).resolves.toContain('must be a number of hours');
    expect((await world.desk.service.connections.settings('default')).channels.web.greeting).toBeNull();
  });

  test('U17 what somebody else has saved meanwhile is shown, and not overwritten unseen', async () => {
    const { page } = world;
    world.expected.push(412);
    const save = page.getByRole('button', { name: /^Save \d/ });
    await page.goto(world.url('/settings'));
    await page.getByRole('button', { name: /In doubt a person/ }).click();
    await world.desk.set({ channels: { web: { signature: 'Somebody else' } } });
    await field('channels.web.signature')
      .getByRole('button', { name: /Back to the default/ })
      .waitFor();
    await page.locator('[data-setting="channels.email.signature"]').getByRole('textbox').fill('The team');
    await save.click();
    await page.getByText('Somebody else has saved settings meanwhile').waitFor();
    await page.getByText('null → "Somebody else"').waitFor();
    expect((await world.desk.service.connections.settings('default')).channels.email.signature).toBeNull();
    await page.getByRole('button', { name: /keep my changes/ }).click();
    await save.click();
    await page.getByText('Saved.').waitFor();
    expect((await world.desk.service.connections.settings('default')).channels).toMatchObject({
      email: { signature: 'The team' },
      web: { signature: 'Somebody else' },
    });
    await world.desk.reset();
  });

  test('C7 what lets more customers get public replies is saved only after it was confirmed', async () => {
    await world.desk.set({ rollout: { percent: 10 } });
    await open();
    await field('rollout.percent').getByRole('textbox').fill('50');
    await world.page.getByRole('button', { name: 'Save 1 change' }).click();
    const dialog = world.page.getByRole('dialog');
    await expect(dialog.innerText()).resolves.toContain('rollout.percent: 10 → 50');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect((await world.desk.service.connections.settings('default')).rollout.percent).toBe(10);
    await world.page.getByRole('button', { name: 'Save 1 change' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await world.page.getByText('Saved.').waitFor();
    expect((await world.desk.service.connections.settings('default')).rollout.percent).toBe(50);
    await world.desk.set({ rollout: { percent: 100 } });
  });

  test('U18 an account that cannot be connected says why, one that can shows its secret once, and goes when it is disconnected', async () => {
    const { page } = world;
    // 404: what its card asked of the account that has just gone.
    world.expected.push(400, 404, 409, 422, 502);
    await page.goto(world.url('/system'));
    const form = page.getByRole('region', { name: 'Connect another account' });
    await form.getByLabel('Freshdesk account').fill('acme.freshdesk.com');
    await form.getByLabel('API key').fill('not-the-key');
    await form.getByLabel('Name here').fill('Not A Name');
    await form.getByRole('button', { name: 'Check and connect' }).click();
    await form.getByText('must be lower-case letters').first().waitFor();
    await form.getByLabel('Name here').fill('shop');
    const { simulator } = world.desk;
    const answers: [key: string, status: number | null, words: string][] = [
      ['not-the-key', null, 'does not accept this API key'],
      [simulator.plainApiKey, null, 'its owner has no admin rights'],
      [simulator.apiKey, 404, 'is not a Freshdesk account'],
      [simulator.apiKey, 503, 'gave no usable answer'],
    ];
    for (const [key, status, words] of answers) {
      const fault = status === null ? null : simulator.faults.add({ kind: 'status', status, times: null });
      await form.getByLabel('API key').fill(key);
      await form.getByRole('button', { name: 'Check and connect' }).click();
      await form.getByRole('alert').filter({ hasText: words }).waitFor();
      fault?.remove();
    }
    await form.getByLabel('Freshdesk account').fill('shop.freshdesk.com');
    await form.getByLabel('API key').fill(simulator.apiKey);
    await form.getByRole('button', { name: 'Check and connect' }).click();
    const own = await form.locator('output code').innerText();
    const shop = page.getByRole('region', { name: 'Account shop.freshdesk.com' });
    await shop.getByRole('button', { name: 'Disconnect and erase' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect and erase' }).click();
    await shop.waitFor({ state: 'detached' });

    const card = page.getByRole('region', { name: 'Account acme.freshdesk.com' });
    await card.getByRole('button', { name: 'New webhook secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click();
    const secret = await card.locator('output code').innerText();
    expect(secret.length).toBeGreaterThan(20);
    world.desk.simulator.setWebhook({
      url: `${world.desk.service.url}/webhooks/freshdesk/default`,
      headers: { 'X-Webhook-Secret': secret },
    });
    await page.reload();
    await card.waitFor();
    for (const seen of [own, secret]) expect(await page.content()).not.toContain(seen);
  });
}

/** Every path that can be set on its own. */
function pathsOf(value: unknown, path = ''): string[] {
  const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value) && path !== 'handoff.routing';
  if (!isBranch) return [path];
  return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, path === '' ? key : `${path}.${key}`));
}
