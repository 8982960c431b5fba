import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { SessionDetail } from '../../src/contract/sessions.ts';
import { launchBrowser } from '../../testbed/browser.ts';
import { openDesk, RETURNS_QUESTION } from '../../testbed/desk.ts';

/** A desk with the Inbox, and a Chromium in front of it. */
export type World = Awaited<ReturnType<typeof openWorld>>;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Among what a test expects: the service itself is away for a while. */
export const AWAY = 0;

/** Built when what they are made of has changed. */
function buildPages(): void {
  execFileSync(process.execPath, ['tools/setup/run.mjs', '--pages'], { cwd: ROOT, stdio: 'pipe' });
}

type Visit = Parameters<Browser['newContext']>[0] & {
  /** Statuses of requests that may fail there. */
  expected?: number[];
};

export async function openWorld() {
  buildPages();
  const browser = await launchBrowser();
  const desk = await openDesk({ webUi: true, gated: true });
  const faults: string[] = [];
  const asked = new Set<string>();
  const expected: number[] = [];
  const contexts: BrowserContext[] = [];
  const { service, config } = desk;

  /** A new profile, of somebody who is not signed in. */
  async function visitor({ expected: own = [], ...options }: Visit = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    contexts.push(context);
    await watch(context, { origin: service.url, faults, asked, expected: own });
    return context.newPage();
  }

  /** The same, signed in by a link of the service. */
  async function admin(visit: Visit = {}): Promise<Page> {
    const page = await visitor(visit);
    await page.goto(desk.service.signInLink());
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    return page;
  }

  async function close(): Promise<void> {
    await browser.close();
    await desk.close();
  }

  /** The session of a ticket that the AI is done with. */
  async function played(text: string, ticket: Parameters<typeof desk.customerAsks>[1] = {}): Promise<SessionDetail> {
    const ticketId = desk.customerAsks(text, ticket);
    await desk.until(`ticket ${ticketId} has a turn`, async () => {
      return ((await desk.session(ticketId))?.turns.length ?? 0) > 0;
    });
    await desk.quiet(ticketId);
    const session = await desk.session(ticketId);
    if (session === null) throw new Error(`ticket ${ticketId} has no session`);
    return session;
  }
  let answered: Promise<SessionDetail> | null = null;

  // A desk that nobody closes keeps the whole run from ending.
  const own = await admin({ expected }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    desk,
    buildPages,
    /** What no page may do, as it was seen on any of them. */
    faults,
    /** What the pages have asked the service for: method and path. */
    asked,
    /** Statuses of requests of `page` that may fail in this test. */
    expected,
    visitor,
    admin,
    /** Closes what one test opened: the pages of a test that failed would ask on, and their faults would be another's. */
    async endVisits(): Promise<void> {
      await Promise.all(contexts.filter((context) => context !== own.context()).map((context) => context.close()));
      contexts.splice(0);
    },
    /** An admin's, for whoever needs no other. */
    page: own,
    async viewer(): Promise<Page> {
      const page = await visitor();
      await page.goto(`${service.url}/inbox`);
      await page.getByLabel('Token').fill(config.viewerToken ?? '');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor();
      return page;
    },
    url: (path: string) => `${service.url}${path}`,
    /** What would take days, or two thousand people, is written straight into the tables. */
    async sql(statement: string, values: unknown[]): Promise<void> {
      const client = new pg.Client({ connectionString: desk.databaseUrl });
      await client.connect();
      try {
        await client.query(statement, values);
      } finally {
        await client.end();
      }
    },
    /** The tickets in the list, each by the link that opens it. */
    rows: (page: Page) => page.locator('a[data-row]'),
    played,
    /** One that the AI has replied to, for whoever only looks at it. */
    replied: () => (answered ??= played(RETURNS_QUESTION)),
    close,
  };
}

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  reportViolation(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));`;

/** Notes everything that would fail the suite: errors, violations of the policy, requests that fail or leave this machine. */
async function watch(
  context: BrowserContext,
  { origin, faults, asked, expected }: { origin: string; faults: string[]; asked: Set<string>; expected: number[] },
): Promise<void> {
  await context.exposeFunction('reportViolation', (what: string) => void faults.push(`policy: ${what}`));
  await context.addInitScript({ content: REPORT_VIOLATIONS });
  context.on('page', (page) => {
    page.on('pageerror', (error) => faults.push(`error on ${page.url()}: ${error.message}`));
    page.on('console', (line) => {
      const failed = /the server responded with a status of (\d+)/.exec(line.text())?.[1];
      if (line.type() !== 'error' || (failed !== undefined && expected.includes(Number(failed)))) return;
      if (/net::ERR_/.test(line.text()) && expected.includes(AWAY)) return;
      // A file of the program that is gone is named once more by whoever wanted it.
      if (/preload CSS|dynamically imported module/.test(line.text()) && expected.includes(404)) return;
      // Whoever is not signed in yet is told so.
      if (failed === '401' && line.location().url.includes('/api/')) return;
      faults.push(`console on ${page.url()}: ${line.text()} ${line.location().url}`);
    });
  });
  context.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:'))
      faults.push(`request to elsewhere: ${request.url()}`);
    else asked.add(`${request.method()} ${new URL(request.url(), origin).pathname}`);
  });
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (expected.includes(AWAY)) return;
    if (why !== 'net::ERR_ABORTED') faults.push(`${request.method()} ${request.url()} failed: ${why}`);
  });
}

/** Somebody looks at the page again: it asks at once, and not with the next poll. */
export async function comesBack(page: Page): Promise<void> {
  await page.evaluate(`window.dispatchEvent(new Event('visibilitychange'))`);
}
