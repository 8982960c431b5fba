import type { Session } from '../../db/conversations/session-row.ts';
import type { Recorded } from '../../db/conversations/sessions.ts';
import { SOURCE } from '../../domain/channel.ts';
import { isMirroredOnly, isShielded, resolveDueMs, waitingMessages } from '../../domain/session.ts';
import type { SeenMessage } from '../../domain/thread.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../domain/settings.ts';
import type { EngagementSettings, SessionFacts, Snapshot, Waiting } from '../../domain/snapshot.ts';
import { ownerOf, ticketPage, type Channel } from '../../domain/ticket.ts';
import type { Account } from '../../accounts/accounts.ts';
import type { ActivityDeps } from '../deps.ts';

const HOUR_MS = 3_600_000;
/** I6: catches edits, deletions and merged-in messages that no hint told us about. */
export const REREAD_EVERY_MS = 24 * HOUR_MS;
/** The same, while the ticket shows no change. */
export const REREAD_UNCHANGED_EVERY_MS = 7 * 24 * HOUR_MS;

/** Of a connection that was removed: no ticket is ours, and every run ends (E2). */
export function withoutConnection({ timing }: ActivityDeps): Snapshot {
  return {
    atMs: 0,
    groupId: null,
    connectionActive: false,
    session: null,
    waiting: null,
    settings: engagementSettings(DEFAULT_SETTINGS, 'other'),
    timing: { requestDeadlineMs: timing.requestDeadlineMs },
  };
}

function engagementSettings(settings: Settings, channel: Channel): EngagementSettings {
  const { firstReplyDelaySeconds, burstSeconds } = settings.channels[channel];
  return {
    autoHandleAll: settings.intake.autoHandleAll,
    defaultGroupId: settings.intake.defaultGroupId,
    draftForPeople: settings.assist.whenHumanOwned,
    maxAnswerAgeMs: settings.intake.maxAnswerAgeHours * HOUR_MS,
    firstReplyDelayMs: firstReplyDelaySeconds * 1_000,
    burstMs: burstSeconds * 1_000,
    paused: settings.paused,
  };
}

/** What the workflow may know of a look: nothing personal (product's Temporal rule), and below 2 KB. */
export function snapshotOf(
  deps: ActivityDeps,
  account: Account,
  atMs: number,
  groupId: number | null,
  recorded: Recorded | null,
): Snapshot {
  const { connection, settings } = account;
  const session = recorded?.session ?? null;
  const messages = recorded?.messages ?? [];
  const pendingFiles = recorded?.pendingFiles ?? 0;
  return {
    atMs,
    groupId,
    connectionActive: connection.state === 'active',
    session: session === null ? null : viewOf(session, messages, account),
    waiting:
      session === null ? null : waitingOf(session, waitingMessages(session, messages, floorOf(account, session))),
    settings: engagementSettings(settings, session?.channel ?? 'other'),
    timing: {
      requestDeadlineMs: deps.timing.requestDeadlineMs,
    },
    ...(pendingFiles === 0 ? {} : { pendingFiles }),
    ...(session === null ? {} : { links: linksOf(deps, connection, session) }),
  };
}

function linksOf({ inboxUrl }: ActivityDeps, { baseUrl }: Account['connection'], { id, ticketId }: Session) {
  return {
    freshdesk: ticketPage(baseUrl, ticketId),
    ...(inboxUrl === null ? {} : { inbox: `${inboxUrl}/inbox/${id}` }),
  };
}

function viewOf(session: Session, messages: readonly SeenMessage[], { settings }: Account): SessionFacts {
  const { mode, autoResolveAfterHours } = settings.channels[session.channel];
  const autoResolveAfterMs = autoResolveAfterHours * HOUR_MS;
  return {
    id: session.id,
    status: session.status,
    responder: session.responder,
    owner: ownerOf(session.responder),
    channel: session.channel,
    mode,
    episode: session.episode,
    coveredThrough: session.coveredThrough,
    aiWrote: session.aiWrote,
    shielded: isShielded(session),
    ...(isMirroredOnly(session) ? { mirroredOnly: true } : {}),
    aiAssignedAtMs: session.aiAssignedAtMs,
    rereadAtMs: session.status === 'open' && mode !== 'off' ? rereadAtMs(session) : null,
    resolveDueMs: settings.autoResolve ? resolveDueMs(session, messages, { mode, autoResolveAfterMs }) : null,
  };
}

/** A day after the thread was read; where the ticket showed no change since, a day after it was looked at. */
function rereadAtMs({ wholeReadAtMs, lookedAtMs }: Session): number {
  const afterReadMs = (wholeReadAtMs ?? lookedAtMs) + REREAD_EVERY_MS;
  return afterReadMs > lookedAtMs ? afterReadMs : lookedAtMs + REREAD_EVERY_MS;
}

function waitingOf(session: Session, waiting: SeenMessage[]): Waiting | null {
  const [oldest] = waiting;
  const newest = waiting.at(-1);
  if (oldest === undefined || newest === undefined) return null;
  return {
    newestSeq: newest.seq,
    newestAtMs: newest.createdAtMs,
    oldestSeq: oldest.seq,
    oldestAtMs: oldest.createdAtMs,
    count: waiting.length,
    writtenByDesk: session.source === SOURCE.phone && newest.seq === 0,
    byOthers: waiting.some((message) => !message.byRequester),
  };
}

/**
 * E1: nothing from before the connection is answered; where only auto-handle engages the ticket, nothing from before it was
 * switched on. Freshdesk tells whole seconds, so the one the switch fell into still counts as after it.
 */
export function floorOf(
  { connection, settings }: Account,
  { responder, groupId }: Pick<Session, 'responder' | 'groupId'>,
): number {
  const connectedMs = connection.connectedAt.getTime();
  const inDefaultGroup = settings.intake.defaultGroupId !== null && groupId === settings.intake.defaultGroupId;
  if (responder === 'ai' || inDefaultGroup || connection.autoHandleSince === null) return connectedMs;
  return Math.max(connectedMs, Math.floor(connection.autoHandleSince.getTime() / 1_000) * 1_000);
}
