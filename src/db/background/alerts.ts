import type { Problem, ProblemKind } from '../../domain/alerts.ts';
import type { Db } from '../client.ts';

/** A problem as it was last seen, and what has been told of it. */
export type Alert = {
  kind: ProblemKind;
  connection: string | null;
  items: number;
  since: Date;
  newest: Date;
  toldNewest: Date | null;
  /** null: not told yet. */
  toldAt: Date | null;
  /** It is over since, and that is to be told. */
  overAt: Date | null;
  tries: number;
  nextTryAt: Date;
};

/** What the alert webhook has been told, shared by all processes, so that none repeats another or itself after a restart. */
export type Alerts = {
  list(): Promise<Alert[]>;
  /** It is there, perhaps again. */
  seen(problem: Problem, now: Date): Promise<void>;
  /** It is gone: one that nobody was told of is forgotten, another is to be told. */
  gone(alert: Alert, now: Date): Promise<void>;
  /** True for the one process that may tell it, if nobody has since it was listed; until `until` no other does. */
  claim(alert: Alert, until: Date): Promise<boolean>;
  told(alert: Alert, now: Date): Promise<void>;
  /** It was told that it is over. */
  closed(alert: Alert): Promise<void>;
  retryAt(alert: Alert, at: Date): Promise<void>;
};

type Key = Pick<Alert, 'kind' | 'connection'>;
const keyOf = ({ kind, connection }: Key) => ({ kind, connectionId: connection ?? '' });

export function createAlerts(db: Db): Alerts {
  return {
    async list() {
      const rows = await db.alert.findMany({ orderBy: { since: 'asc' } });
      return rows.map(({ kind, connectionId, ...rest }) => ({
        ...rest,
        kind: kind as ProblemKind,
        connection: connectionId === '' ? null : connectionId,
      }));
    },

    async seen(problem, now) {
      const { items, since, newest } = problem;
      const key = keyOf(problem);
      await db.alert.upsert({
        where: { kind_connectionId: key },
        create: { ...key, items, since, newest, nextTryAt: now },
        update: { items, newest, overAt: null },
      });
    },

    async gone(alert, now) {
      if (alert.toldAt === null) await db.alert.deleteMany({ where: { ...keyOf(alert), toldAt: null } });
      else
        await db.alert.updateMany({
          where: { ...keyOf(alert), overAt: null },
          data: { overAt: now, tries: 0, nextTryAt: now },
        });
    },

    async claim(alert, until) {
      const { toldAt, overAt, nextTryAt } = alert;
      const { count } = await db.alert.updateMany({
        where: { ...keyOf(alert), toldAt, overAt, nextTryAt },
        data: { nextTryAt: until, tries: { increment: 1 } },
      });
      return count === 1;
    },

    async told(alert, now) {
      await db.alert.updateMany({
        where: keyOf(alert),
        data: { toldAt: now, toldNewest: alert.newest, tries: 0, nextTryAt: now },
      });
    },

    async closed(alert) {
      await db.alert.deleteMany({ where: { ...keyOf(alert), overAt: { not: null } } });
    },

    async retryAt(alert, at) {
      await db.alert.updateMany({ where: keyOf(alert), data: { nextTryAt: at } });
    },
  };
}
