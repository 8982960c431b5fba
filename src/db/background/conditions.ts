import type { AttentionItem } from '../../domain/attention.ts';
import { ticketOfWorkflowId } from '../../domain/temporal-names.ts';
import type { Db } from '../client.ts';

/** What is noticed by looking, and stands in no other row. */
type ConditionKind = Extract<
  AttentionItem['kind'],
  'webhook_rules' | 'missed_webhooks' | 'disk_space' | 'clock_off' | 'unreadable_ticket' | 'unreadable_entries'
>;

type Condition = {
  kind: ConditionKind;
  /** What has it: a connection's id, a ticket's workflow, or what of a machine, such as "web-1 /srv/opencx". */
  place: string;
  /** null where it concerns them all. */
  connection: string | null;
};

export type Conditions = {
  /**
   * Notes that something is wrong there, or with null that it is not any more; since when it has been, is kept.
   * @param goodForMs how long it counts without being noted again, for what a process says of its machine: it may be gone then
   */
  note(condition: Condition, said: Pick<AttentionItem, 'what' | 'whatToDo'> | null, goodForMs?: number): Promise<void>;
  /** What is wrong now, the newest first. */
  list(): Promise<AttentionItem[]>;
};

/** What a process has noted of its machine and could not store, as when the database's disk is full, it lists all the same. */
export function createConditions(db: Pick<Db, '$executeRaw' | '$queryRaw' | 'condition'>): Conditions {
  const unstored = new Map<string, AttentionItem>();
  return {
    async note({ kind, place, connection }, said, goodForMs) {
      const key = `${kind} ${place}`;
      const since = unstored.get(key)?.since ?? new Date();
      unstored.delete(key);
      if (said === null) return void (await db.condition.deleteMany({ where: { kind, place } }));
      const { what, whatToDo } = said;
      if (goodForMs !== undefined) unstored.set(key, { kind, connection, ticketId: null, since, what, whatToDo });
      await db.$executeRaw`
        INSERT INTO "Condition" AS before ("kind", "place", "connectionId", "what", "whatToDo", "since", "goodUntil")
        VALUES (${kind}, ${place}, ${connection}, ${what}, ${whatToDo}, clock_timestamp(),
          clock_timestamp() + ${goodForMs ?? null}::float8 * interval '1 millisecond')
        ON CONFLICT ("kind", "place") DO UPDATE SET "what" = excluded."what", "whatToDo" = excluded."whatToDo",
          "connectionId" = excluded."connectionId", "goodUntil" = excluded."goodUntil",
          "since" = CASE WHEN before."goodUntil" < clock_timestamp() THEN excluded."since" ELSE before."since" END`;
      unstored.delete(key);
    },

    async list() {
      const rows = await db.$queryRaw<(Condition & { what: string; whatToDo: string; since: Date })[]>`
        SELECT "kind", "place", "connectionId" AS "connection", "what", "whatToDo", "since" FROM "Condition"
        WHERE "goodUntil" IS NULL OR "goodUntil" > clock_timestamp() ORDER BY "since" DESC, "place"`;
      const stored = rows.map(({ place, ...said }) => ({
        ...said,
        ticketId: ticketOfWorkflowId(place)?.ticketId ?? null,
      }));
      const known = new Set(rows.map(({ kind, place }) => `${kind} ${place}`));
      return [...unstored].flatMap(([key, item]) => (known.has(key) ? [] : [item])).concat(stored);
    },
  };
}
