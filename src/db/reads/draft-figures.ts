import type { Db } from '../client.ts';

/** How the drafts about one article fared on one channel (A10). */
export type DraftFigures = {
  channel: string;
  /** The article the draft rested on most; null where that is not known any more. */
  article: string | null;
  drafts: number;
  sent: number;
  edited: number;
  ignored: number;
  superseded: number;
  /** Nobody has replied after them. */
  open: number;
  /** Of the sent, edited and ignored ones, the mean: 0 the same words, 1 none of them; null where there are none. */
  distance: number | null;
};

/** Of the drafts that were left since then, the most numerous first. */
export async function draftFigures(db: Db, connectionId: string, since: Date): Promise<DraftFigures[]> {
  return db.$queryRaw<DraftFigures[]>`
    SELECT s."channel"::text AS channel, t."sources" -> 0 ->> 'title' AS article, count(*)::int AS drafts,
      count(*) FILTER (WHERE d."fate" = 'sent')::int AS sent,
      count(*) FILTER (WHERE d."fate" = 'edited')::int AS edited,
      count(*) FILTER (WHERE d."fate" = 'ignored')::int AS ignored,
      count(*) FILTER (WHERE d."fate" = 'superseded')::int AS superseded,
      count(*) FILTER (WHERE d."fate" IS NULL)::int AS open,
      avg(d."distance") FILTER (WHERE d."fate" IN ('sent', 'edited', 'ignored'))::float8 AS distance
    FROM "Draft" d JOIN "Turn" t ON t."id" = d."turnId" JOIN "Session" s ON s."id" = d."sessionId"
    WHERE s."connectionId" = ${connectionId} AND d."createdAt" >= ${since}
      AND (t."outcome" = 'drafted' OR d."fate" IS NOT NULL)
    GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`;
}
