import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { ReportName } from '../../../src/contract/reports.ts';
import { createReports, type Reports } from '../../../src/db/reads/reports/reports.ts';
import { HANDOFF_REASONS } from '../../../src/domain/handoff.ts';
import { FIGURES, type Figure, TILE_OF, TILES } from '../../../src/domain/figures.ts';
import { OUTCOMES } from '../../../src/domain/episode.ts';
import { newConnection, openTestConnections } from '../../../testbed/api.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const DAY_MS = 86_400_000;
const EPISODES = 2_000;
const ALL = { from: '2026-04-01', to: '2026-06-01', zone: 'UTC' };

let world: Awaited<ReturnType<typeof openTestConnections>>;
let client: pg.Client;
let reports: Reports;

/** Of a linear congruential generator, so that a failure can be repeated. */
let state = 20_260_601;
function random(): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state / 2_147_483_648;
}
const chance = (share: number) => random() < share;
const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
const maybe = <T>(share: number, value: () => T): T | null => (chance(share) ? value() : null);

/** Facts in every mixture, also in those that no history makes. */
function anyEpisode(ticketId: number, sessionId: string, number: number) {
  const startedAt = new Date(NOW.getTime() - random() * 60 * DAY_MS);
  const later = (days: number) => new Date(startedAt.getTime() + random() * days * DAY_MS);
  const drafts = chance(0.4) ? 1 : 0;
  return {
    sessionId,
    number,
    connectionId: chance(0.9) ? 'default' : 'other',
    ticketId: BigInt(ticketId),
    trigger: number === 1 ? 'new' : oneOf(['reopened_by_customer', 'reopened_by_person', 'given_back']),
    startedAt,
    endedAt: maybe(0.2, () => later(9)),
    channel: oneOf(['email', 'web', 'phone'] as const),
    mode: maybe(0.8, () => oneOf(['autopilot', 'assist'])),
    tags: chance(0.3) ? ['vip'] : [],
    admittedBy: 'assigned',
    backfilled: chance(0.05),
    contactKey: maybe(0.7, () => `contact-${Math.floor(random() * 300)}`),
    firstAiReplyAt: maybe(0.5, () => later(1)),
    aiReplies: chance(0.5) ? 1 : 0,
    firstPersonReplyAt: maybe(0.3, () => later(2)),
    drafts,
    draftFate: drafts === 0 ? null : oneOf([null, 'sent', 'edited', 'ignored', 'superseded']),
    distance: drafts === 0 ? null : random() / 2,
    handedOffAt: maybe(0.2, () => later(1)),
    handoffReasons: chance(0.2) ? [oneOf(HANDOFF_REASONS), oneOf(HANDOFF_REASONS)] : [],
    routed: chance(0.1),
    blocked: chance(0.05),
    takenAt: maybe(0.1, () => later(1)),
    resolvedAt: maybe(0.6, () => later(6)),
    resolvedBy: oneOf(['ai', 'ai', 'freshdesk']),
    closure: maybe(0.8, () => oneOf(['resolved', 'assumed_resolved'])),
    voided: maybe(0.1, () => oneOf(['spam', 'deleted', 'erased', 'nothing_to_answer'])),
    topic: maybe(0.1, () => 'refunds'),
    leadTitle: maybe(0.6, () => oneOf(['Returns', 'Shipping', '=1+1'])),
    groupId: maybe(0.3, () => 5n),
    confidence: maybe(0.7, random),
    seeded: chance(0.1),
  };
}

beforeAll(async () => {
  world = await openTestConnections();
  await world.connections.save(newConnection({ id: 'other', agent: { id: 7, name: 'R', email: 'r@other.example' } }));
  await world.connections.patchSettings('other', { reports: { returnWindowDays: 3 } });
  const rows = [];
  for (let ticket = 1; rows.length < EPISODES; ticket += 1) {
    const sessionId = randomUUID();
    for (let number = 1; number <= 1 + Math.floor(random() * 3); number += 1) {
      rows.push({ ...anyEpisode(ticket, sessionId, number), connectionId: ticket % 10 === 0 ? 'other' : 'default' });
    }
  }
  await world.db.episode.createMany({ data: rows });
  client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  await makeOracle();
  reports = createReports(world.db, { now: () => NOW });
});
afterAll(async () => {
  await client.end();
  await world.close();
});

/** The same classes, told step by step: what is decided is decided, and joins instead of conditions. */
async function makeOracle(): Promise<void> {
  await client.query(`
    CREATE TABLE oracle AS SELECT e.*, NULL::text AS outcome, NULL::text AS returned,
      CASE "connectionId" WHEN 'other' THEN interval '3 days' ELSE interval '7 days' END AS patience,
      CASE "channel" WHEN 'web' THEN interval '24 hours' ELSE interval '72 hours' END AS silence,
      "aiReplies" > 0 OR "drafts" > 0 OR "handedOffAt" IS NOT NULL AS involved
    FROM "Episode" e WHERE "startedAt" >= '2026-04-01Z' AND "startedAt" < '2026-06-02Z'`);
  const STEPS: [outcome: string, condition: string][] = [
    ['not_counted', `"voided" IS NOT NULL`],
    ['not_counted', `"backfilled"`],
    ['blocked', `"blocked"`],
    ['handed_off', `"routed"`],
    ['handed_off', `"handedOffAt" IS NOT NULL AND "mode" IS NOT NULL AND "mode" = 'autopilot'`],
    [
      'confirmed',
      `"resolvedAt" IS NOT NULL AND "resolvedBy" = 'ai' AND "closure" = 'resolved' AND "aiReplies" <> 0 AND "firstPersonReplyAt" IS NULL`,
    ],
    [
      'assumed',
      `"resolvedAt" IS NOT NULL AND "resolvedBy" = 'ai' AND "closure" = 'assumed_resolved' AND "aiReplies" <> 0 AND "firstPersonReplyAt" IS NULL`,
    ],
    ['closed_with_team', `"resolvedAt" IS NOT NULL AND "aiReplies" <> 0`],
    ['answered_with_draft', `"draftFate" = 'sent' OR "draftFate" = 'edited'`],
    ['answered_without_draft', `"firstPersonReplyAt" IS NOT NULL`],
    ['answered_without_draft', `"resolvedAt" IS NOT NULL`],
    ['open', 'true'],
  ];
  for (const [outcome, condition] of STEPS) {
    await client.query(`UPDATE oracle SET outcome = $1 WHERE outcome IS NULL AND (${condition})`, [outcome]);
  }
  const resolved = `o.outcome IN ('confirmed', 'assumed') AND o.returned IS NULL`;
  const asks = `(l."voided" IS NULL OR l."voided" IN ('deleted', 'erased'))`;
  await client.query(
    `UPDATE oracle o SET returned = 'too_early' WHERE ${resolved} AND $1::timestamptz - o."resolvedAt" < o.patience`,
    [NOW],
  );
  await client.query(`UPDATE oracle o SET returned = 'came_back_here' FROM "Episode" l WHERE ${resolved}
    AND l."ticketId" = o."ticketId" AND l."connectionId" = o."connectionId" AND l."sessionId" = o."sessionId" AND l."number" > o."number"
    AND l."trigger" = 'reopened_by_customer' AND l."startedAt" - o."resolvedAt" <= o.patience AND ${asks}`);
  await client.query(`UPDATE oracle o SET returned = 'came_back_elsewhere' FROM "Episode" l WHERE ${resolved}
    AND l."contactKey" = o."contactKey" AND l."connectionId" = o."connectionId" AND l."ticketId" <> o."ticketId" AND l."trigger" = 'new'
    AND l."startedAt" - o."resolvedAt" BETWEEN interval '1 microsecond' AND o.patience AND ${asks}`);
  await client.query(`UPDATE oracle o SET returned = 'durable' WHERE ${resolved}`);
}

const ORACLE: Partial<Record<Figure, string>> = {
  all: 'true',
  ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, `outcome = '${outcome}'`])),
  counted: `outcome <> 'not_counted'`,
  involved: `involved AND outcome <> 'not_counted'`,
  mature: `involved AND outcome <> 'not_counted' AND "mode" = 'autopilot' AND $1::timestamptz - "startedAt" >= silence + patience`,
  mature_durable: `involved AND returned = 'durable' AND "mode" = 'autopilot' AND $1::timestamptz - "startedAt" >= silence + patience`,
  resolved_autopilot: `outcome IN ('confirmed', 'assumed') AND "mode" = 'autopilot'`,
  involved_autopilot: `involved AND outcome <> 'not_counted' AND "mode" = 'autopilot'`,
  came_back: `returned LIKE 'came_back%'`,
  settled: `returned IS NOT NULL AND returned <> 'too_early'`,
  durable: `returned = 'durable'`,
  too_early: `returned = 'too_early'`,
  drafts_used: `outcome <> 'not_counted' AND "draftFate" IN ('sent', 'edited')`,
  drafts_closed: `outcome <> 'not_counted' AND "draftFate" IN ('sent', 'edited', 'ignored')`,
};

async function told(figure: Figure): Promise<string[]> {
  const { rows } = await client.query<{ place: string }>(
    `SELECT "ticketId" || '/' || "number" AS place FROM oracle
      WHERE (${ORACLE[figure]}) AND ($1::timestamptz IS NOT NULL) ORDER BY 1`,
    [NOW],
  );
  return rows.map(({ place }) => place);
}

async function listed(figure: Figure, query = ALL): Promise<string[]> {
  const places: string[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await reports.episodes({ ...query, figure }, { cursor, limit: 200 });
    places.push(...page.items.map(({ ticketId, number }) => `${ticketId}/${number}`));
    cursor = page.nextCursor;
    if (cursor === null) return places.toSorted();
  }
}

describe('U11 the figures', () => {
  test('G9 every conversation has exactly one outcome, and they sum to all of them', async () => {
    const { rows, n } = await reports.of('outcomes', ALL);
    const by = (counted: boolean) =>
      rows.filter(({ outcome }) => (outcome !== 'not_counted') === counted).reduce((sum, row) => sum + row.n, 0);
    expect(by(true)).toBe(n);
    expect(by(true) + by(false)).toBe((await told('all')).length);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(OUTCOMES));
    expect(rows.filter((row) => row.share !== null).reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(1);
  });

  test.each(Object.keys(ORACLE) as Figure[])(
    'G9 the list of %s is what the definitions say, one by one',
    async (figure) => {
      expect((await listed(figure)).toSorted()).toEqual((await told(figure)).toSorted());
    },
  );

  test('G1 each tile equals the lists behind it', async () => {
    const { tiles } = await reports.of('outcomes', ALL);
    expect(tiles.map(({ name }) => name)).toEqual(TILES);
    const lengths = new Map<Figure, number>();
    for (const figure of FIGURES) lengths.set(figure, (await listed(figure)).length);
    for (const { name, hits, n, share, hitsFigure, nFigure } of tiles) {
      expect({ name, hits, n }).toEqual({
        name,
        hits: lengths.get(TILE_OF[name].hits),
        n: lengths.get(TILE_OF[name].n),
      });
      expect([hitsFigure, nFigure]).toEqual([TILE_OF[name].hits, TILE_OF[name].n]);
      expect(hits).toBeLessThanOrEqual(n);
      expect(share).toBeCloseTo(hits / n);
    }
  });

  test('G4 what is of autopilot and what is of assist have no conversation in common', async () => {
    const modes = async (figure: Figure) => {
      const { items } = await reports.episodes({ ...ALL, figure }, { cursor: null, limit: 2_000 });
      return new Set(items.map(({ mode }) => mode));
    };
    for (const figure of ['mature', 'mature_durable', 'resolved_autopilot', 'involved_autopilot'] as const)
      expect([figure, await modes(figure)]).toEqual([figure, new Set(['autopilot'])]);
    for (const figure of ['involved_assist', 'handed_off_assist'] as const)
      expect([figure, (await modes(figure)).has('autopilot')]).toEqual([figure, false]);
  });

  test('G6 the time to a first reply is that between two times of Freshdesk', async () => {
    const { rows } = await reports.of('speed', ALL);
    const { rows: asked } = await client.query<{ who: string; n: number; median: number }>(`
      SELECT v.who, count(*)::int AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM v.at - "startedAt")::float8) AS median
      FROM oracle, LATERAL (VALUES ('ai', "firstAiReplyAt"), ('people', "firstPersonReplyAt")) v (who, at)
      WHERE outcome <> 'not_counted' AND v.at >= "startedAt" GROUP BY 1 ORDER BY 1`);
    const answered = rows
      .filter(({ channel }) => channel === 'all')
      .map(({ who, n, medianSeconds }) => ({ who, n, medianSeconds }));
    expect(answered).toEqual(asked.map(({ who, n, median }) => ({ who, n, medianSeconds: expect.closeTo(median, 3) })));
  });

  test('G2 windows beside each other have no conversation in common and lose none', async () => {
    const parts = [
      { from: '2026-04-01', to: '2026-04-30' },
      { from: '2026-05-01', to: '2026-05-10' },
      { from: '2026-05-11', to: '2026-06-01' },
    ];
    const lists = [];
    for (const part of parts) lists.push(...(await listed('all', { ...part, zone: 'UTC' })));
    expect(lists.toSorted()).toEqual(await listed('all'));
  });

  test('G3 filters narrow tile and list alike', async () => {
    const query = { ...ALL, channel: 'web', tag: 'vip', connection: 'default', subject: 'Returns' } as const;
    const { n } = await reports.of('volume', query);
    const { items } = await reports.episodes({ ...query, figure: 'counted' }, { cursor: null, limit: 200 });
    expect(n).toBeGreaterThan(3);
    expect(items).toHaveLength(n);
    expect(new Set(items.map((item) => `${item.channel} ${item.subjectArea}`))).toEqual(new Set(['web Returns']));
  });

  test.each<[ReportName, (row: Record<string, unknown>) => number]>([
    ['volume', (row) => Number(row['new']) + Number(row['returning'])],
    ['subjects', (row) => Number(row['n'])],
  ])('G1 the rows of %s sum to the counted ones', async (name, numberOf) => {
    const { rows, n } = await reports.of(name, ALL);
    expect((rows as Record<string, unknown>[]).reduce((sum, row) => sum + numberOf(row), 0)).toBe(n);
  });

  test.each<ReportName>(['handoffs', 'drafts', 'speed', 'cost', 'calibration', 'articles'])(
    'G5 the report of %s can be had, with the window before it',
    async (name) => {
      const { previous, window } = await reports.of(name, { ...ALL, from: '2026-05-02', compare: true });
      expect(previous?.window.to).toEqual(window.from);
      expect(Number(window.from) - Number(previous?.window.from)).toBe(Number(window.to) - Number(window.from));
    },
  );

  test('U13 a window is made of days of its zone, also where one has 23 hours; an empty one is a report of nothing', async () => {
    const empty = { from: '2025-03-29', to: '2025-03-30', zone: 'Europe/Berlin' };
    const { window, rows, n } = await reports.of('volume', empty);
    expect([window.from, window.to]).toEqual([new Date('2025-03-28T23:00:00Z'), new Date('2025-03-30T22:00:00Z')]);
    expect(rows).toEqual([
      { from: '2025-03-29', new: 0, returning: 0, involved: 0 },
      { from: '2025-03-30', new: 0, returning: 0, involved: 0 },
    ]);
    expect(n).toBe(0);
    const { tiles } = await reports.of('outcomes', empty);
    expect(tiles.every(({ share, interval, n: of }) => share === null && interval === null && of === 0)).toBe(true);
  });

  test('U13 a report over three years goes by weeks', async () => {
    const { rows } = await reports.of('volume', { from: '2023-06-01', to: '2026-06-01', zone: 'Asia/Kolkata' });
    expect(rows.length).toBeGreaterThan(156);
    expect(rows.length).toBeLessThan(159);
    expect(rows.every(({ from }) => new Date(`${from}T00:00:00Z`).getUTCDay() === 1)).toBe(true);
  });
});
