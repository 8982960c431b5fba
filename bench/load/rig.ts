import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSimulator } from '../../simulator/simulator.ts';
import { SEARCH_ATTRIBUTES } from '../../src/domain/temporal-names.ts';
import { freePort } from '../../src/local/processes.ts';
import { startLocalTemporal } from '../../src/local/temporal.ts';
import { RETURNS_QUESTION } from '../../testbed/desk.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { until } from '../../testbed/until.ts';
import { cpuSeconds } from './cpu.ts';
import { median } from './measure.ts';
import { accountTicket, watchReplies } from './replies.ts';

const MAIN = path.join(import.meta.dirname, '../../src/main.ts');
const KNOWLEDGE = path.join(import.meta.dirname, '../../demo/knowledge');
const ADMIN_TOKEN = 'admin-token-of-the-bench';
export const WEBHOOK_SECRET = 'secret-of-the-bench';
const QUIET_MS = 2_000;

/** CPU seconds: of the process that does the work, of Temporal's server, and of PostgreSQL. */
export type Cpu = Record<'worker' | 'temporal' | 'postgres', number>;

/** What a number of tickets came to; times are medians in milliseconds, CPU seconds are for each ticket. */
export type Round = { perSecond: number; reply: number; quiet: number; cpu: Cpu };

/**
 * What the benches of whole turns stand on: PostgreSQL, a Temporal (the dev server, or the one that TEMPORAL_ADDRESS names,
 * with TEMPORAL_PROCESS as a part of its command line), and a simulated account without limits.
 */
export async function openRig() {
  const server = await startTestServer(process.env['DATABASE_URL']);
  const simulator = await startSimulator({ ratePerMinute: 1_000_000, subLimits: null });
  const given = process.env['TEMPORAL_ADDRESS'] ?? null;
  const temporal =
    given === null
      ? await startLocalTemporal({
          dataDir: null,
          cliPath: process.env['TEMPORAL_CLI_PATH'] ?? 'temporal',
          namespace: 'default',
          searchAttributes: SEARCH_ATTRIBUTES,
          log: () => undefined,
          port: 0,
          uiPort: 0,
        })
      : { address: given, stop: async () => undefined };
  const temporalProcess = process.env['TEMPORAL_PROCESS'] ?? `--port ${temporal.address.split(':')[1]}`;
  const children: ChildProcess[] = [];

  const { heard, lastAt, replied } = watchReplies(simulator);

  const cpuNow = (worker: string): Cpu => ({
    worker: cpuSeconds((command) => command.includes(worker)),
    temporal: cpuSeconds((command) => command.includes(temporalProcess)),
    postgres: cpuSeconds((command) => command.includes(server.runDir) && command.includes('postgres')),
  });

  return {
    server,
    simulator,
    temporal,
    givenTemporal: given !== null,
    heard,
    replied,
    quiet: (tickets: readonly string[]) =>
      until('all are quiet', () => performance.now() - Math.max(...tickets.map(lastAt)) > QUIET_MS, 120_000),
    /** A process that ends with the rig. */
    keep<T extends ChildProcess>(child: T): T {
      children.push(child);
      return child;
    },

    /** A customer writes; resolves with the ticket when the AI's reply is in the account. */
    async askAccount(): Promise<string> {
      const { id } = simulator.account.customerCreatesTicket({
        email: `customer-${randomBytes(6).toString('hex')}@customer.example`,
        subject: 'Return',
        text: RETURNS_QUESTION,
      });
      await replied(accountTicket(id));
      return accountTicket(id);
    },

    /** `tickets` tickets with so many in flight: until their replies, and until nothing more comes. */
    async measure(worker: string, inFlight: number, tickets: number, ask: () => Promise<string>): Promise<Round> {
      const before = cpuNow(worker);
      const startedAt = performance.now();
      const took: { ticket: string; since: number; repliedAt: number }[] = [];
      let left = tickets;
      const caller = async () => {
        while (left > 0) {
          left -= 1;
          const since = performance.now();
          const ticket = await ask();
          took.push({ ticket, since, repliedAt: performance.now() });
        }
      };
      await Promise.all(Array.from({ length: inFlight }, caller));
      const perSecond = tickets / ((performance.now() - startedAt) / 1_000);
      await this.quiet(took.map(({ ticket }) => ticket));
      const after = cpuNow(worker);
      return {
        perSecond,
        reply: median(took.map(({ since, repliedAt }) => repliedAt - since)),
        quiet: median(took.map(({ ticket, since }) => lastAt(ticket) - since)),
        cpu: {
          worker: (after.worker - before.worker) / tickets,
          temporal: (after.temporal - before.temporal) / tickets,
          postgres: (after.postgres - before.postgres) / tickets,
        },
      };
    },

    /** The whole product in a process of its own, told of changes by the account's webhooks; resolves when it answers. */
    async startProduct(): Promise<{ process: string; url: string }> {
      const port = await freePort();
      const env = {
        ...process.env,
        NODE_ENV: 'production',
        PORT: String(port),
        DATABASE_URL: server.templateUrl,
        TEMPORAL_ADDRESS: temporal.address,
        ADMIN_TOKEN,
        // It ends with this process, however that ends.
        OPENCX_LAUNCHER: String(process.pid),
        ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        FRESHDESK_DOMAIN: 'acme.freshdesk.com',
        FRESHDESK_API_KEY: simulator.apiKey,
        FRESHDESK_URL: simulator.url,
        WEBHOOK_SECRET,
        LOG_LEVEL: 'warn',
      };
      this.keep(
        spawn(process.execPath, [MAIN, 'serve'], { cwd: tmpdir(), stdio: ['ignore', 'ignore', 'inherit'], env }),
      );
      const url = `http://127.0.0.1:${port}`;
      await until(
        'the product is ready',
        async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok === true,
        120_000,
      );
      const imported = spawnSync(process.execPath, [MAIN, 'knowledge', 'import', KNOWLEDGE], {
        cwd: tmpdir(),
        env,
        encoding: 'utf8',
      });
      if (imported.status !== 0) throw new Error(imported.stderr);
      const answer = await fetch(`${url}/api/connections/default/settings`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          intake: { autoHandleAll: true },
          channels: { email: { mode: 'autopilot', firstReplyDelaySeconds: 0, burstSeconds: 0 } },
          handoff: { confidenceThreshold: 0.6 },
          limits: { repliesPerConnectionPerHour: 1_000_000 },
        }),
      });
      if (!answer.ok) throw new Error(`settings: ${await answer.text()}`);
      const hooks = `${url}/webhooks/freshdesk/default`;
      this.sendWebhooksTo(hooks);
      return { process: `${MAIN} serve`, url: hooks };
    },

    /** Where the account's webhooks go from now on. */
    sendWebhooksTo(url: string): void {
      simulator.setWebhook({ url, headers: { 'X-Webhook-Secret': WEBHOOK_SECRET } });
    },

    async close(): Promise<void> {
      simulator.setWebhook(null);
      for (const child of children) await end(child);
      await temporal.stop();
      await simulator.close();
      await server.stop();
    },
  };
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
