import type { EmbeddedArticle, KnowledgeVectors } from '../../domain/knowledge.ts';
import type { Db } from '../client.ts';
import { UNDETERMINED } from './text-search.ts';

type State = { articles: number; newest: Date | null; unembedded: number };
type Row = { articleId: string; position: number; part: number; vector: Uint8Array };

/** The vectors of every connection's knowledge. Each call sees one connection's only. */
export function createKnowledgeVectors(db: Db): KnowledgeVectors {
  return {
    async state(connectionId, model) {
      const [state] = await db.$queryRaw<State[]>`
        SELECT count(*)::int AS "articles", max("updatedAt") AS "newest",
               (count(*) FILTER (WHERE "embeddedBy" IS DISTINCT FROM ${model}))::int AS "unembedded"
          FROM "KnowledgeArticle" WHERE "connectionId" = ${connectionId}`;
      const { articles = 0, newest = null, unembedded = 0 } = state ?? {};
      return { stamp: `${articles} ${unembedded} ${newest?.getTime() ?? 0}`, unembedded };
    },

    async load(connectionId, model) {
      const articles = await db.knowledgeArticle.findMany({
        where: { connectionId, embeddedBy: model },
        select: { id: true, title: true, visibility: true, language: true },
        orderBy: { id: 'asc' },
      });
      const rows = await db.$queryRaw<Row[]>`
        SELECT v."articleId"::text, v."position", v."part", v."vector" FROM "KnowledgeVector" v
          JOIN "KnowledgeArticle" a ON a."id" = v."articleId"
         WHERE a."connectionId" = ${connectionId} AND a."embeddedBy" = ${model}`;
      const byId = new Map<string, EmbeddedArticle>(
        articles.map(({ id, language, ...article }) => [
          id,
          { ...article, articleId: id, language: language === UNDETERMINED ? null : language, vectors: [] },
        ]),
      );
      const floats = floatsOf(rows.map(({ vector }) => vector));
      for (const [index, { articleId, position, part }] of rows.entries())
        byId.get(articleId)?.vectors.push({ position, part, vector: floats[index] ?? new Float32Array() });
      return [...byId.values()];
    },

    async unembedded(connectionId, model, limit) {
      const rows = await db.knowledgeArticle.findMany({
        where: { connectionId, OR: [{ embeddedBy: null }, { embeddedBy: { not: model } }] },
        select: {
          id: true,
          title: true,
          contentHash: true,
          chunks: { select: { position: true, heading: true, text: true }, orderBy: { position: 'asc' } },
        },
        orderBy: { id: 'asc' },
        take: limit,
      });
      return rows.map(({ id, ...article }) => ({ ...article, articleId: id }));
    },

    async store({ articleId, contentHash }, model, vectors) {
      await db.$transaction(async (tx) => {
        const same = await tx.knowledgeArticle.updateMany({
          where: { id: articleId, contentHash },
          data: { embeddedBy: model },
        });
        if (same.count === 0) return;
        await tx.knowledgeVector.deleteMany({ where: { articleId } });
        await tx.knowledgeVector.createMany({
          data: vectors.map(({ vector, ...place }) => ({ ...place, articleId, vector: bytesOf(vector) })),
        });
      });
    },

    async passages(places) {
      if (places.length === 0) return [];
      const rows = await db.knowledgeChunk.findMany({
        where: { OR: [...places] },
        select: { articleId: true, position: true, heading: true, text: true },
      });
      return places.flatMap(
        ({ articleId, position }) => rows.find((row) => row.articleId === articleId && row.position === position) ?? [],
      );
    },
  };
}

/** In one piece, which is compared faster; PostgreSQL's driver gives slices of buffers, which begin anywhere. */
function floatsOf(stored: readonly Uint8Array[]): Float32Array[] {
  const bytes = new Uint8Array(stored.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  return stored.map((one) => {
    bytes.set(one, at);
    at += one.length;
    return new Float32Array(bytes.buffer, at - one.length, one.length / Float32Array.BYTES_PER_ELEMENT);
  });
}

function bytesOf(vector: Float32Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
}
