import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { RETURNS_QUESTION } from '../../testbed/desk.ts';
import type { World } from './world.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ASSETS = fileURLToPath(new URL('../../dist/web/assets', import.meta.url));
const WCAG = `['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']`;
/** Of what axe looks at, the width changes these alone. */
const LAYOUT = ['color-contrast', 'target-size', 'scrollable-region-focusable'];
const LIMITS = { js: 160_000, css: 15_000 };

/** What every page has to be: within reach of everybody, and small. */
export function lookTests(world: World): void {
  /** Every address with what says that it is there. */
  async function routes(): Promise<[path: string, landmark: string][]> {
    const { id } = await world.played(RETURNS_QUESTION, { subject: 'A ticket to look at' });
    return [
      ['/', 'Overview'],
      ['/inbox', 'Inbox'],
      ['/inbox?q=nothing-is-like-this', 'Inbox'],
      [`/inbox/${id}`, 'A ticket to look at'],
      ['/attention', 'Attention'],
      ['/review', 'Review'],
      ['/reports', 'Reports'],
      ['/reports?tab=drafts', 'Reports'],
      ['/reports/episodes?figure=counted', 'Conversations: counted'],
      ['/knowledge', 'Knowledge'],
      ['/settings', 'Settings'],
      ['/system', 'System'],
      ['/no-such-page', 'There is no such page'],
      ['/inbox/01980000-0000-7000-8000-000000000002', 'This ticket is not here'],
    ];
  }

  /** Opens a page and waits until nothing of it is under way. */
  async function opened(page: Page, at: string, heading: string): Promise<void> {
    await page.goto(world.url(at));
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await page.locator('output[aria-label="Loading"]').first().waitFor({ state: 'detached' });
  }

  test('U20 no page has a fault that axe finds, light and dark, narrow and wide', async () => {
    const found: string[] = [];
    world.expected.push(404);
    const second = await world.admin({ expected: [404] });
    const all = await routes();
    const pages = [world.page, second];
    await Promise.all(
      pages.map((page, nth) =>
        lookedAt(
          page,
          all.filter((_one, place) => place % pages.length === nth),
        ),
      ),
    );
    await second.context().close();
    await world.page.setViewportSize({ width: 1_280, height: 800 });
    await world.page.emulateMedia({ colorScheme: 'light' });
    expect(found).toEqual([]);

    async function lookedAt(page: Page, some: readonly [path: string, landmark: string][]): Promise<void> {
      for (const [at, heading] of some) {
        await opened(page, at, heading);
        await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
        await page.evaluate(AXE);
        for (const width of [1280, 360])
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.setViewportSize({ width, height: 800 });
            await page.emulateMedia({ colorScheme });
            if ((await page.evaluate('document.documentElement.scrollWidth > innerWidth')) === true)
              found.push(`${at} ${width}: wider than the window: ${String(await page.evaluate(TOO_WIDE))}`);
            // Of what axe looks at, the scheme changes the colours alone.
            const rules = colorScheme === 'dark' ? ['color-contrast'] : width === 360 ? LAYOUT : null;
            const only = rules === null ? WCAG : JSON.stringify({ type: 'rule', values: rules });
            const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
              `axe.run({ runOnly: ${only}, resultTypes: ['violations'] })`,
            );
            found.push(...violations.map(({ id, nodes }) => `${at} ${colorScheme} ${width}: ${id} ${nodes[0]?.html}`));
          }
      }
    }
  }, 240_000);

  test('U21 with the keyboard alone from the list through the search into a ticket and back; the focus is seen everywhere', async () => {
    const { page } = world;
    await opened(page, '/inbox', 'Inbox');
    await page.keyboard.press('j');
    const first = await page.evaluate('document.activeElement.dataset.row');
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement.dataset.row')).not.toBe(first);
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/inbox/${String(first)}`);
    await page.locator('h1:focus').waitFor();
    await page.keyboard.press('u');
    await page.waitForURL('**/inbox');
    await page.keyboard.press('/');
    await page.keyboard.type('a ticket to look');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/inbox?q=*');
    await world.rows(page).filter({ hasText: 'A ticket to look at' }).waitFor();

    await page.keyboard.press('Escape');
    await page.locator('h1').focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    const stops = new Set<string>();
    for (let stop = 0; stop < 60; stop += 1) {
      await page.keyboard.press('Tab');
      const [what, seen] = (await page.evaluate(FOCUS)) as [string, boolean];
      expect({ what, seen }).toEqual({ what, seen: true });
      stops.add(what);
    }
    expect(stops.size).toBeGreaterThan(15);
  });

  test('the first load is small: script, style, and what the ticket needs beside it', () => {
    const html = readFileSync(path.join(ASSETS, '../index.html'), 'utf8');
    const size = (pattern: RegExp) =>
      readdirSync(ASSETS)
        .filter((name) => pattern.test(name) && html.includes(name))
        .reduce((sum, name) => sum + gzipSync(readFileSync(path.join(ASSETS, name))).length, 0);
    expect(size(/\.js$/)).toBeGreaterThan(10_000);
    expect(size(/\.js$/)).toBeLessThan(LIMITS.js);
    expect(size(/\.css$/)).toBeLessThan(LIMITS.css);
  });

  test('U24 pages that are built are not built again', async () => {
    const made = () => statSync(path.join(ASSETS, '../index.html')).mtimeMs;
    const before = made();
    world.buildPages();
    expect(made()).toBe(before);
  });

  test('U24 whatever the pages have asked for is in /openapi.json', async () => {
    const response = await fetch(world.url('/openapi.json'));
    const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
    const known = Object.entries(paths).flatMap(([at, methods]) =>
      Object.keys(methods).map((method) => new RegExp(`^${method} ${at.replaceAll(/\{\w+\}/g, '[^/]+')}$`, 'i')),
    );
    const asked = [...world.asked].filter((one) => one.includes(' /api/'));
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((one) => !known.some((pattern) => pattern.test(one)))).toEqual([]);
  });
}

/** The first thing that sticks out to the right, in no box of its own that scrolls. */
const TOO_WIDE = `[...document.querySelectorAll('main *')].find((one) =>
  one.getBoundingClientRect().right > innerWidth + 1 && one.closest('.wide, nav') === null)?.outerHTML.slice(0, 200)`;

/** What has the focus, and whether a line around it, or around what holds it, shows that. */
const FOCUS = `(() => {
  const at = document.activeElement;
  if (at === document.body) return ['the end of the page', true];
  let seen = false;
  for (let one = at; one !== null && !seen; one = one.parentElement)
    seen = getComputedStyle(one).outlineStyle !== 'none' && one.matches(':focus-visible, :has(:focus-visible)');
  return [at.outerHTML.slice(0, 120), seen || at.matches('h1, main')];
})()`;
