import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { RETURNS_QUESTION, UNKNOWN_QUESTION } from '../../testbed/desk.ts';
import type { World } from './world.ts';

type Report = { n: number; tiles: { name: string; hits: number; n: number }[]; rows: object[] };

/** Figures, and what they rest on; what the AI would do with a question. */
export function reportsTests(world: World): void {
  test('G1 U13 a tile shows what the API says, opens the conversations it counts, and the CSV has the rows of the table', async () => {
    await world.played(RETURNS_QUESTION);
    const { page, desk } = world;
    const report = await desk.api<Report>('/reports/outcomes?zone=UTC');
    await page.goto(world.url('/reports?zone=UTC'));
    for (const { name, hits, n } of report.tiles)
      await expect(page.locator(`[data-tile="${name}"]`).innerText()).resolves.toContain(
        n === 0 ? 'none yet' : `${hits} of `,
      );
    expect(await page.locator('tbody tr').count()).toBe(report.rows.length);

    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'As CSV' }).click();
    const csv = await readFile(await (await coming).path(), 'utf8');
    expect(csv.trim().split(/\r?\n/)).toHaveLength(report.rows.length + 1);

    const involved = report.tiles.find(({ name }) => name === 'involvement');
    await page.locator('[data-tile="involvement"] a').first().click();
    await page.getByRole('heading', { level: 1, name: 'Conversations: involved' }).waitFor();
    await page.locator('main ol li').first().waitFor();
    expect(await page.locator('main ol li').count()).toBe(Math.min(50, involved?.hits ?? 0));
  });

  test('U15 what a question would come to is what the API plans, and nothing is written to Freshdesk', async () => {
    const { page, desk } = world;
    const before = desk.simulator.requests.find({}).filter(({ method }) => method !== 'GET').length;
    await page.goto(world.url('/knowledge'));
    await page.getByLabel('What a customer writes').fill(RETURNS_QUESTION);
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('It would answer').waitFor();
    const plan = await desk.api<{ confidence: number }>('/connections/default/knowledge/ask', 'POST', {
      question: RETURNS_QUESTION,
    });
    await page.getByText(`confidence ${plan.confidence.toFixed(2)}`).waitFor();
    await page.getByText('within 30 days').first().waitFor();
    await page.getByLabel('What a customer writes').fill(UNKNOWN_QUESTION);
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('It would hand over to people').waitFor();
    expect(desk.simulator.requests.find({}).filter(({ method }) => method !== 'GET')).toHaveLength(before);
    const { turns } = await world.played(RETURNS_QUESTION);
    expect(turns[0]?.confidence?.toFixed(2)).toBe(plan.confidence.toFixed(2));
  });

  test('N4 an article can be read as the AI has it', async () => {
    const { page } = world;
    await page.goto(world.url('/knowledge'));
    await page.getByRole('link', { name: 'Returns' }).click();
    await page.getByRole('heading', { level: 1, name: 'Returns' }).waitFor();
    await page.getByText('within 30 days of delivery').first().waitFor();
  });

  test('U14 twenty of the review queue are graded with the keys alone, and the last grade is taken back', async () => {
    const { page, desk } = world;
    const { id } = await world.played(RETURNS_QUESTION);
    await world.sql(MORE_TURNS, [id]);
    const left = async () => (await desk.api<{ left: number }>('/review-queue')).left;
    const before = await left();
    await page.goto(world.url('/review'));
    const shown = page.locator('[data-turn]');
    await shown.waitFor();
    expect(await shown.innerText()).not.toContain('confidence');
    for (let nth = 0; nth < 20; nth += 1) {
      const turn = await shown.getAttribute('data-turn');
      await page.keyboard.press(String(1 + (nth % 3)));
      await page.getByText(/^confidence/).waitFor();
      if (nth === 19) break;
      await page.keyboard.press('j');
      await page.locator(`[data-turn="${turn}"]`).waitFor({ state: 'detached' });
    }
    await page.keyboard.press('h');
    await page.locator('button[aria-pressed="true"]', { hasText: 'harm' }).waitFor();
    await desk.until('all are graded', async () => (await left()) === before - 20);
    await page.keyboard.press('z');
    await desk.until('one is not', async () => (await left()) === before - 19);
    await page.keyboard.press('1');
    await desk.until('all are graded again', async () => (await left()) === before - 20);
  });

  test('U19 the doctor says in the page what the API says', async () => {
    const { page, desk } = world;
    await page.goto(world.url('/system'));
    const webhook = page.locator('dt', { hasText: 'Last webhook' }).locator('xpath=following-sibling::dd[1]');
    await webhook.locator('time').waitFor();
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    await page.locator('[data-check]').first().waitFor({ timeout: 60_000 });
    const checks = await page
      .locator('[data-check]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-check')));
    const { items } = await desk.api<{ items: { check: string }[] }>('/doctor', 'POST', {});
    expect(new Set(checks)).toEqual(new Set(items.map(({ check }) => check)));
  });

  test('U16 what nothing was found for is a gap, by its group’s name, that leads to its tickets, and can be left with a reason', async () => {
    const { page, desk } = world;
    const group = desk.simulator.account.groups.find(({ name }) => name === 'Billing');
    const { id } = await world.played(UNKNOWN_QUESTION, { subject: 'The moon module', groupId: group?.id });
    await page.goto(world.url('/'));
    await page.getByRole('region', { name: 'What the articles lack most' }).getByText('Group Billing').waitFor();
    await page.goto(world.url('/reports?tab=subjects'));
    await page.getByRole('cell', { name: 'Group Billing', exact: true }).waitFor();
    await page.goto(world.url('/knowledge'));
    const gap = page
      .locator('[data-gap]')
      .filter({ hasText: 'Group Billing' })
      .filter({ hasText: 'Nothing was found' });
    await gap.locator(`a[href$="${id}"]`).waitFor();
    await gap.getByText('Leave it as it is').click();
    await gap.getByLabel('Why').fill('We sell no modules');
    await gap.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('Why it is left: We sell no modules').waitFor();
    await page.getByRole('button', { name: 'Open it again' }).click();
    await page.getByText('We sell no modules').waitFor({ state: 'detached' });
  });

  test('U16 an article that was missing is imported: what it lacked is asked again by itself, and is addressed', async () => {
    const { page, desk } = world;
    const question = 'Which voltage does the kettle of the caravan set need?';
    await world.played(question, { subject: 'The caravan kettle' });
    await page.goto(world.url('/knowledge'));
    const gap = page.locator('[data-gap]').filter({ hasText: 'The caravan kettle' });
    await gap.getByText('Open', { exact: true }).waitFor();
    await desk.addKnowledge(
      'kettle.md',
      '---\ntitle: The kettle of the caravan set\n---\nThe kettle of the caravan set needs a voltage of 12 volts.\n',
    );
    await page.reload();
    await gap.getByText('Addressed').waitFor();
    await gap.getByText(/asked again, \d+ of \d+ would be answered now/).waitFor();
  });

  test('U19 tickets from before are brought in, with a pause and on again; how far that is stays to be read', async () => {
    const { page, desk } = world;
    const [reached, reach] = signal();
    const [released, release] = signal();
    desk.simulator.faults.onRequest({ match: { method: 'GET', path: '/tickets' }, at: 'before_apply' }, async () => {
      reach();
      await released;
    });
    await page.goto(world.url('/system'));
    const part = page.getByRole('region', { name: 'Backfill' });
    await part.getByRole('button', { name: 'Bring them in' }).click();
    await reached;
    await part.getByRole('button', { name: 'Pause the backfill' }).click();
    await part.getByText('paused').waitFor({ timeout: 15_000 });
    release();
    await part.getByRole('button', { name: 'Go on' }).click();
    await part.getByText('done', { exact: false }).first().waitFor({ timeout: 60_000 });
    const { items } = await desk.api<{ items: { state: string; found: number; done: number; failed: number }[] }>(
      '/connections/default/backfills',
    );
    expect(items[0]).toMatchObject({ state: 'completed', done: items[0]?.found, failed: 0 });
    await part.getByText(`${items[0]?.done} of ${items[0]?.found} done`).waitFor();
  });
}

/** A turn nineteen times more, with its draft: nobody waits until so many have written. */
const MORE_TURNS = `
  WITH more AS (
    INSERT INTO "Turn" SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()))).*
      FROM "Turn" t CROSS JOIN generate_series(1, 19) WHERE t."sessionId" = $1::uuid RETURNING "id"
  ) INSERT INTO "Draft" SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'turnId', more."id"))).*
      FROM "Draft" d CROSS JOIN more WHERE d."sessionId" = $1::uuid`;

/** A promise, and what fulfils it. */
function signal(): [promise: Promise<void>, fulfil: () => void] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, resolve];
}
