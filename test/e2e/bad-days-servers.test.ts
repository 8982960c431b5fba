import { temporalLines } from '../../testbed/heard.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { startService } from '../../src/app/serve.ts';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { createGate, type Gate } from '../../testbed/gate.ts';
import { administer, withDatabase } from '../../testbed/test-server.ts';

jest.setTimeout(120_000);
const SHIPPING_QUESTION = 'How many working days does standard shipping take?';

describe('bad days with our own servers', () => {
  let desk: Desk;
  let temporalDir: string;
  beforeAll(async () => {
    temporalDir = await mkdtemp(path.join(tmpdir(), 'opencx-bad-days-'));
    desk = await openDesk({
      temporalDir,
      simulator: { webhookRetryDelaysMs: [500, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000] },
    });
  });
  beforeEach(() => desk.reset());
  afterAll(async () => {
    await desk.close();
    await rm(temporalDir, { recursive: true });
  });

  const answered = async (ticketId: number, times = 1): Promise<void> => {
    await desk.until(`ticket ${ticketId} has ${times} replies`, () => desk.aiReplies(ticketId).length >= times, 60_000);
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(times);
    expect(desk.simulator.requests.find({ method: 'POST', path: `/tickets/${ticketId}/reply` })).toHaveLength(times);
  };
  const deliveredWith = (ticketId: number, status: number): boolean =>
    desk.simulator.deliveries.some((delivery) => delivery.ticketId === ticketId && delivery.status === status);
  const ready = async (): Promise<number> => (await fetch(`${desk.service.url}/readyz`)).status;

  describe('Temporal down', () => {
    test('W4 while Temporal is down a webhook gets 503; once it is back, Freshdesk delivers again and the ticket is answered, once', async () => {
      const known = desk.customerAsks();
      await answered(known);
      await desk.stopTemporal();
      const fresh = desk.customerAsks();
      desk.account.customerReplies(known, { text: SHIPPING_QUESTION });
      await desk.until('both got 503', () => deliveredWith(fresh, 503) && deliveredWith(known, 503));
      expect(await ready()).toBe(503);
      expect(desk.aiReplies(fresh)).toHaveLength(0);

      await desk.startTemporal();
      await answered(fresh);
      await answered(known, 2);
      await desk.until('the service is ready', async () => (await ready()) === 200);
      expect(desk.logLines.join('')).toContain(
        'webhook not accepted: Temporal could not be reached; Freshdesk will deliver it again',
      );
    });

    test('A5 a Temporal that goes away while the reply is being posted costs no second reply', async () => {
      const ticketId = desk.account.state.lastTicketId + 1;
      desk.simulator.faults.onRequest(
        { match: { method: 'POST', path: `/tickets/${ticketId}/reply` }, at: 'after_apply' },
        () => desk.stopTemporal(),
      );
      desk.customerAsks();
      await desk.until('the reply was applied', () => desk.aiReplies(ticketId).length === 1);
      await desk.startTemporal();
      await desk.until(
        'the turn is recorded',
        async () => (await desk.session(ticketId))?.turns[0]?.outcome === 'replied',
      );
      await desk.hint(ticketId);
      await answered(ticketId);
      expect(desk.ticket(ticketId).tags).toEqual(['opencx', 'opencx_autopilot']);
    });

    test('L8 a Temporal that goes away again and again while tickets come costs none its answer, and answers none twice', async () => {
      const tickets: number[] = [];
      for (let round = 1; round <= 2; round += 1) {
        const first = desk.customerAsks();
        tickets.push(first, desk.customerAsks());
        await desk.until('they are being worked', () => desk.simulator.requests.find({ ticketId: first }).length > 0);
        await desk.stopTemporal();
        const unheard = desk.customerAsks();
        tickets.push(unheard);
        await desk.until('its webhook got 503', () => deliveredWith(unheard, 503));
        await desk.startTemporal();
      }
      for (const ticketId of tickets) await answered(ticketId);
    });
  });

  describe('PostgreSQL down', () => {
    const name = (): string => new URL(desk.databaseUrl).pathname.slice(1);
    const elsewhere = (): string => withDatabase(desk.databaseUrl, 'postgres');
    const goDown = async (): Promise<void> => {
      await administer(elsewhere(), `ALTER DATABASE "${name()}" ALLOW_CONNECTIONS false`);
      await administer(
        elsewhere(),
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name()}'`,
      );
    };
    /** Pooled connections that were cut may still be handed out for a moment: then the API fails, which is not the point. */
    const recorded = async (ticketId: number): Promise<boolean> =>
      (await desk.session(ticketId).catch(() => null))?.turns[0]?.outcome === 'replied';
    const comeBack = (): Promise<void> => administer(elsewhere(), `ALTER DATABASE "${name()}" ALLOW_CONNECTIONS true`);

    test('a ticket whose webhook came while PostgreSQL is down is answered afterwards, once', async () => {
      await goDown();
      const ticketId = desk.customerAsks();
      await desk.until('the failure is in the log', () =>
        [...desk.logLines, ...temporalLines].some(
          (line) => line.includes(`ticket:default:${ticketId}`) || line.includes('the database could not be reached'),
        ),
      );
      expect(await ready()).toBe(503);
      await comeBack();
      await answered(ticketId);
      await desk.until('the service is ready', async () => (await ready()) === 200);
    });

    test.each(['before_apply', 'after_apply'] as const)(
      'A5 a PostgreSQL that goes away while the reply is being posted (%s) costs no second reply',
      async (at) => {
        const ticketId = desk.account.state.lastTicketId + 1;
        const { promise: down, resolve: isDown } = Promise.withResolvers<void>();
        desk.simulator.faults.onRequest(
          { match: { method: 'POST', path: `/tickets/${ticketId}/reply` }, at },
          async () => {
            await goDown();
            isDown();
          },
        );
        desk.customerAsks();
        await down;
        await desk.until('the reply is posted', () => desk.aiReplies(ticketId).length === 1);
        await comeBack();
        await desk.until('the turn is recorded', () => recorded(ticketId), 60_000);
        await answered(ticketId);
        expect((await desk.messages(ticketId)).map((message) => message.author)).toEqual(['customer', 'ai']);
      },
    );

    test('L8 a PostgreSQL that goes away again and again while tickets come costs none its answer, and answers none twice', async () => {
      const tickets: number[] = [];
      for (let round = 1; round <= 2; round += 1) {
        const first = desk.customerAsks();
        tickets.push(first, desk.customerAsks());
        await desk.until('they are being worked', () => desk.simulator.requests.find({ ticketId: first }).length > 0);
        await goDown();
        tickets.push(desk.customerAsks());
        await desk.until('it is noticed', async () => (await ready()) === 503);
        await comeBack();
      }
      for (const ticketId of tickets) await answered(ticketId);
    });

    test('a PostgreSQL that goes away while the ticket is being read costs nothing', async () => {
      const ticketId = desk.account.state.lastTicketId + 1;
      const { promise: down, resolve: isDown } = Promise.withResolvers<void>();
      desk.simulator.faults.onRequest(
        { match: { method: 'GET', path: `/tickets/${ticketId}/conversations` }, at: 'after_apply' },
        async () => {
          await goDown();
          isDown();
        },
      );
      desk.customerAsks();
      await down;
      await comeBack();
      await answered(ticketId);
    });
  });

  describe('a start', () => {
    const start = (changes: Partial<Desk['config']>, patienceMs: number) => {
      const said: string[] = [];
      const log = pino({ level: 'silent' });
      const started = workflowBundle().then((bundle) =>
        startService(
          { ...desk.config, ...changes },
          { log, patienceMs, say: (line) => void said.push(line), workflowBundle: bundle },
        ),
      );
      started.catch(() => undefined);
      return { said, started };
    };
    const throughGate = (gate: Gate): string => {
      const url = new URL(desk.databaseUrl);
      url.port = String(gate.port);
      return url.toString();
    };
    const postgresGate = () => createGate({ host: '127.0.0.1', port: Number(new URL(desk.databaseUrl).port) });
    const temporalGate = () =>
      createGate({ host: '127.0.0.1', port: Number(new URL(`http://${desk.config.temporalAddress}`).port) });

    test('a start without PostgreSQL keeps trying, and then says what to do', async () => {
      const gate = await postgresGate();
      const { said, started } = start({ databaseUrl: throughGate(gate) }, 100);
      await expect(started).rejects.toThrow(
        /^PostgreSQL does not answer \(ECONNREFUSED\)\. Start it, or correct DATABASE_URL/,
      );
      expect(said).toContain('PostgreSQL does not answer yet; trying again');
    });

    test('a start without Temporal keeps trying, and then says what to do', async () => {
      const gate = await temporalGate();
      const { said, started } = start({ temporalAddress: `127.0.0.1:${gate.port}` }, 100);
      await expect(started).rejects.toThrow(
        `Temporal does not answer at 127.0.0.1:${gate.port}. Start it, or correct TEMPORAL_ADDRESS`,
      );
      expect(said).toContain(`Temporal does not answer at 127.0.0.1:${gate.port} yet; trying again`);
    });

    test('C6 a start in a namespace that Temporal does not have says so, in the words of doctor', async () => {
      const { started } = start({ temporalNamespace: 'desk' }, 100);
      await expect(started).rejects.toThrow(
        `Temporal answers at ${desk.config.temporalAddress} and has no namespace "desk". Make it with "temporal operator namespace create desk", or correct TEMPORAL_NAMESPACE.`,
      );
    });

    test('a start whose PostgreSQL and Temporal come up late goes on by itself', async () => {
      const [postgres, temporal] = [await postgresGate(), await temporalGate()];
      const { said, started } = start(
        { databaseUrl: throughGate(postgres), temporalAddress: `127.0.0.1:${temporal.port}` },
        60_000,
      );
      await desk.until('it waits for PostgreSQL', () =>
        said.some((line) => line.startsWith('PostgreSQL does not answer')),
      );
      await postgres.open();
      await desk.until('it waits for Temporal', () => said.some((line) => line.startsWith('Temporal does not answer')));
      await temporal.open();
      const service = await started;
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
      await service.close();
      await Promise.all([postgres.shut(), temporal.shut()]);
    });

    test('a start while Freshdesk is down serves the known connection; its tickets are answered when it is back', async () => {
      await desk.stop();
      const fault = desk.simulator.faults.add({
        kind: 'status',
        status: 502,
        body: '<html>bad gateway</html>',
        times: null,
      });
      await desk.start();
      const ticketId = desk.customerAsks(RETURNS_QUESTION);
      await desk.until('it was tried', () => desk.simulator.requests.find({ path: `/tickets/${ticketId}` }).length > 1);
      fault.remove();
      await answered(ticketId);
      expect(desk.logLines.join('')).toContain(
        'the connection could not be verified; it stays as it was and its tickets wait',
      );
    });
  });
});
