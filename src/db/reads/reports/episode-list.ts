import type { EpisodeView } from '../../../contract/reports.ts';
import type { Figure } from '../../../domain/figures.ts';
import { Prisma } from '../../../generated/prisma/client.ts';
import type { Db } from '../../client.ts';
import { decodeTime, type Page, type PageRequest, toPage } from '../../paging.ts';
import { FIGURE } from '../episode-classes.ts';
import { type Cohort, newestFirst } from './cohort.ts';

type Row = Omit<EpisodeView, 'ticketId' | 'subject'> & { id: string; ticketId: bigint; subject: string | null };

/** More conversations than that on one ticket share a place within a millisecond. */
const NUMBERS = 1_000n;
/** For each that is wanted. */
const LOOKED_AT = 8;

/** The conversations behind a figure, the newest first. Throws InvalidCursor. */
export async function listEpisodes(
  db: Db,
  { newest }: Cohort,
  figure: Figure,
  { cursor, limit }: PageRequest,
): Promise<Page<EpisodeView>> {
  const older = cursor === null ? Prisma.sql`true` : after(cursor);
  const among = (most: number | null) => db.$queryRaw<Row[]>`
    SELECT c."sessionId" AS id, c."connectionId" AS connection, c."ticketId", s."id" AS session, s."subject", c."number",
      c."trigger", c."startedAt", c.outcome, c.returned, c."voided", c."channel", c."mode", c.subject AS "subjectArea",
      c."confidence", c."aiReplies", c."drafts", c."draftFate", c."distance", c."handoffReasons", c."firstAiReplyAt",
      c."firstPersonReplyAt", c."handedOffAt", c."resolvedAt", c."seeded"
    FROM (
      SELECT c.* FROM ${newest(most, older)} c WHERE ${FIGURE[figure]} ${newestFirst('c')} LIMIT ${limit + 1}
    ) c LEFT JOIN "Session" s ON s."id" = c."sessionId" ${newestFirst('c')}`;
  // A page of a frequent figure is found among the newest ones.
  const lately = await among((limit + 1) * LOOKED_AT);
  const found = lately.length > limit ? lately : await among(null);
  return toPage(
    found,
    limit,
    ({ startedAt, number }) => BigInt(startedAt.getTime()) * NUMBERS + (BigInt(number) % NUMBERS),
    ({ id: _id, ticketId, ...row }) => ({ ...row, ticketId: Number(ticketId) }),
  );
}

function after(cursor: string): Prisma.Sql {
  const { at, part: number, id } = decodeTime(cursor, NUMBERS);
  return Prisma.sql`(e."startedAt", e."number", e."sessionId") < (${at}::timestamptz, ${number}::int, ${id}::uuid)`;
}
