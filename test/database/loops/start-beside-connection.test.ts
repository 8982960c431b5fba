import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { keepBeside, type KeepBesideDeps } from '../../../src/loops/start-beside-connection.ts';
import { BackfillRuns, DEFAULT_DAYS } from '../../../src/domain/backfill.ts';
import type { Repeating } from '../../../src/loops/repeat.ts';
import { newConnection, openTestConnections } from '../../../testbed/api.ts';
import { until } from '../../../testbed/until.ts';

type Open = Awaited<ReturnType<typeof openTestConnections>>;

let open: Open;
let keeper: Repeating | null = null;
let temporalDown = false;
let runsAlready = false;
let refusals = 0;
const started: unknown[] = [];
const schedules = new Map<string, number>();

beforeAll(async () => {
  open = await openTestConnections();
});
beforeEach(async () => {
  await open.db.connection.deleteMany();
  started.length = 0;
  schedules.clear();
  [temporalDown, runsAlready] = [false, false];
});
afterEach(() => keeper?.stop());
afterAll(() => open.close());

/** Temporal, as far as it is there: what was started in it. */
function keep(): void {
  const needed = async () => {
    if (!temporalDown) return;
    refusals += 1;
    throw new Error('Temporal does not answer');
  };
  const deps: KeepBesideDeps = {
    connections: open.connections,
    schedules: {
      ensure: async (id, everySeconds) => {
        await needed();
        schedules.set(id, everySeconds);
      },
      remove: async (id) => {
        await needed();
        schedules.delete(id);
      },
    },
    backfills: {
      start: async (id, options) => {
        await needed();
        if (runsAlready) throw new BackfillRuns(id);
        started.push([id, options]);
        return {
          id,
          state: 'running',
          found: 0,
          done: 0,
          failed: 0,
          ratePerMinute: 0,
          etaSeconds: null,
          startedAt: new Date(),
          endedAt: null,
        };
      },
    },
    log: pino({ level: 'silent' }),
    everyMs: 5,
  };
  keeper = keepBeside(deps);
}
const wanted = async () => (await open.connections.get('default'))?.backfillWanted;
const looked = () => until('a look', () => schedules.has('default'));

test('C5 a backfill that was to start when the process died, or Temporal was away, is started later, once', async () => {
  await open.connections.save(newConnection(), { backfill: true });
  temporalDown = true;
  keep();
  await until('Temporal is asked in vain', () => refusals > 0);
  temporalDown = false;
  await until('the backfill is started', async () => (await wanted()) === false);
  expect(started).toEqual([['default', { days: DEFAULT_DAYS, dryRun: false }]]);
  await keeper?.stop();
  schedules.clear();
  keep(); // the next start
  await looked();
  expect(started).toHaveLength(1);
});

test('C5 one that runs already is enough', async () => {
  await open.connections.save(newConnection(), { backfill: true });
  runsAlready = true;
  keep();
  await until('the backfill is started', async () => (await wanted()) === false);
  expect(started).toEqual([]);
});

test('C5 none is started where none was asked for, nor again when the connection is saved once more', async () => {
  await open.connections.save(newConnection(), { backfill: false });
  await open.connections.save(newConnection(), { backfill: true }); // the next start with the same environment
  keep();
  await looked();
  expect([await wanted(), started]).toEqual([false, []]);
});

test('C5 a connection that was removed and is made again is backfilled again where that is asked for', async () => {
  await open.connections.save(newConnection(), { backfill: true });
  await open.connections.backfillStarted('default');
  await open.connections.remove('default');
  await open.connections.save(newConnection(), { backfill: true });
  expect(await wanted()).toBe(true);
});

test('C5 X1 every connection has a schedule with the interval of its settings, and a removed one has none', async () => {
  await open.connections.save(newConnection());
  await open.connections.save(newConnection({ id: 'shop' }));
  keep();
  await until('schedules', () => schedules.size === 2);
  expect([...schedules.values()]).toEqual([300, 300]);
  await open.connections.patchSettings('shop', { reconcile: { everySeconds: 60 } });
  await until('the other interval', () => schedules.get('shop') === 60);
  await open.connections.remove('shop');
  await until('the schedule goes', () => !schedules.has('shop'));
  expect(schedules.has('default')).toBe(true);
});

test('C5 a connection whose stored settings cannot be used keeps no other one from its schedule', async () => {
  await open.connections.save(newConnection({ id: 'broken-settings' }));
  await open.connections.save(newConnection({ id: 'shop' }));
  await open.db.connection.update({
    where: { id: 'broken-settings' },
    data: { settings: { reconcile: { everySeconds: 'often' } } },
  });
  keep();
  await until('the schedule of the other', () => schedules.has('shop'));
  expect([...schedules.keys()]).toEqual(['shop']);
});

test('C5 C7 settings given while connecting are in force from the first moment on', async () => {
  await open.connections.save(newConnection(), {
    settings: { intake: { autoHandleAll: true, exclude: { tags: ['vip'] } } },
  });
  expect((await open.connections.settings('default')).intake.exclude.tags).toEqual(['vip']);
  expect((await open.connections.get('default'))?.autoHandleSince).not.toBeNull();
  await expect(open.connections.save(newConnection({ id: 'bad' }), { settings: { nonsense: 1 } })).rejects.toThrow();
  expect(await open.connections.get('bad')).toBeNull();
});
