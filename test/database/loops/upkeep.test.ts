import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLeases } from '../../../src/db/background/leases.ts';
import { onePerDeployment } from '../../../src/loops/one-per-deployment.ts';
import type { Repeating } from '../../../src/loops/repeat.ts';
import { wakeTickets } from '../../../src/loops/wake.ts';
import { openMirror, type Mirror } from '../../../testbed/activities.ts';
import { until } from '../../../testbed/until.ts';

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror();
});
afterAll(() => mirror.close());

describe('L4 what goes on by itself goes on in one process of a deployment', () => {
  const working = new Set<string>();
  const processNamed = (name: string): Repeating =>
    onePerDeployment({
      leases: createLeases(mirror.db),
      name: 'upkeep',
      log: mirror.deps.log,
      everyMs: 20,
      start: () => {
        working.add(name);
        return [{ stop: () => Promise.resolve(void working.delete(name)) }];
      },
    });

  test('one does it, and when that one is stopped another goes on', async () => {
    const one = processNamed('one');
    await until('one works', () => working.has('one'));
    const other = processNamed('other');
    await mirror.db.lease.findFirstOrThrow({ where: { name: 'upkeep' } });
    expect([...working]).toEqual(['one']);
    await one.stop();
    await until('the other works', () => working.has('other'));
    expect([...working]).toEqual(['other']);
    await other.stop();
    expect(await mirror.db.lease.count()).toBe(0);
  });

  test('one that died is waited for as long as its lease says, and one that comes back too late stops', async () => {
    const leases = createLeases(mirror.db);
    expect(await leases.hold('upkeep', 'dead', 60_000)).toBe(true);
    expect(await leases.hold('upkeep', 'late', 60_000)).toBe(false);
    await mirror.db.$executeRaw`UPDATE "Lease" SET "until" = clock_timestamp() - interval '1 second'`;
    const heir = processNamed('heir');
    await until('the heir works', () => working.has('heir'));
    expect(await leases.hold('upkeep', 'dead', 60_000)).toBe(false);
    // As if the heir had been suspended for so long that another took over.
    await mirror.db
      .$executeRaw`UPDATE "Lease" SET "holder" = 'another', "until" = clock_timestamp() + interval '1 hour'`;
    await until('the heir has stopped', () => working.size === 0);
    await heir.stop();
    expect((await mirror.db.lease.findFirst())?.holder).toBe('another'); // what is not its own it does not give back
    await mirror.db.lease.deleteMany();
  });
});

describe('E12 what a pause has held up', () => {
  const heldTickets = async (count: number): Promise<number[]> => {
    await mirror.set({ paused: true, channels: { email: { mode: 'assist' } } });
    const tickets: number[] = [];
    for (let nth = 0; nth < count; nth += 1) {
      const { id } = mirror.account.customerCreatesTicket({
        email: `held-${nth}@customer.example`,
        subject: 'Late',
        text: 'Where is it?',
      });
      await mirror.sync(id);
      tickets.push(id);
    }
    return tickets;
  };
  /** Who is answered has not been changed. */
  const unchanged = () => ({
    ...mirror.connections,
    list: async () => (await mirror.connections.list()).map((one) => ({ ...one, reachChangedAt: null })),
  });
  const claim = async (limit: number) =>
    (await mirror.deps.sessions.claimHeld(limit)).map(({ ticketId }) => ticketId).toSorted((a, b) => a - b);

  test('E12 is woken some at a time, the longest first, each once, and nothing during the pause', async () => {
    const [first, second, third] = await heldTickets(3);
    expect(await claim(10)).toEqual([]);
    await mirror.set({ paused: false });
    expect(await claim(2)).toEqual([first, second]);
    expect(await claim(2)).toEqual([third]);
    expect(await claim(2)).toEqual([]);
    expect(await mirror.db.session.count({ where: { heldSince: { not: null } } })).toBe(3);
    await mirror.sync(first ?? 0);
    expect(await mirror.db.session.count({ where: { heldSince: { not: null } } })).toBe(2);
  });

  test('E12 one that is paused again before it was looked at is woken after that pause', async () => {
    const [ticketId] = await heldTickets(1);
    await mirror.set({ paused: false });
    expect(await claim(10)).toContain(ticketId);
    await mirror.set({ paused: true });
    await mirror.sync(ticketId ?? 0);
    await mirror.set({ paused: false });
    expect(await claim(10)).toEqual([ticketId]);
  });

  test('E12 one that could not be told is told at the next look; of many, some are under way at a time', async () => {
    const tickets = await heldTickets(5);
    await mirror.set({ paused: false });
    const told: number[] = [];
    let most = 0;
    let refused = 0;
    let underWay = 0;
    const loop = wakeTickets({
      connections: unchanged(),
      sessions: mirror.deps.sessions,
      looks: mirror.deps.looks,
      retryNow: () => Promise.resolve(0),
      log: mirror.deps.log,
      everyMs: 10,
      atOnce: 2,
      signalTicket: async (_connection, ticketId) => {
        most = Math.max(most, (underWay += 1));
        await Promise.resolve();
        underWay -= 1;
        if ((refused += 1) <= 1) throw new Error('Temporal is away');
        told.push(ticketId);
      },
    });
    await until('all are told', () => tickets.every((ticketId) => told.includes(ticketId)));
    await loop.stop();
    expect(told.toSorted((a, b) => a - b)).toEqual(tickets);
    expect(most).toBe(2);
  });

  test('C8, E7 tickets that count since a change are woken though Temporal cannot be asked about all that run, and it is asked once', async () => {
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    const { id } = mirror.account.customerCreatesTicket({
      email: 'late@customer.example',
      subject: 'Late',
      text: 'Where is it?',
    });
    await mirror.sync(id);
    await mirror.db.connection.update({ where: { id: 'default' }, data: { reachChangedAt: new Date() } });
    const told: number[] = [];
    let asked = 0;
    let looks = 0;
    const loop = wakeTickets({
      connections: mirror.connections,
      sessions: {
        ...mirror.deps.sessions,
        claimHeld: async () => {
          looks += 1;
          return [];
        },
      },
      looks: mirror.deps.looks,
      retryNow: async () => {
        asked += 1;
        throw new Error('the deadline is over');
      },
      log: mirror.deps.log,
      everyMs: 10,
      signalTicket: async (_connection, ticketId) => void told.push(ticketId),
    });
    await until('it has looked again', () => asked > 0 && looks >= 4);
    await loop.stop();
    expect([told.filter((ticketId) => ticketId === id), asked]).toEqual([[id], 1]);
  });

  test('L2 5,000 that are held up are woken at a pace by two processes, each once', async () => {
    const HELD = 5_000;
    await mirror.set({ paused: false });
    await mirror.db.session.deleteMany();
    await mirror.db.$executeRaw`
      INSERT INTO "Session" ("id", "connectionId", "ticketId", "status", "channel", "admittedBy", "subject", "source", "ticketStatus",
        "tags", "ownTags", "lookedAt", "ticketCreatedAt", "ticketUpdatedAt", "updatedAt", "heldSince")
      SELECT gen_random_uuid(), 'default', n, 'open', 'email', 'auto_handle', '', 1, 2, '{}', '{}', now(), now(), now(), now(),
        now() - (${HELD} - n) * interval '1 second'
      FROM generate_series(1, ${HELD}::int) n`;
    const told: number[] = [];
    const underWay = [0, 0];
    let most = 0;
    const loops = [0, 1].map((process) =>
      wakeTickets({
        connections: unchanged(),
        sessions: mirror.deps.sessions,
        looks: mirror.deps.looks,
        retryNow: () => Promise.resolve(0),
        log: mirror.deps.log,
        everyMs: 1,
        signalTicket: async (_connection, ticketId) => {
          most = Math.max(most, (underWay[process] = (underWay[process] ?? 0) + 1));
          await Promise.resolve();
          underWay[process] = (underWay[process] ?? 1) - 1;
          told.push(ticketId);
        },
      }),
    );
    await until('all are told', () => told.length >= HELD);
    await Promise.all(loops.map((loop) => loop.stop()));
    expect(most).toBe(50);
    expect(told.toSorted((a, b) => a - b)).toEqual(Array.from({ length: HELD }, (_, nth) => nth + 1));
  });
});
