import type { HandoffReason } from '../../domain/handoff.ts';
import type { Db } from '../client.ts';

/** What was done on a connection's tickets in a time. */
export type Done = {
  replied: number;
  drafted: number;
  /** Turns of the AI that gave a ticket to people, or noted for them why it has no answer. */
  handedOff: number;
  resolved: number;
  /** Several may apply to one handoff. */
  reasons: { reason: HandoffReason; count: number }[];
};

const NOTHING: Done = { replied: 0, drafted: 0, handedOff: 0, resolved: 0, reasons: [] };

/** By connection, what was done since; a connection on whose tickets nothing was is not among them. */
export async function doneSince(db: Db, since: Date): Promise<Map<string, Done>> {
  const [outcomes, handoffs] = await Promise.all([
    db.$queryRaw<{ connection: string; outcome: string; count: number }[]>`
      SELECT s."connectionId" AS connection, t."outcome", count(*)::int AS count
      FROM "Turn" t JOIN "Session" s ON s."id" = t."sessionId" WHERE t."at" >= ${since} GROUP BY 1, 2`,
    db.$queryRaw<{ connection: string; reason: HandoffReason; count: number }[]>`
      SELECT s."connectionId" AS connection, reason, count(*)::int AS count
      FROM "Handoff" h JOIN "Session" s ON s."id" = h."sessionId", unnest(h."reasons") AS reason
      WHERE h."at" >= ${since} GROUP BY 1, 2 ORDER BY 3 DESC, 2`,
  ]);
  const done = new Map<string, Done>();
  const of = (connection: string): Done => done.get(connection) ?? NOTHING;
  const counted: Record<string, keyof Omit<Done, 'reasons'>> = {
    replied: 'replied',
    drafted: 'drafted',
    handed_off: 'handedOff',
    resolved: 'resolved',
  };
  for (const { connection, outcome, count } of outcomes) {
    const what = counted[outcome];
    if (what !== undefined) done.set(connection, { ...of(connection), [what]: count });
  }
  for (const { connection, reason, count } of handoffs) {
    const before = of(connection);
    done.set(connection, { ...before, reasons: [...before.reasons, { reason, count }] });
  }
  return done;
}
