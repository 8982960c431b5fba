import { z } from 'zod';
import type { TurnFile } from '../../domain/article-files.ts';
import type { Settings } from '../../domain/settings.ts';
import {
  type Author,
  type Channel,
  type Mode,
  type Owner,
  type SessionStatus,
  type Visibility,
  ownerOf,
  responderOf,
} from '../../domain/ticket.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import { type FileView, fileView } from '../conversations/attachments.ts';
import type { Db } from '../client.ts';
import { contactView, contactWhere, type ContactView } from '../conversations/contacts.ts';
import { type Page, InvalidCursor, type PageRequest, decodeCursor, isUuid, toPage } from '../paging.ts';
import { parseStoredSettings } from '../connections/settings.ts';

/** A session as the API shows it. */
export type SessionView = {
  id: string;
  connection: string;
  ticketId: number;
  status: SessionStatus;
  owner: Owner;
  channel: Channel;
  /** What the AI does on this channel by the present settings. */
  mode: Mode;
  subject: string;
  language: string | null;
  sentiment: string | null;
  tags: string[];
  contact: ContactView | null;
  closure: string | null;
  closedBy: string | null;
  backfilled: boolean;
  /** The newest customer message that a turn has taken into account. */
  coveredThrough: string | null;
  createdAt: Date;
  updatedAt: Date;
};

export type SessionDetail = SessionView & {
  handoffs: {
    at: Date;
    reasons: string[];
    summary: string;
    sentiment: string | null;
    language: string | null;
    routing: unknown;
  }[];
  turns: {
    at: Date;
    rule: string;
    outcome: string;
    confidence: number | null;
    topic: string | null;
    sources: { title: string }[];
    engine: string;
    ms: number;
    /** The cited articles' files; left out when they have none (F4). */
    attachments?: TurnFile[];
  }[];
  /** Those that were posted as notes (A10). `distance`: how far a person's reply is from it, 0 to 1; null without one. */
  drafts: { at: Date; fate: string | null; distance: number | null }[];
};

export type MessageView = {
  freshdeskId: string;
  author: Author;
  visibility: Visibility;
  text: string;
  html: string;
  /** Attachments and the images inside the HTML, with what became of their copy (F1, F2). */
  attachments: FileView[];
  createdAt: Date;
};

/** null: any. */
export type SessionFilter = {
  connection: string | null;
  status: SessionStatus | null;
  owner: Owner | null;
  channel: Channel | null;
  tag: string | null;
  /** A contact's id, or an e-mail address. */
  contact: string | null;
  ticketId: number | null;
  updatedSince: Date | null;
};

/** What the API reads of the mirror. Listing throws InvalidCursor; an unknown session is null. */
export type SessionReads = {
  /** The last changed first. */
  list(filter: SessionFilter, page: PageRequest): Promise<Page<SessionView>>;
  get(id: string): Promise<SessionDetail | null>;
  /** The thread, oldest first. */
  messages(sessionId: string, page: PageRequest): Promise<Page<MessageView> | null>;
};

const ofConnection = { connection: { select: { agentId: true, settings: true } }, contact: true } as const;
type Row = Prisma.SessionGetPayload<{ include: typeof ofConnection }>;

const storedFiles: z.ZodType<TurnFile[]> = z.array(
  z.object({
    name: z.string(),
    size: z.number(),
    outcome: z.enum(['attached', 'left_out']),
    why: z.enum(['too_large', 'refused', 'no_answer', 'storage']).exactOptional(),
  }),
);
const storedSources = z.array(z.object({ title: z.string() }));

export function createSessionReads(db: Db): SessionReads {
  return {
    async list(filter, { cursor, limit }) {
      const rows = await db.session.findMany({
        where: { AND: [matching(filter), await ownedBy(db, filter), cursor === null ? {} : after(cursor)] },
        include: ofConnection,
        orderBy: [{ updatedAt: 'desc' }, { id: 'desc' }],
        take: limit + 1,
      });
      const modes = modesByConnection();
      return toPage(
        rows,
        limit,
        (row) => BigInt(row.updatedAt.getTime()),
        (row) => toView(row, modes),
      );
    },

    async get(id) {
      if (!isUuid(id)) return null;
      const row = await db.session.findUnique({
        where: { id },
        include: {
          ...ofConnection,
          handoffs: { orderBy: { at: 'asc' } },
          turns: { orderBy: { at: 'asc' } },
          drafts: {
            where: { OR: [{ turn: { outcome: 'drafted' } }, { fate: { not: null } }] },
            orderBy: { createdAt: 'asc' },
          },
        },
      });
      if (row === null) return null;
      return {
        ...toView(row, modesByConnection()),
        handoffs: row.handoffs.map(({ at, reasons, summary, sentiment, language, routing }) => ({
          at,
          reasons,
          summary,
          sentiment,
          language,
          routing,
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
        ({ freshdeskId, author, visibility, text, html, files, createdAt }) => ({
          freshdeskId,
          author,
          visibility,
          text,
          html,
          attachments: files.map(fileView),
          createdAt,
        }),
      );
    },
  };
}

function attachmentsOf(files: Prisma.JsonValue): { attachments?: TurnFile[] } {
  const attachments = storedFiles.parse(files);
  return attachments.length === 0 ? {} : { attachments };
}

function matching({
  connection,
  status,
  channel,
  tag,
  contact,
  ticketId,
  updatedSince,
}: SessionFilter): Prisma.SessionWhereInput {
  return {
    ...(connection === null ? {} : { connectionId: connection }),
    ...(status === null ? {} : { status }),
    ...(channel === null ? {} : { channel }),
    ...(tag === null ? {} : { tags: { has: tag } }),
    ...(contact === null ? {} : { contact: contactWhere(contact) }),
    ...(ticketId === null ? {} : { ticketId: BigInt(ticketId) }),
    ...(updatedSince === null ? {} : { updatedAt: { gte: updatedSince } }),
  };
}

/** Who owns a ticket depends on who the AI is, and that differs by connection. */
async function ownedBy(db: Db, { owner, connection }: SessionFilter): Promise<Prisma.SessionWhereInput> {
  if (owner === null) return {};
  if (owner === 'none') return { responderId: null };
  const connections = await db.connection.findMany({
    ...(connection === null ? {} : { where: { id: connection } }),
    select: { id: true, agentId: true },
  });
  return {
    OR: connections.map(({ id, agentId }) => ({
      connectionId: id,
      ...(owner === 'ai' ? { responderId: agentId } : { responderId: { not: null }, NOT: { responderId: agentId } }),
    })),
  };
}

function after(cursor: string): Prisma.SessionWhereInput {
  const { key, id } = decodeCursor(cursor);
  const updatedAt = new Date(Number(key));
  if (Number.isNaN(updatedAt.getTime())) throw new InvalidCursor();
  return { OR: [{ updatedAt: { lt: updatedAt } }, { updatedAt, id: { lt: id } }] };
}

type Modes = (row: Row) => Mode;

/** Settings are parsed once per connection, not once per session. */
function modesByConnection(): Modes {
  const seen = new Map<string, Settings>();
  return ({ connectionId, connection, channel }) => {
    const settings = seen.get(connectionId) ?? parseStoredSettings(connection.settings);
    seen.set(connectionId, settings);
    return settings.channels[channel].mode;
  };
}

function toView(row: Row, mode: Modes): SessionView {
  const responderId = row.responderId === null ? null : Number(row.responderId);
  return {
    id: row.id,
    connection: row.connectionId,
    ticketId: Number(row.ticketId),
    status: row.status,
    owner: ownerOf(responderOf(responderId, Number(row.connection.agentId))),
    channel: row.channel,
    mode: mode(row),
    subject: row.subject,
    language: row.language,
    sentiment: row.sentiment,
    tags: row.tags,
    contact: row.contact === null ? null : contactView(row.contact),
    closure: row.closure,
    closedBy: row.closedBy,
    backfilled: row.backfilled,
    coveredThrough: coveredThrough(row),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function coveredThrough({ coveredThrough: seq, ticketId }: Pick<Row, 'coveredThrough' | 'ticketId'>): string | null {
  if (seq < 0n) return null;
  return seq === 0n ? `ticket:${ticketId}` : `conversation:${seq}`;
}
