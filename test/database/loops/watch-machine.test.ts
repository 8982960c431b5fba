import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { disksOf, foldersOf } from '../../../src/app/machine.ts';
import { createConditions } from '../../../src/db/background/conditions.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import { watchMachine, type WatchMachineDeps } from '../../../src/loops/watch-machine.ts';
import { openTestConnections } from '../../../testbed/api.ts';
import { until } from '../../../testbed/until.ts';

const MIB = 1024 ** 2;
let open: Awaited<ReturnType<typeof openTestConnections>>;
beforeAll(async () => {
  open = await openTestConnections();
});
afterAll(() => open.close());
afterEach(() => open.db.condition.deleteMany());

/** Watches until told otherwise; what it sees can be changed meanwhile. */
function watched({ conditions = createConditions(open.db), machine = 'web-1' } = {}) {
  const sees = { free: 50_000 * MIB, aheadMs: 0, looks: 0 };
  const deps: WatchMachineDeps = {
    conditions,
    machine,
    disks: async () => {
      sees.looks += 1;
      return [{ folder: '/srv/data', space: { free: sees.free, total: 100_000 * MIB } }];
    },
    clockAheadMs: () => sees.aheadMs,
    log: pino({ level: 'silent' }),
    everyMs: 5,
  };
  const watch = watchMachine(deps);
  const attention = createAttention(open.db, createConditions(open.db));
  const kinds = async () => (await attention.list(10)).map(({ kind }) => kind);
  return { sees, kinds, stop: () => watch.stop() };
}

test('C6 L5 a disk that fills is in attention before it is full, and no more when it is freed', async () => {
  const { sees, kinds, stop } = watched();
  try {
    await until('it was looked at', () => sees.looks > 2);
    expect(await kinds()).toEqual([]);
    sees.free = 200 * MIB;
    await until('somebody is told', async () => (await kinds()).includes('disk_space'));
    sees.free = 50_000 * MIB;
    await until('it is over', async () => (await kinds()).length === 0);
  } finally {
    await stop();
  }
});

test.each([600_000, -600_000])('C6 a clock that is off by %d ms is in attention until it is set', async (aheadMs) => {
  const { sees, kinds, stop } = watched();
  try {
    sees.aheadMs = aheadMs;
    await until('somebody is told', async () => (await kinds()).includes('clock_off'));
    sees.aheadMs = 500;
    await until('it is over', async () => (await kinds()).length === 0);
  } finally {
    await stop();
  }
});

test('L5 a database that cannot be written any more hides nothing from those who ask this process', async () => {
  const full = createConditions({
    condition: open.db.condition,
    $queryRaw: open.db.$queryRaw.bind(open.db),
    $executeRaw: () => {
      throw new Error('could not extend file: No space left on device');
    },
  });
  const { sees, stop } = watched({ conditions: full });
  try {
    sees.free = 0;
    const items = () => createAttention(open.db, full).list(10);
    await until('it is told', async () => (await items()).length > 0);
    expect(await items()).toMatchObject([{ kind: 'disk_space', what: expect.stringContaining('0 MiB of') }]);
  } finally {
    await stop();
  }
});

test('C6 disks are told by their folders, also before these are made, and each once', async () => {
  const config = { databaseUrl: null, temporalAddress: null, dataDir: '/tmp/not/there/yet' } as const;
  const folders = foldersOf({
    ...config,
    storage: { kind: 'folder', path: '/tmp/not/there/either' },
  } as unknown as Parameters<typeof foldersOf>[0]);
  const disks = await disksOf(folders);
  expect(disks.map(({ folder }) => folder)).toEqual(['/tmp/not/there/yet']);
  expect(disks[0]?.space.total).toBeGreaterThan(disks[0]?.space.free ?? Infinity);
});
