import type { ModelCall, ModelCalls, StageRef } from '../../domain/model-calls.ts';
import { Prisma, type ModelCall as Row } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { isErased } from '../conversations/sessions.ts';

export function createModelCalls(db: Db): ModelCalls {
  return {
    async begin({ connectionId, sessionId, ...stage }, model, now) {
      await db.modelCall.createMany({
        data: { connectionId, sessionId, ...stage, model, startedAt: now },
        skipDuplicates: true,
      });
      return toCall(await db.modelCall.findUniqueOrThrow({ where: keyOf({ connectionId, sessionId, ...stage }) }));
    },

    async find(ref) {
      const row = await db.modelCall.findUnique({ where: keyOf(ref) });
      return row === null ? null : toCall(row);
    },

    async end(ref, usage, result, now) {
      const where = keyOf(ref);
      await db.$transaction(async (tx) => {
        const { sessionId } = await tx.modelCall.findUniqueOrThrow({ where, select: { sessionId: true } });
        const kept = result === null || (await isErased(tx, sessionId)) ? Prisma.DbNull : storableJson(result);
        await tx.modelCall.update({ where, data: { ...usage, endedAt: now, result: kept } });
      });
    },

    async ofTurn(turnId) {
      const { _sum: sum } = await db.modelCall.aggregate({
        where: { turnId },
        _sum: { inputTokens: true, outputTokens: true, money: true },
      });
      return { tokens: (sum.inputTokens ?? 0) + (sum.outputTokens ?? 0), money: sum.money };
    },

    async since(connectionId, since) {
      const { _sum: sum } = await db.modelCall.aggregate({
        where: { connectionId, startedAt: { gte: since } },
        _sum: { inputTokens: true, outputTokens: true, money: true },
      });
      return { tokens: (sum.inputTokens ?? 0) + (sum.outputTokens ?? 0), money: sum.money ?? 0 };
    },
  };
}

function keyOf({ turnId, stage, round }: StageRef) {
  return { turnId_stage_round: { turnId, stage, round } };
}

function toCall({ startedAt, endedAt, inputTokens, outputTokens, money, result }: Row): ModelCall {
  return { startedAt, endedAt, inputTokens, outputTokens, money, result };
}

/** PostgreSQL's JSON holds neither NUL nor half a character, which a model may well write. */
function storableJson(result: unknown): Prisma.InputJsonValue {
  const text = JSON.stringify(result)
    .toWellFormed()
    .replaceAll(String.raw`\u0000`, '');
  return JSON.parse(text) as Prisma.InputJsonValue;
}
