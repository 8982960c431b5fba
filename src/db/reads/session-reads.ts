import { z } from 'zod';
import {
  type MessageView,
  type SessionCounts,
  type SessionDetail,
  type SessionFilter,
  type SessionSort,
  type SessionView,
  turnFile,
} from '../../contract/sessions.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { fileView } from '../conversations/attachments.ts';
import { decodeCursor, isUuid, type Page, type PageRequest, toPage } from '../paging.ts';
import { countSessions, listSessions } from './session-list.ts';
import { viewsOf, withItsConnection } from './session-view.ts';

/** What the API reads of the mirror. Listing throws InvalidCursor; an unknown session is null. */
export type SessionReads = {
  list(filter: SessionFilter & { sort: SessionSort }, page: PageRequest): Promise<Page<SessionView>>;
  counts(filter: SessionFilter): Promise<SessionCounts>;
  get(id: string): Promise<SessionDetail | null>;
  /** The thread, oldest first. */
  messages(sessionId: string, page: PageRequest): Promise<Page<MessageView> | null>;
};

const storedFiles = z.array(turnFile);
const storedSources = z.array(z.object({ title: z.string() }));
const storedRouting = z.record(z.string(), z.unknown());

export function createSessionReads(db: Db, { now = () => new Date() }: { now?: () => Date } = {}): SessionReads {
  return {
    list: (filter, page) => listSessions(db, filter, page, now()),

    counts: (filter) => countSessions(db, filter),

    async get(id) {
      if (!isUuid(id)) return null;
      const row = await db.session.findUnique({
        where: { id },
        include: {
          ...withItsConnection,
          handoffs: { orderBy: { at: 'asc' } },
          turns: { orderBy: { at: 'asc' } },
          drafts: {
            where: { OR: [{ turn: { outcome: 'drafted' } }, { fate: { not: null } }] },
            orderBy: { createdAt: 'asc' },
          },
        },
      });
      if (row === null) return null;
      const [view] = await viewsOf(db, [row], now());
      if (view === undefined) return null;
      return {
        ...view,
        handoffs: row.handoffs.map(({ at, reasons, summary, sentiment, language, routing }) => ({
          at,
          reasons,
          summary,
          sentiment,
          language,
          routing: storedRouting.parse(routing),
        })),
        turns: row.turns.map(({ at, rule, outcome, confidence, topic, sources, engine, ms, files }) => ({
          at,
          rule,
          outcome,
          confidence,
          topic,
          sources: storedSources.parse(sources),
          engine,
          ms,
          ...attachmentsOf(files),
        })),
        drafts: row.drafts.map(({ createdAt, fate, distance }) => ({ at: createdAt, fate, distance })),
      };
    },

    async messages(sessionId, { cursor, limit }) {
      if (!isUuid(sessionId)) return null;
      const session = await db.session.findUnique({ where: { id: sessionId }, select: { id: true } });
      if (session === null) return null;
      const from = cursor === null ? null : decodeCursor(cursor);
      const rows = await db.message.findMany({
        where: {
          sessionId,
          ...(from === null ? {} : { OR: [{ seq: { gt: from.key } }, { seq: from.key, id: { gt: from.id } }] }),
        },
        orderBy: [{ seq: 'asc' }, { id: 'asc' }],
        take: limit + 1,
        include: { files: { orderBy: { remoteId: 'asc' } } },
      });
      return toPage(
        rows,
        limit,
        (row) => row.seq,
        ({ freshdeskId, author, visibility, kind, text, html, ignoredBy, ignoredWhy, files, createdAt }) => ({
          freshdeskId,
          author,
          visibility,
          kind,
          text,
          html,
          ignored: ignoredBy === null ? null : { rule: ignoredBy, why: ignoredWhy },
          attachments: files.map(fileView),
          createdAt,
        }),
      );
    },
  };
}

function attachmentsOf(files: Prisma.JsonValue): Pick<SessionDetail['turns'][number], 'attachments'> {
  const attachments = storedFiles.parse(files);
  return attachments.length === 0 ? {} : { attachments };
}
