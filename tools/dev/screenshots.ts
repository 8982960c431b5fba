// Plays the demo's day and takes the pictures of docs/inbox.md: npm run screenshots [-- --all FOLDER]
// With --all, every page in FOLDER: at three widths, light and dark, to be looked at.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { playAll } from '../../demo/day.ts';
import { openDesk, type Desk } from '../../demo/desk.ts';
import type { SessionView } from '../../src/contract/sessions.ts';
import { installRuntime } from '../../src/temporal/runtime.ts';
import { launchBrowser, whyNoBrowser } from '../../testbed/browser.ts';

const PICTURES = path.join(import.meta.dirname, '../../docs/pictures');
const WIDTHS = [360, 768, 1440];

/** `docs`: one of the pictures of the docs. */
type Shot = { name: string; at: string; docs?: true };

const { values } = parseArgs({ options: { all: { type: 'string' } } });
const why = whyNoBrowser();
if (why !== null) throw new Error(`no pictures can be taken: ${why}`);
const log = pino({ level: 'silent' });
installRuntime(log);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const desk = await openDesk({ env: process.env, log, say });
try {
  await playAll(desk, () => undefined, new AbortController().signal);
  const browser = await launchBrowser();
  const shots = await shotsOf(desk);
  if (values.all === undefined)
    await takeAll(
      browser,
      shots.filter(({ docs }) => docs === true),
      PICTURES,
      [1_280],
      ['light'],
    );
  else await takeAll(browser, shots, values.all, WIDTHS, ['light', 'dark']);
  await browser.close();
} finally {
  await desk.close();
}

/** The pages, with tickets on which something can be seen. */
async function shotsOf({ api }: Desk): Promise<Shot[]> {
  const { items } = await api<{ items: SessionView[] }>('/sessions?limit=50&sort=began');
  const ticket = (kind: SessionView['decision']['kind']): Shot[] => {
    const found = items.find(({ decision }) => decision.kind === kind);
    if (found === undefined) return [];
    return [{ name: `ticket-${kind}`, at: `/inbox/${found.id}`, ...(kind === 'drafted' ? { docs: true } : {}) }];
  };
  return [
    { name: 'overview', at: '/' },
    { name: 'inbox', at: '/inbox', docs: true },
    ...ticket('drafted'),
    ...ticket('handed_off'),
    ...ticket('replied'),
    { name: 'attention', at: '/attention' },
    { name: 'review', at: '/review' },
    { name: 'reports', at: '/reports' },
    { name: 'handoffs', at: '/reports?tab=handoffs' },
    { name: 'knowledge', at: '/knowledge' },
    { name: 'settings', at: '/settings' },
    { name: 'system', at: '/system' },
  ];
}

async function takeAll(
  browser: Browser,
  shots: readonly Shot[],
  folder: string,
  widths: readonly number[],
  schemes: readonly ('light' | 'dark')[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const colorScheme of schemes)
    for (const width of widths) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
      const page = await context.newPage();
      await page.goto(desk.service.signInLink());
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      const suffix = widths.length === 1 ? '' : `-${width}-${colorScheme}`;
      for (const { name, at } of shots) await take(page, at, path.join(folder, `${name}${suffix}.png`));
      await context.close();
    }
}

async function take(page: Page, at: string, file: string): Promise<void> {
  await page.goto(`${desk.service.url}${at}`);
  await page.locator('h1').waitFor();
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: file });
  say(file);
}
