import type { SessionState } from '../../domain/session.ts';
import { responderOf, type Admission, type Channel, type Owed } from '../../domain/ticket.ts';
import type { Session as Row } from '../../generated/prisma/client.ts';
import type { ThreadPart } from './messages.ts';
import { storable } from '../storable.ts';

/** Our mirror of one ticket, with what the last look left behind. Times are Freshdesk's clock, ms. */
export type Session = SessionState & {
  id: string;
  connectionId: string;
  ticketId: number;
  channel: Channel;
  subject: string;
  source: number;
  groupId: number | null;
  responderId: number | null;
  /** Who sent the description; null when it is not known (E8). */
  requesterEmail: string | null;
  requesterId: number | null;
  /** null while the requester has neither e-mail nor phone (K1). */
  contactId: string | null;
  /** Its requester was erased: it stays closed and empty. */
  erased: boolean;
  takenFromId: number | null;
  aiReplied: boolean;
  /** A pause or a broken key kept the AI from what was to be done, as the last look has found (E12, C8). */
  held: boolean;
  /** The ticket's tags, responder and status do not show yet what was written last (A2, A3). */
  owes: Owed | null;
  tags: string[];
  ownTags: string[];
  /** Page of 100 on which the last read of the thread ended, and the newest conversation on it (I6). */
  cursorPage: number;
  cursorSeq: number;
  wholeReadAtMs: number | null;
  lookedAtMs: number;
  ticketUpdatedAtMs: number;
};

/** The ticket's own fields, as one look saw them. */
type TicketFields = Pick<
  Session,
  | 'channel'
  | 'subject'
  | 'source'
  | 'groupId'
  | 'responderId'
  | 'requesterId'
  | 'requesterEmail'
  | 'contactId'
  | 'tags'
  | 'ownTags'
> & {
  createdAtMs: number;
  updatedAtMs: number;
};

/** What one look at a ticket found. */
export type Look = ThreadPart & {
  aiAgentId: number;
  atMs: number;
  admittedBy: Admission;
  backfilled: boolean;
  fields: TicketFields;
  cursor: { page: number; seq: number };
  whole: boolean;
  /** A write without an answer that was attempted before this has not arrived; our clock (A5). */
  settledBefore: Date;
  /** E4: where people give the ticket back, what waits is to be answered: also where Freshdesk has refused the answer. */
  retryRefused: boolean;
  /** E4: from when on what a give-back leaves open is to be told to people, Freshdesk's clock, ms; null: it is not. */
  tellsLeftOpenFromMs: number | null;
};

export function columns(look: Look) {
  const { fields, cursor, atMs, whole } = look;
  return {
    channel: fields.channel,
    subject: storable(fields.subject),
    source: fields.source,
    groupId: bigOrNull(fields.groupId),
    responderId: bigOrNull(fields.responderId),
    requesterId: bigOrNull(fields.requesterId),
    requesterEmail: fields.requesterEmail === null ? null : storable(fields.requesterEmail),
    contactId: fields.contactId,
    tags: fields.tags.map(storable),
    ownTags: fields.ownTags,
    ticketCreatedAt: new Date(fields.createdAtMs),
    ticketUpdatedAt: new Date(fields.updatedAtMs),
    cursorPage: cursor.page,
    cursorSeq: BigInt(cursor.seq),
    lookedAt: new Date(atMs),
    ...(whole ? { wholeReadAt: new Date(atMs) } : {}),
  };
}

export function stateColumns(state: SessionState) {
  return {
    status: state.status,
    admittedBy: state.admittedBy,
    ticketStatus: state.ticketStatus,
    coveredThrough: BigInt(state.coveredThrough),
    closedThrough: bigOrNull(state.closedThrough),
    episode: state.episode,
    aiWrote: state.aiWrote,
    personStepped: state.personStepped,
    aiAssignedAt: state.aiAssignedAtMs === null ? null : new Date(state.aiAssignedAtMs),
    closure: state.closure,
    closedBy: state.closedBy,
    reopenedThrough: bigOrNull(state.reopenedThrough),
    reopenedFrom: state.reopenedFrom,
    episodeAfter: BigInt(state.episodeAfter),
    resolveRefused: state.resolveRefused,
  };
}

export function toSession(row: Row, aiAgentId: number): Session {
  const responderId = numberOrNull(row.responderId);
  return {
    id: row.id,
    connectionId: row.connectionId,
    ticketId: Number(row.ticketId),
    status: row.status,
    admittedBy: row.admittedBy as Admission,
    channel: row.channel,
    subject: row.subject,
    source: row.source,
    ticketStatus: row.ticketStatus,
    groupId: numberOrNull(row.groupId),
    responderId,
    responder: responderOf(responderId, aiAgentId),
    requesterEmail: row.requesterEmail,
    requesterId: numberOrNull(row.requesterId),
    contactId: row.contactId,
    erased: row.erasedAt !== null,
    takenFromId: numberOrNull(row.takenFromId),
    coveredThrough: Number(row.coveredThrough),
    closedThrough: numberOrNull(row.closedThrough),
    episode: row.episode,
    aiWrote: row.aiWrote,
    aiReplied: row.aiReplied,
    held: row.heldSince !== null,
    owes: row.owes as Owed | null,
    personStepped: row.personStepped,
    aiAssignedAtMs: row.aiAssignedAt?.getTime() ?? null,
    closure: row.closure as SessionState['closure'],
    closedBy: row.closedBy as SessionState['closedBy'],
    reopenedThrough: numberOrNull(row.reopenedThrough),
    reopenedFrom: row.reopenedFrom as SessionState['reopenedFrom'],
    episodeAfter: Number(row.episodeAfter),
    resolveRefused: row.resolveRefused,
    tags: row.tags,
    ownTags: row.ownTags,
    cursorPage: row.cursorPage,
    cursorSeq: Number(row.cursorSeq),
    wholeReadAtMs: row.wholeReadAt?.getTime() ?? null,
    lookedAtMs: row.lookedAt.getTime(),
    ticketUpdatedAtMs: row.ticketUpdatedAt.getTime(),
  };
}

export function bigOrNull(value: number | null): bigint | null {
  return value === null ? null : BigInt(value);
}

export function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}
