import type { TicketRef } from '../../domain/ticket.ts';
import { createHash } from 'node:crypto';
import type { Brake } from '../../domain/limits.ts';
import { MOST_TRIES, settledBefore, type OutboundKind, type OutboundTarget } from '../../domain/outbound.ts';
import type { SeenMessage } from '../../domain/thread.ts';
import { NotFound, OutcomeUnknown, Rejected } from '../../freshdesk/errors.ts';
import type { Posted, ReplyBody } from '../../freshdesk/client.ts';
import type { Outbound, ReplyBrake } from '../../db/turns/outbounds.ts';
import type { Account } from '../../accounts/accounts.ts';
import type { ActivityDeps } from '../deps.ts';
import { tryAgainIn } from '../failures.ts';
import { withoutRefused } from './reply-body.ts';

/** Something that reaches Freshdesk once, whatever crashes (A5). */
export type Write = { kind: OutboundKind; target: OutboundTarget; html: string };

export type Past =
  | { became: 'sent'; remoteId: number }
  /** Refused for good at an earlier attempt. */
  | { became: 'rejected'; refusal: string }
  /** Nobody can tell; nothing more is sent until a person clears it. */
  | { became: 'undecided' }
  /** It is not there: it may be sent. `seenIds`: what the thread shows of this kind now. */
  | { became: 'nothing'; row: Outbound; seenIds: number[] };

/**
 * What became of earlier attempts at this write, told from the thread as it was just read: an entry of the AI agent's that
 * was not there before an attempt is that attempt's. Throws while a lost attempt may still appear.
 */
export async function pastOf(deps: ActivityDeps, write: Write, messages: readonly SeenMessage[]): Promise<Past> {
  const row = await deps.outbounds.open(
    write.kind,
    write.target,
    createHash('sha256').update(write.html).digest('hex'),
  );
  if (row.state === 'sent' && row.remoteId !== null) return { became: 'sent', remoteId: row.remoteId };
  if (row.state === 'rejected') return { became: 'rejected', refusal: row.refusal ?? '' };

  const seenIds = entriesLike(write.kind, messages);
  if (row.tries > 0) {
    const ours = await arrived(deps, row, write.target, seenIds);
    if (ours !== null) return { became: 'sent', remoteId: ours };
  }
  if (row.state === 'unknown') return { became: 'undecided' };
  if (row.state === 'sending') {
    const leftMs = settlesInMs(deps, row);
    if (leftMs > 0)
      throw tryAgainIn(leftMs, `The outcome of ${row.kind} on ticket ${write.target.ticketId} is not known yet`);
    if (row.tries >= MOST_TRIES) {
      await deps.outbounds.undecided(row.key);
      deps.log.error(
        { outbound: row.key, tries: row.tries },
        'a write was sent twice without an answer and is not in the thread; a person must look at the ticket',
      );
      return { became: 'undecided' };
    }
  }
  return { became: 'nothing', row, seenIds };
}

/** The ticket's other replies and drafts: those that turned up in the thread, and whether one of them is undecided. */
export type Others = { arrived: Outbound[]; undecided: boolean };

/**
 * What became of the ticket's other replies and drafts that have no answer, told from the thread as it was just read: no
 * second one starts while one is under way or undecided (A5). One that nobody settles any more, as its run has ended, is
 * settled here: what was sent once and has not arrived is given up, and the write that is about to start is its second try;
 * what was sent twice stays undecided until people clear it. Throws while a lost attempt may still appear.
 */
export async function othersOf(
  deps: ActivityDeps,
  { row }: Extract<Past, { became: 'nothing' }>,
  ref: TicketRef,
  messages: readonly SeenMessage[],
): Promise<Others> {
  const others: Others = { arrived: [], undecided: false };
  let waitMs = 0;
  for (const other of await deps.outbounds.unanswered(ref, ['reply', 'draft'])) {
    if (other.key === row.key) continue;
    const ours = await arrived(deps, other, ref, entriesLike(other.kind, messages));
    if (ours !== null) others.arrived.push(other);
    else if (other.state === 'unknown') others.undecided = true;
    else if (other.state === 'sending') {
      const leftMs = settlesInMs(deps, other);
      if (leftMs > 0) waitMs = Math.max(waitMs, leftMs);
      else if (other.tries < MOST_TRIES) await deps.outbounds.withdraw(other);
      else {
        await deps.outbounds.undecided(other.key);
        others.undecided = true;
      }
    }
  }
  if (waitMs > 0 && !others.undecided)
    throw tryAgainIn(waitMs, `Another write on ticket ${ref.ticketId} is not decided yet`);
  return others;
}

/** Whether a reply or draft of the ticket is undecided, by the thread as it is mirrored (A5). */
export async function isUndecided(
  deps: ActivityDeps,
  ref: TicketRef,
  thread: () => Promise<readonly SeenMessage[]> | readonly SeenMessage[],
): Promise<boolean> {
  const rows = (await deps.outbounds.unanswered(ref, ['reply', 'draft'])).filter(({ state }) => state === 'unknown');
  const messages = rows.length === 0 ? [] : await thread();
  for (const row of rows) if ((await entryOf(deps, row, ref, entriesLike(row.kind, messages))) === null) return true;
  return false;
}

/**
 * For writes that are not to be repeated: an attempt whose answer was lost is recorded as sent where the thread shows it,
 * and else stands in nobody's way any more.
 */
export async function abandon(
  deps: ActivityDeps,
  ref: TicketRef,
  kinds: readonly OutboundKind[],
  messages: readonly SeenMessage[],
): Promise<void> {
  for (const row of await deps.outbounds.unanswered(ref, kinds)) {
    const ours = await arrived(deps, row, ref, entriesLike(row.kind, messages));
    if (ours === null) await deps.outbounds.withdraw(row);
  }
}

/** The entry that an attempt without an answer has made after all; null when the thread shows none. */
async function entryOf(
  deps: ActivityDeps,
  row: Outbound,
  ref: TicketRef,
  seenIds: readonly number[],
): Promise<number | null> {
  const linked = await deps.outbounds.linkedIds(ref);
  return seenIds.find((id) => !row.seenIds.includes(id) && !linked.has(id)) ?? null;
}

/** The same, recorded as sent. */
async function arrived(
  deps: ActivityDeps,
  row: Outbound,
  ref: TicketRef,
  seenIds: readonly number[],
): Promise<number | null> {
  const ours = await entryOf(deps, row, ref, seenIds);
  if (ours === null) return null;
  await deps.outbounds.sent(row.key, ours);
  deps.log.info({ outbound: row.key, remoteId: ours }, 'a write whose answer was lost is in the thread');
  return ours;
}

/** E11: the AI has replied too often lately; this reply was not sent. */
export class LoopBraked extends Error {
  readonly limit: Brake;

  constructor(limit: Brake) {
    super(`The AI has replied too often lately (${limit})`);
    this.name = 'LoopBraked';
    this.limit = limit;
  }
}

type Post = () => Promise<{ value: Posted }>;
type SendOptions = {
  /** What to send instead of what was refused, as an attempt of its own; null when the refusal is final (A6). */
  lesser?: (refusal: Rejected) => Post | null;
  brake?: ReplyBrake;
};

/**
 * Sends. `sending` is committed first, with what the thread shows now, so that whoever comes after a crash looks before
 * sending again. Errors pass through; an unknown outcome leaves the row `sending`.
 * @throws LoopBraked when the `brake` says that this is one reply too many (E11); nothing was sent
 */
export async function send(
  deps: ActivityDeps,
  past: Extract<Past, { became: 'nothing' }>,
  post: Post,
  { lesser = () => null, brake }: SendOptions = {},
): Promise<Posted> {
  const { row, seenIds } = past;
  const claimedAtMs = Date.now();
  const claim = await deps.outbounds.claim(row, seenIds, deps.now(), brake);
  if (claim === 'lost') throw tryAgainIn(1_000, `Another attempt is at ${row.kind} right now`);
  if (claim !== 'claimed') throw new LoopBraked(claim);
  // Stopped in between for so long, it may be the second one by now: whoever comes next finds out.
  if (Date.now() - claimedAtMs > deps.timing.requestDeadlineMs)
    throw tryAgainIn(1_000, `This attempt at ${row.kind} was held up for too long to send it`);
  try {
    const { value } = await post();
    await deps.outbounds.sent(row.key, value.id);
    return value;
  } catch (error) {
    const instead = error instanceof Rejected ? lesser(error) : null;
    if (instead !== null) {
      await deps.outbounds.release(row.key);
      return send(deps, { ...past, row: { ...row, state: 'pending' } }, instead, {
        lesser,
        ...(brake === undefined ? {} : { brake }),
      });
    }
    await settle(deps, row.key, error);
    throw error;
  }
}

type ReplyOptions = {
  brake?: ReplyBrake;
  /** Told before the reply goes without its files, because Freshdesk has refused them (F4). */
  onFilesRefused?: () => Promise<void>;
};

/** A public reply; without the sender, the copies or the files Freshdesk refuses, if it does (A8, F4). */
export function sendReply(
  deps: ActivityDeps,
  past: Extract<Past, { became: 'nothing' }>,
  { freshdesk, connection }: Account,
  ticketId: number,
  body: ReplyBody,
  { brake, onFilesRefused = () => Promise.resolve() }: ReplyOptions = {},
): Promise<Posted> {
  let current = body;
  const lesser = (refusal: Rejected): Post | null => {
    const left = withoutRefused(current, refusal);
    if (left === null) return null;
    deps.log.warn(
      { connection: connection.id, ticketId, refused: refusal.fields },
      'Freshdesk refused the sender, the copies or the files of a reply; it is sent without them',
    );
    const withoutFiles = current.files !== undefined && left.files === undefined;
    current = left;
    return async () => {
      if (withoutFiles) await onFilesRefused();
      return freshdesk.reply(ticketId, left);
    };
  };
  const post = () => freshdesk.reply(ticketId, current);
  return send(deps, past, post, { lesser, ...(brake === undefined ? {} : { brake }) });
}

async function settle(deps: ActivityDeps, key: string, error: unknown): Promise<void> {
  if (error instanceof OutcomeUnknown) return;
  if (error instanceof Rejected && !isGone(error)) return deps.outbounds.rejected(key, refusalOf(error));
  if (error instanceof Error && NOTHING_SENT.has(error.name)) return deps.outbounds.release(key);
}

/** By name of the error: after these, nothing has reached the ticket. */
const NOTHING_SENT: ReadonlySet<string> = new Set([
  'RateLimited',
  'Unreachable',
  'Unauthorized',
  'NotFound',
  'Rejected',
  'WritesHeld',
]);

/** A6: the ticket is not there any more, or is in the spam folder or the trash: read it again. */
export function isGone(error: unknown): boolean {
  return error instanceof NotFound || (error instanceof Rejected && error.status === 405);
}

/** What Freshdesk answered, for the note to people; kept in our database only. */
function refusalOf(error: Rejected): string {
  const fields = error.fields.map(({ field, code }) => `${field} (${code})`).join(', ');
  return [`HTTP ${error.status}`, fields, error.description]
    .filter((part) => part !== '')
    .join(': ')
    .slice(0, 1_000);
}

/** How long an attempt without an answer may still appear in the thread; not above 0 when it has had its time. */
function settlesInMs({ timing, now }: ActivityDeps, { attemptedAt }: Outbound): number {
  return (attemptedAt?.getTime() ?? 0) - settledBefore(now(), timing).getTime();
}

/** The AI agent's own entries that this kind of write would add to. */
function entriesLike(kind: OutboundKind, messages: readonly SeenMessage[]): number[] {
  const visibility = kind === 'reply' || kind === 'handoff_message' ? 'public' : 'private';
  return messages
    .filter((m) => m.author === 'ai' && m.visibility === visibility && m.kind !== 'description')
    .map((m) => m.seq);
}
