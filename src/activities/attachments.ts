import type { TicketRef } from '../domain/ticket.ts';
import { activityInfo } from '@temporalio/activity';
import { readFileContent } from '../ai/reading/file-content.ts';
import type { PendingFile } from '../db/conversations/attachments.ts';
import type { Session } from '../db/conversations/session-row.ts';
import { COPY_ATTEMPTS, type CopyReason } from '../domain/attachments.ts';
import { FileHostUnreachable, FileRefused, LinkExpired, NotFound } from '../freshdesk/errors.ts';
import { contentKey } from '../storage/key.ts';
import { StorageError } from '../storage/port.ts';
import type { Account } from '../accounts/accounts.ts';
import { beat } from './beat.ts';
import type { ActivityDeps } from './deps.ts';
import { speakingTemporal } from './failures.ts';
import { createFreshLinks, type FreshLinks } from './files/fresh-links.ts';

/** How many files, by what became of them. */
export type Copied = { stored: number; refused: number; failed: number };

/** How many tickets' files a process copies at a time: a file is held in memory meanwhile. */
export const COPIES_AT_ONCE = 3;
/** After so long an attempt begins no further file; the next attempt goes on. */
const ATTEMPT_MS = 60_000;
/** A file store that does not answer so many files in a row does not answer the rest either. */
const MOST_DEAD_ENDS = 2;

/** By name: what the client throws when links cannot be read. */
const FRESHDESKS: ReadonlySet<string> = new Set(['RateLimited', 'Unauthorized', 'Unreachable', 'Rejected']);

type Outcome = 'stored' | 'refused';
type Ticket = { account: Account; session: Session; links: FreshLinks };

export function createAttachmentActivities(deps: ActivityDeps) {
  return {
    /**
     * Copies what is pending of the ticket's files into our storage (F1), refuses what breaks a cap (F2), and reads what the
     * AI can read (F3). Repeating it copies only what is missing. Its last attempt throws nothing: what then still fails is
     * left as failed, with the reason, and the session goes on.
     */
    copyAttachments: speakingTemporal(async (ref: TicketRef): Promise<Copied> => {
      const pulse = beat();
      try {
        return await copyAll(deps, ref, activityInfo().attempt >= COPY_ATTEMPTS);
      } finally {
        pulse.stop();
      }
    }),
  };
}

async function copyAll(deps: ActivityDeps, ref: TicketRef, last: boolean): Promise<Copied> {
  const account = await deps.account(ref.connectionId, { lane: 'live', name: `files:${ref.ticketId}` });
  const session = await deps.sessions.find(ref.connectionId, ref.ticketId, account.connection.agent.id);
  const copied: Copied = { stored: 0, refused: 0, failed: 0 };
  if (session === null) return copied;
  const ticket: Ticket = { account, session, links: createFreshLinks(account, session, deps.now) };
  const until = Date.now() + ATTEMPT_MS;
  let failure: unknown;
  let deadEnds = 0;
  for (const file of await deps.attachments.pending(session.id)) {
    try {
      if (deadEnds >= MOST_DEAD_ENDS) throw failure;
      if (Date.now() > until) throw new OutOfTime();
      copied[await copy(deps, ticket, file)] += 1;
      deadEnds = 0;
    } catch (error) {
      failure = error;
      if (error instanceof FileHostUnreachable) deadEnds += 1;
      copied.failed += 1;
      const reason = reasonOf(error);
      await deps.attachments.failed(file.id, reason, { final: last, at: deps.now() });
      if (last) note(deps, ref, reason);
    }
  }
  if (failure !== undefined && !last) throw failure;
  return copied;
}

class OutOfTime extends Error {
  constructor() {
    super('there was no time left for this file');
    this.name = 'OutOfTime';
  }
}

/** One file: fetched, looked at, stored, and then recorded. A worker killed in between leaves it pending. */
async function copy(deps: ActivityDeps, ticket: Ticket, file: PendingFile): Promise<Outcome> {
  const { attachments } = deps;
  const { maxFileBytes, maxTicketBytes } = ticket.account.settings.attachments;
  const roomBytes = maxTicketBytes - (await attachments.storedBytes(ticket.session.id));
  const maxBytes = Math.min(maxFileBytes, roomBytes);
  const refuse = async (reason: CopyReason): Promise<Outcome> => {
    await attachments.refused(file.id, reason);
    return 'refused';
  };
  const overCap: CopyReason = roomBytes < maxFileBytes && file.size <= maxFileBytes ? 'ticket_full' : 'too_large';
  if (file.size > maxBytes || maxBytes <= 0) return refuse(overCap);
  try {
    const bytes = await fetchFile(ticket, file, maxBytes);
    const key = contentKey(bytes);
    const { contentType, text } = await readFileContent(bytes, file.name);
    if (!(await attachments.claim(file.id, key))) return refuse('gone'); // erased from our side meanwhile, as it may be once more below
    await deps.storage.put(key, bytes, contentType);
    const recorded = await attachments.stored(file.id, { key, size: bytes.length, contentType, text });
    return recorded ? 'stored' : refuse('gone');
  } catch (error) {
    if (error instanceof NotFound) return refuse('gone');
    if (!(error instanceof FileRefused)) throw error;
    return refuse(error.reason === 'too_large' ? overCap : error.reason);
  }
}

/** By the link of the sync, else by a fresh one: they die after 5 minutes (F1). */
async function fetchFile({ account, links }: Ticket, file: PendingFile, maxBytes: number): Promise<Buffer> {
  const { freshdesk } = account;
  if (file.link !== null) {
    try {
      return await freshdesk.download(file.link, { maxBytes });
    } catch (error) {
      if (!(error instanceof LinkExpired)) throw error;
    }
  }
  const fresh = await links.find(file);
  if (fresh === null) throw new FileRefused('gone');
  return freshdesk.download(fresh, { maxBytes });
}

function reasonOf(error: unknown): CopyReason {
  if (error instanceof OutOfTime) return 'timed_out';
  if (error instanceof LinkExpired) return 'link_expired';
  if (error instanceof StorageError) return 'storage_unusable';
  if (error instanceof FileHostUnreachable) return 'host_unreachable';
  return error instanceof Error && FRESHDESKS.has(error.name) ? 'freshdesk_unreachable' : 'unexpected';
}

function note(deps: ActivityDeps, { connectionId, ticketId }: TicketRef, reason: CopyReason): void {
  deps.log.warn({ connection: connectionId, ticketId, reason }, 'a file could not be copied and is left out for now');
}
