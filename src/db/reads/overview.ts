import type { Overview, OverviewQuery } from '../../contract/overview.ts';
import type { BackfillProgress } from '../../domain/backfill.ts';
import { earnedInWords } from '../../domain/earned.ts';
import type { Settings } from '../../domain/settings.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { parseStoredSettings } from '../connections/settings.ts';
import type { EarnedThresholds } from '../turns/earned.ts';
import type { Reports } from './reports/reports.ts';
import { OPEN_DRAFT, waitingOnAny } from './session-filter.ts';

/** How things stand on every connection, or on one. */
export type OverviewReads = { now(query: OverviewQuery): Promise<Overview> };

type Parts = {
  reports: Pick<Reports, 'of'>;
  backfills: { current(connectionId: string): Promise<BackfillProgress | null> };
  earned: Pick<EarnedThresholds, 'standing'>;
  now: () => Date;
};
type State = Overview['connections'][number];

const DAYS = 7;
const DAY_MS = 86_400_000;
/** Closed drafts before anybody can say whether they are good. */
const ENOUGH_DRAFTS = 30;

export function createOverview(db: Db, { reports, backfills, earned, now }: Parts): OverviewReads {
  return {
    async now({ connection, zone }) {
      const at = now();
      const rows = await db.connection.findMany({
        where: { removedAt: null, ...(connection === undefined ? {} : { id: connection }) },
        orderBy: { id: 'asc' },
      });
      const ids = rows.map(({ id }) => id);
      const among = Prisma.sql`s."connectionId" = ANY(${ids})`;
      const from = dayIn(zone, new Date(at.getTime() - (DAYS - 1) * DAY_MS));
      const [waiting, held, drafts, outcomes, closed, knowledge, running, standings] = await Promise.all([
        backlog(db, Prisma.sql`SELECT w.since FROM (${waitingOnAny(rows)}) w`),
        backlog(
          db,
          Prisma.sql`SELECT s."heldSince" AS since FROM "Session" s WHERE ${among} AND s."heldSince" IS NOT NULL`,
        ),
        backlog(
          db,
          Prisma.sql`SELECT min(d."createdAt") AS since FROM "Draft" d JOIN "Turn" t ON t."id" = d."turnId"
            JOIN "Session" s ON s."id" = d."sessionId" AND s."episode" = t."episode"
            WHERE ${among} AND ${OPEN_DRAFT} GROUP BY s."id"`,
        ),
        reports.of('outcomes', { ...(connection === undefined ? {} : { connection }), from, zone, compare: true }),
        closedDrafts(db, ids),
        db.knowledgeArticle.groupBy({ by: ['connectionId'], where: { connectionId: { in: ids } }, _count: true }),
        Promise.all(ids.map((id) => backfills.current(id))),
        Promise.all(ids.map((id) => earned.standing(id))),
      ]);
      return {
        asOf: at,
        waiting,
        held,
        drafts,
        outcomes,
        connections: rows.map((row, place): State => {
          const settings = parseStoredSettings(row.settings);
          const backfill = running[place] ?? null;
          const standing = standings[place];
          const { channels, rollout, intake, handoff, paused } = settings;
          return {
            connection: row.id,
            domain: row.domain,
            state: row.state,
            stateReason: row.stateReason,
            paused,
            modes: {
              email: channels.email.mode,
              web: channels.web.mode,
              phone: channels.phone.mode,
              other: channels.other.mode,
            },
            rolloutPercent: rollout.percent,
            autoHandleAll: intake.autoHandleAll,
            lastWebhookAt: row.lastWebhookAt,
            earned:
              handoff.confidenceThreshold !== 'earned' || standing === undefined
                ? null
                : { ...standing, words: earnedInWords(standing) },
            backfill: backfill === null || backfill.endedAt !== null ? null : backfill,
            steps: stepsOf(settings, {
              key: row.state === 'active',
              rules: row.lastWebhookAt !== null,
              articles: knowledge.find(({ connectionId }) => connectionId === row.id)?._count ?? 0,
              closedDrafts: closed.get(row.id) ?? 0,
            }),
          };
        }),
      };
    },
  };
}

/** What leads from a key to autopilot. */
function stepsOf(
  { channels, rollout }: Settings,
  found: { key: boolean; rules: boolean; articles: number; closedDrafts: number },
): State['steps'] {
  const modes = Object.values(channels).map(({ mode }) => mode);
  const whether = (step: State['steps'][number]['step'], done: boolean) => ({
    step,
    done,
    reached: done ? 1 : 0,
    of: 1,
  });
  return [
    whether('key', found.key),
    whether('rules', found.rules),
    whether('knowledge', found.articles > 0),
    whether(
      'drafts_on',
      modes.some((mode) => mode !== 'off'),
    ),
    {
      step: 'drafts_closed',
      done: found.closedDrafts >= ENOUGH_DRAFTS,
      reached: Math.min(found.closedDrafts, ENOUGH_DRAFTS),
      of: ENOUGH_DRAFTS,
    },
    whether('autopilot', modes.includes('autopilot') && rollout.percent > 0),
  ];
}

/** `since` of each ticket. */
async function backlog(db: Db, each: Prisma.Sql): Promise<Overview['waiting']> {
  const [found] = await db.$queryRaw<{ tickets: number; oldestSince: Date | null }[]>`
    SELECT count(*)::int AS tickets, min(b.since) AS "oldestSince" FROM (${each}) b`;
  return found ?? { tickets: 0, oldestSince: null };
}

async function closedDrafts(db: Db, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.episode.groupBy({
    by: ['connectionId'],
    where: { connectionId: { in: [...ids] }, draftFate: { in: ['sent', 'edited', 'ignored'] } },
    _count: true,
  });
  return new Map(rows.map((row) => [row.connectionId, row._count]));
}

function dayIn(zone: string, at: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at);
}
