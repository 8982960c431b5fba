import { isOwnTag, teamTags } from '../../domain/tags.ts';
import { isBehind } from '../../domain/backfill.ts';
import { channelOf, modeOf } from '../../domain/channel.ts';
import { admits } from '../../domain/engagement.ts';
import { settledBefore } from '../../domain/outbound.ts';
import { follow, needsClosingTime, type Observation } from '../../domain/session.ts';
import type { SeenMessage } from '../../domain/thread.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { isDone, responderOf, type Admission, type TicketRef } from '../../domain/ticket.ts';
import type { Session } from '../../db/conversations/session-row.ts';
import type { Recorded } from '../../db/conversations/sessions.ts';
import { NotFound } from '../../freshdesk/errors.ts';
import type { Ticket } from '../../freshdesk/client.ts';
import type { Account } from '../../accounts/accounts.ts';
import type { ActivityDeps } from '../deps.ts';
import { groupName } from './groups.ts';
import { readThread, type Cursor, type ThreadRead } from './read-thread.ts';
import { requesterOf } from './requester.ts';
import { floorOf, REREAD_EVERY_MS, REREAD_UNCHANGED_EVERY_MS, snapshotOf } from './snapshot.ts';
import { conversationMessage, descriptionMessage, peopleOf } from './messages.ts';
import { isGone } from '../writing/write-once.ts';
import { noteUnusable } from './unreadable.ts';

export type LookOptions = {
  /** Track the ticket whatever the gate says (B3). */
  backfill?: boolean;
  /** Read the whole thread, not only what came since the last look (I6). */
  whole?: boolean;
  /** Files that were given up are to be tried again: with `whole` all, else those of a day ago (F2). */
  retryFiles?: boolean;
  /** Nobody has said that something changed: the thread is read where the ticket shows that it did, or once a week (L2, I6). */
  ifChanged?: boolean;
};

export type Sight = {
  snapshot: Snapshot;
  account: Account;
  /** null when the ticket is gone, or not ours. */
  tracked: { session: Session; ticket: Ticket; messages: SeenMessage[] } | null;
};

export type TrackedSight = Sight & { tracked: NonNullable<Sight['tracked']> };

export function isTracked(sight: Sight): sight is TrackedSight {
  return sight.tracked !== null;
}

/**
 * Reads the ticket and what is new in its thread, makes the mirror equal to it, and says where things stand. Used for every
 * sync and, again, right before every write (A4), so that a decision to write is always made on what Freshdesk shows now.
 */
export async function look(deps: ActivityDeps, ref: TicketRef, options: LookOptions = {}): Promise<Sight> {
  const account = await deps.account(ref.connectionId);
  const session = await deps.sessions.find(ref.connectionId, ref.ticketId, account.connection.agent.id);
  if (session?.erased === true) return asErased(deps, account, session);
  // A backfilled ticket is tracked for sure, so its requester comes with it: a credit less than asking later.
  const withRequester = session === null && options.backfill === true;
  const read = await account.freshdesk.ticket(ref.ticketId, { requester: withRequester }).catch((error: unknown) => {
    if (error instanceof NotFound) return null;
    throw error;
  });
  const { connection, freshdesk } = account;
  if (read === null) return { account, tracked: null, snapshot: await withoutTicket(deps, account, ref, session) };

  const ticket = read.value;
  const admittedBy = session?.admittedBy ?? admission(account, ticket, options);
  if (admittedBy === null)
    return { account, tracked: null, snapshot: snapshotOf(deps, account, read.atMs, ticket.groupId, null) };

  const asMirrored = isAsMirrored(session, ticket, read.atMs, options);
  const cursor = cursorOf(session, read.atMs, options);
  const thread = asMirrored
    ? nothingNew(session)
    : await readThread(freshdesk, ref.ticketId, cursor).catch((error: unknown) => {
        // S3: the ticket itself says what has become of it; its thread may be out of sight then, and stays as it was.
        if (session !== null && (ticket.spam || ticket.deleted) && isGone(error)) return nothingNew(session);
        throw error;
      });
  const { entries } = thread;
  await noteUnusable(deps, ref, thread);
  const requester = await requesterOf(
    deps,
    account,
    { ticket, entries, whole: !asMirrored && cursor === null },
    session,
  );
  const people = peopleOf(account, ticket, requester.requesterEmail);
  const mirrored = [descriptionMessage(ticket, people), ...entries.map((entry) => conversationMessage(entry, people))];
  const closingTimeMs = await closingTime(deps, account, session, ticket, mirrored.map(asSeen));
  noteUnknownStatus(deps, account, ticket);
  // E12: what is decided on this look goes by the settings as they are after it, not before it.
  const current = await deps.account(ref.connectionId);
  const { intake, assist, channels } = current.settings;

  const recorded = await deps.sessions.record(
    {
      ...ref,
      aiAgentId: connection.agent.id,
      atMs: read.atMs,
      admittedBy,
      backfilled: options.backfill === true,
      fields: {
        channel: channelOf(ticket.source),
        subject: ticket.subject,
        source: ticket.source,
        groupId: ticket.groupId,
        responderId: ticket.responderId,
        requesterId: ticket.requesterId,
        ...requester,
        tags: teamTags(ticket.tags, await groupName(deps, account, ticket.groupId)),
        ownTags: ticket.tags.filter(isOwnTag),
        createdAtMs: ticket.createdAtMs,
        updatedAtMs: ticket.updatedAtMs,
      },
      messages: mirrored,
      readFrom: thread.readFrom,
      readUpTo: Math.max(session?.cursorSeq ?? 0, thread.cursor.seq),
      cursor: thread.cursor,
      whole: thread.whole,
      settledBefore: settledBefore(deps.now(), deps.timing),
      retryRefused: intake.onReassign === 'waiting',
      tellsLeftOpenFromMs:
        intake.onReassign === 'waiting' || modeOf(channels, channelOf(ticket.source)) === 'off'
          ? null
          : connection.connectedAt.getTime(),
    },
    (previous, messages) =>
      follow(previous, admittedBy, {
        atMs: read.atMs,
        ticket: {
          status: ticket.status,
          responder: responderOf(ticket.responderId, connection.agent.id),
          spam: ticket.spam,
          deleted: ticket.deleted,
        },
        messages,
        resolvedAtMs: closingTimeMs,
        floorMs: connection.connectedAt.getTime(),
        mode: modeOf(channels, channelOf(ticket.source)),
        onReassign: intake.onReassign,
        draftForPeople: assist.whenHumanOwned,
        gate: admittedBy === 'backfill' ? gateNow(current, ticket) : null,
      }),
  );
  return {
    account: current,
    tracked: { session: recorded.session, ticket, messages: recorded.messages },
    snapshot: snapshotOf(deps, current, read.atMs, ticket.groupId, {
      ...recorded,
      pendingFiles: recorded.pendingFiles + (await filesToRetry(deps, recorded, options)),
    }),
  };
}

/** Nothing has changed on the ticket since its thread was read, and that was wholly so no week ago (L2). */
function isAsMirrored(
  session: Session | null,
  ticket: Ticket,
  atMs: number,
  { ifChanged = false }: LookOptions,
): session is Session {
  if (!ifChanged || session?.wholeReadAtMs == null || atMs - session.wholeReadAtMs >= REREAD_UNCHANGED_EVERY_MS)
    return false;
  return !isBehind({ ...session, gone: session.status === 'closed_unresolved' }, ticket);
}

/** Where the read goes on; null: from the beginning. */
function cursorOf(session: Session | null, atMs: number, { whole = false }: LookOptions): Cursor | null {
  if (session?.wholeReadAtMs == null || whole || atMs - session.wholeReadAtMs >= REREAD_EVERY_MS) return null;
  return { page: session.cursorPage, seq: session.cursorSeq };
}

function admission({ connection, settings }: Account, ticket: Ticket, options: LookOptions): Admission | null {
  if (ticket.spam || ticket.deleted) return null;
  const responder = responderOf(ticket.responderId, connection.agent.id);
  return admits(
    settings,
    { id: ticket.id, responder, groupId: ticket.groupId, productId: ticket.productId, tags: ticket.tags },
    { backfill: options.backfill === true },
  );
}

/** B2: what the gate would make of the ticket if nobody tracked it, and from when on its messages count (E1). */
function gateNow(account: Account, ticket: Ticket): Observation['gate'] {
  const admitted = admission(account, ticket, {});
  if (admitted === null) return null;
  const responder = responderOf(ticket.responderId, account.connection.agent.id);
  return { admission: admitted, floorMs: floorOf(account, { responder, groupId: ticket.groupId }) };
}

/** A person who was erased from our side is not mirrored again by the next webhook: Freshdesk is not even asked. */
function asErased(deps: ActivityDeps, account: Account, session: Session): Sight {
  return { account, tracked: null, snapshot: snapshotOf(deps, account, session.lookedAtMs, null, emptied(session)) };
}

/** S3: a ticket that no longer exists closes its session; one that was never tracked is nobody's. */
async function withoutTicket(
  deps: ActivityDeps,
  account: Account,
  ref: TicketRef,
  session: Session | null,
): Promise<Snapshot> {
  const atMs = session?.lookedAtMs ?? 0;
  if (session === null) return snapshotOf(deps, account, atMs, null, null);
  await deps.sessions.gone(session.id, atMs);
  return snapshotOf(deps, account, atMs, null, emptied({ ...session, status: 'closed_unresolved' }));
}

/** A session of whose thread nothing counts any more. */
function emptied(session: Session): Recorded {
  return { session, messages: [], pendingFiles: 0, failedFiles: 0 };
}

/** S2: only Freshdesk knows whether a message that waits on a closed ticket came before or after the closing. */
async function closingTime(
  deps: ActivityDeps,
  account: Account,
  session: Session | null,
  ticket: Ticket,
  read: SeenMessage[],
): Promise<number | null> {
  if (!isDone(ticket.status)) return null;
  const known = session === null ? [] : await deps.sessions.messages(session.id);
  if (!needsClosingTime(session, ticket.status, [...known, ...read])) return null;
  const { stats } = (await account.freshdesk.ticket(ticket.id, { stats: true })).value;
  return stats?.closedAtMs == null
    ? (stats?.resolvedAtMs ?? null)
    : Math.min(stats.closedAtMs, stats.resolvedAtMs ?? stats.closedAtMs);
}

function nothingNew({ cursorPage, cursorSeq }: Session): ThreadRead {
  return {
    entries: [],
    readFrom: cursorSeq + 1,
    cursor: { page: cursorPage, seq: cursorSeq },
    whole: false,
    unusable: 0,
  };
}

function asSeen(message: ReturnType<typeof conversationMessage>): SeenMessage {
  return {
    ...message,
    answerable: message.author === 'customer' && message.ignored === null,
    byRequester: true,
    writtenAs: null,
    fresh: true,
  };
}

/** F2: how many files that were given up are to be copied after all. */
async function filesToRetry(deps: ActivityDeps, recorded: Recorded, options: LookOptions): Promise<number> {
  if (options.retryFiles !== true || recorded.failedFiles === 0) return 0;
  const before = deps.now().getTime() - (options.whole === true ? 0 : REREAD_EVERY_MS);
  return deps.attachments.retryFailed(recorded.session.id, new Date(before));
}

/** S1: what the account does not list counts as open, and somebody may want to know. */
function noteUnknownStatus(deps: ActivityDeps, { connection }: Account, ticket: Ticket): void {
  if (connection.statuses.length === 0 || connection.statuses.some((status) => status.id === ticket.status)) return;
  deps.log.warn(
    { connection: connection.id, ticketId: ticket.id, status: ticket.status },
    'ticket has a status the account did not list when it was connected; it counts as open',
  );
}
