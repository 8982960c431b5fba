import type { DraftFate } from '../../domain/draft-fate.ts';
import {
  EARNED,
  type Earned,
  type Grade,
  isRight,
  judge,
  NOTHING_EARNED,
  shownStanding,
  type Standing,
} from '../../domain/earned.ts';
import type { EarnedThreshold, Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';

/** Whose confidence is meant: two engines' mean different things. */
type Engine = { engine: string; model: string | null };

/** The threshold that a connection's answers have earned (N11). */
export type EarnedThresholds = {
  /** From which confidence on this engine's answers may be public; null: none may. One row is read. */
  of(connectionId: string, engine: Engine): Promise<number | null>;
  /** How the engine in use stands. */
  standing(connectionId: string): Promise<Earned>;
  /** The connections whose engine in use has lost what it had earned, and since when. */
  lost(limit: number): Promise<{ connectionId: string; since: Date }[]>;
};

const nameOf = ({ engine, model }: Engine): string => model ?? engine;

/** `engine`: the one in use, by its model's name where it has one. */
export function createEarnedThresholds(db: Db, { engine }: { engine: string }): EarnedThresholds {
  const find = (connectionId: string, name: string) =>
    db.earnedThreshold.findUnique({ where: { connectionId_engine: { connectionId, engine: name } } });
  return {
    async of(connectionId, by) {
      return (await find(connectionId, nameOf(by)))?.threshold ?? null;
    },

    async standing(connectionId) {
      const row = await find(connectionId, engine);
      return shownStanding(standingOf(row), await gradesOf(db, { connectionId, engine }));
    },

    async lost(limit) {
      const rows = await db.earnedThreshold.findMany({
        where: { engine, threshold: null, since: { not: null } },
        orderBy: { since: 'desc' },
        take: limit,
      });
      return rows.flatMap(({ connectionId, since }) => (since === null ? [] : [{ connectionId, since }]));
    },
  };
}

/**
 * What people have made of a turn has changed: it is graded anew, and with it what its connection has earned. In the
 * transaction of that change; those of one connection wait for each other.
 */
export async function gradeTurn(tx: Prisma.TransactionClient, turnId: string, now: Date): Promise<void> {
  const turn = await tx.turn.findUnique({
    where: { id: turnId },
    include: { session: { select: { connectionId: true } } },
  });
  if (turn === null || turn.confidence === null || turn.verdict !== 'answer' || turn.heldBack === 'no_embedder') return;
  const { confidence } = turn;
  const key = { connectionId: turn.session.connectionId, engine: nameOf(turn) };
  await tx.earnedThreshold.createMany({ data: [key], skipDuplicates: true });
  await tx.$queryRaw`SELECT 1 FROM "EarnedThreshold"
    WHERE "connectionId" = ${key.connectionId} AND "engine" = ${key.engine} FOR UPDATE`;
  // One after the other: a transaction has one connection.
  const draft = await tx.draft.findUnique({ where: { turnId } });
  const review = await tx.review.findUnique({ where: { turnId } });
  const right = isRight({ draft: draft === null ? null : { ...draft, fate: draft.fate as DraftFate | null }, review });
  if (right === null) await tx.grade.deleteMany({ where: { turnId } });
  else {
    const data = { confidence, right, at: now };
    await tx.grade.upsert({ where: { turnId }, create: { turnId, ...key, ...data }, update: data });
  }
  await judgeAnew(tx, key, now);
}

type Key = { connectionId: string; engine: string };

async function judgeAnew(tx: Prisma.TransactionClient, key: Key, now: Date): Promise<void> {
  const before = standingOf(await tx.earnedThreshold.findUnique({ where: { connectionId_engine: key } }));
  const after = judge(before, await gradesOf(tx, key), now.getTime());
  if (after === before) return;
  const date = (ms: number | null) => (ms === null ? null : new Date(ms));
  await tx.earnedThreshold.update({
    where: { connectionId_engine: key },
    data: { threshold: after.threshold, since: date(after.sinceMs), countedFrom: date(after.countedFromMs) },
  });
  await tx.audit.create({
    data: {
      at: now,
      connectionId: key.connectionId,
      what: after.threshold === null ? 'autopilot_closed' : 'autopilot_earned',
      by: 'grades',
      changes: [{ path: 'handoff.confidenceThreshold', old: before.threshold, new: after.threshold }],
    },
  });
}

async function gradesOf(db: Pick<Db, 'grade'>, key: Key): Promise<Grade[]> {
  const rows = await db.grade.findMany({ where: key, orderBy: { at: 'desc' }, take: EARNED.newest });
  return rows.map(({ confidence, right, at }) => ({ confidence, right, atMs: at.getTime() }));
}

function standingOf(row: EarnedThreshold | null): Standing {
  if (row === null) return NOTHING_EARNED;
  return {
    threshold: row.threshold,
    sinceMs: row.since?.getTime() ?? null,
    countedFromMs: row.countedFrom?.getTime() ?? null,
  };
}
