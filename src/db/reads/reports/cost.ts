import type { Report } from '../../../contract/reports.ts';
import type { Db } from '../../client.ts';
import { FIGURE } from '../episode-classes.ts';
import type { Cohort } from './cohort.ts';
import { ratio, type Rows } from './rows.ts';

/** What was paid in the window, call by call. A call is discarded where a later round, or no turn at all, came of it. */
export async function costRows(db: Db, { window: { from, to, zone }, connections }: Cohort): Promise<Rows<'cost'>> {
  return db.$queryRaw<Rows<'cost'>>`
    SELECT (m."startedAt" AT TIME ZONE ${zone})::date::text AS day, m."model", count(*)::int AS calls,
      sum(m."inputTokens")::float8 AS "inputTokens", sum(m."outputTokens")::float8 AS "outputTokens", sum(m."money") AS money,
      count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM "Turn" t WHERE t."id" = m."turnId") OR EXISTS (
        SELECT 1 FROM "ModelCall" l WHERE l."turnId" = m."turnId" AND l."stage" = m."stage" AND l."round" > m."round"))::int AS discarded
    FROM "ModelCall" m
    WHERE m."connectionId" = ANY(${connections.map(({ id }) => id)}) AND m."startedAt" >= ${from}::timestamptz
      AND m."startedAt" < ${to}::timestamptz
    GROUP BY 1, 2 ORDER BY 1, 2`;
}

/** Of the conversations of the window, whenever they were paid for. */
export async function costTotals(db: Db, { rows }: Cohort): Promise<Report<'cost'>['totals']> {
  const [found] = await db.$queryRaw<{ tokens: number; money: number | null; involved: number; durable: number }[]>`
    SELECT COALESCE(sum(c."tokens"), 0)::float8 AS tokens, sum(c."money") AS money,
      count(*) FILTER (WHERE ${FIGURE.involved})::int AS involved, count(*) FILTER (WHERE ${FIGURE.durable})::int AS durable
    FROM ${rows} c`;
  const { tokens, money, involved, durable } = found ?? { tokens: 0, money: null, involved: 0, durable: 0 };
  return {
    tokens,
    money,
    perInvolved: money === null ? null : ratio(money, involved),
    perDurable: money === null ? null : ratio(money, durable),
  };
}

/** The budgets count days in UTC. */
export async function budgetsOf(db: Db, { connections, now }: Cohort): Promise<Report<'cost'>['budgets']> {
  const midnight = new Date(now.toISOString().slice(0, 10));
  const spent = await db.modelCall.groupBy({
    by: ['connectionId'],
    where: { startedAt: { gte: midnight } },
    _sum: { inputTokens: true, outputTokens: true, money: true },
  });
  return connections
    .filter(({ removedAt }) => removedAt === null)
    .map(({ id, settings: { ai } }) => {
      const today = spent.find(({ connectionId }) => connectionId === id)?._sum;
      return {
        connection: id,
        tokensToday: (today?.inputTokens ?? 0) + (today?.outputTokens ?? 0),
        tokenBudget: ai.dailyTokenBudget,
        moneyToday: today?.money ?? 0,
        moneyBudget: ai.dailyMoneyBudget,
      };
    });
}
