import { decide, type Decision } from '../domain/engagement.ts';
import { loopSuspected } from '../domain/limits.ts';
import type { OutboundKind } from '../domain/outbound.ts';
import type { Owner, WritingMode, TicketRef } from '../domain/ticket.ts';
import { ownerOf } from '../domain/ticket.ts';
import { renderDraftNote } from '../ai/answering/render.ts';
import type { ReplyBrake } from '../db/turns/outbounds.ts';
import type { FoundTurn } from '../db/turns/turns.ts';
import type { OutgoingFile, Posted } from '../freshdesk/client.ts';
import { Rejected } from '../freshdesk/errors.ts';
import type { ActivityDeps } from './deps.ts';
import { writing } from './admitted.ts';
import { missing, speakingTemporal } from './failures.ts';
import { isTracked, look, type TrackedSight } from './look/look.ts';
import { filesToSend, noteRefusedFiles } from './writing/outgoing-files.ts';
import { ownMessage } from './look/messages.ts';
import { withInboxLink } from './writing/inbox-link.ts';
import { showOnTicket } from './writing/ticket-update.ts';
import { refusesFiles, replyBodyFor } from './writing/reply-body.ts';
import { isGone, LoopBraked, othersOf, pastOf, send, sendReply, type Past, type Write } from './writing/write-once.ts';

export type DeliveryInput = TicketRef & {
  turnId: string;
  /** The draft has been dropped for newer messages often enough: it is posted, and they are the next turn (A4). */
  final: boolean;
};

export type Delivery =
  /** `more`: something newer waits that the draft has not seen (A4). */
  | { outcome: 'sent'; owner: Owner; more?: boolean }
  /** Something else is to be done now: look again. */
  | { outcome: 'superseded' }
  /** Nothing was written, and nothing is to be. */
  | { outcome: 'dropped' }
  /** Nobody can tell whether it was sent: a person must look. */
  | { outcome: 'undecided' }
  /** One reply too many (E11): nothing was written, and people get the ticket. */
  | { outcome: 'braked' };

/** Nothing is posted on a look that is older: a person may have answered since (A4). */
const OLDEST_LOOK_MS = 2_000;

type WordedTurn = FoundTurn & { html: string };

export function createReplyActivities(deps: ActivityDeps) {
  return {
    /** Posts the turn's draft as a public reply, once, and takes the ticket over (A2–A6). */
    deliverReply: speakingTemporal((input: DeliveryInput) =>
      writing(deps, input, (paid) => deliver(paid, 'autopilot', input)),
    ),
    /** Posts the turn's draft as a private note (A2). */
    deliverDraft: speakingTemporal((input: DeliveryInput) =>
      writing(deps, input, (paid) => deliver(paid, 'assist', input)),
    ),
  };
}

async function deliver(
  deps: ActivityDeps,
  asked: WritingMode,
  input: DeliveryInput,
  fetched: OutgoingFile[] | null = null,
): Promise<Delivery> {
  const sight = await look(deps, input);
  const lookedAt = performance.now();
  if (!isTracked(sight)) return dropped(deps, input.turnId, 'S3');
  const turn = await wordedTurn(deps, input);
  // N11: whoever asks, what is held back is not sent.
  const mode = turn.heldBack == null ? asked : 'assist';

  const write = writeOf(deps, mode, input, turn, sight);
  const past = await pastOf(deps, write, sight.tracked.messages);
  if (past.became === 'undecided') return undecided(deps, turn.id);
  if (past.became === 'rejected')
    throw new Rejected(`${write.kind} on ticket ${input.ticketId}`, {
      status: 400,
      fields: [],
      code: 'refused_before',
      description: past.refusal,
    });
  if (past.became === 'sent') return conclude(deps, mode, sight, turn, { postedNow: false });

  const wanted = stillWanted(decide(sight.snapshot), turn, mode, input.final);
  if (wanted !== 'yes') {
    await deps.outbounds.withdraw(past.row);
    if (wanted.look === 'again') await deps.turns.conclude(turn.id, 'dropped', 'A4');
    else return dropped(deps, turn.id, wanted.rule);
    return { outcome: 'superseded' };
  }
  const others = await othersOf(deps, past, input, sight.tracked.messages);
  const answered = others.arrived.filter(({ throughSeq }) => throughSeq > sight.tracked.session.coveredThrough);
  for (const { kind, throughSeq } of answered) await concludeLate(deps, kind, throughSeq, sight);
  if (others.undecided) return undecided(deps, turn.id);
  if (answered.length > 0) {
    await deps.turns.conclude(turn.id, 'dropped', 'A5');
    return { outcome: 'superseded' };
  }
  const files = fetched ?? (await filesToSend(deps, input.connectionId, turn, { triedBefore: past.row.tries > 0 }));
  // A4: whatever took so long, it is decided anew on what the thread shows now.
  if (fetched === null && performance.now() - lookedAt > OLDEST_LOOK_MS) return deliver(deps, mode, input, files);
  try {
    const posted = await post(deps, past, sight, write, turn, files);
    await deps.sessions.addOwn(
      sight.tracked.session,
      ownMessage(posted, write.html, mode === 'autopilot' ? 'public' : 'private', sight.account.connection.agent.id),
    );
  } catch (error) {
    if (error instanceof LoopBraked) {
      // An earlier attempt whose answer was lost is not repeated: it must not stand in the way of later ones.
      await deps.outbounds.withdraw(past.row);
      return braked(deps, input, error);
    }
    if (isGone(error) && decide((await look(deps, input)).snapshot).kind === 'close')
      return dropped(deps, turn.id, 'S3');
    throw error;
  }
  return conclude(deps, mode, sight, turn, { postedNow: true });
}

/** A4: whether what the thread shows now still asks for this very draft. */
function stillWanted(
  decision: Decision,
  turn: WordedTurn,
  mode: WritingMode,
  final: boolean,
): 'yes' | { look: 'again' } | { look: 'no_more'; rule: string } {
  switch (decision.kind) {
    case 'answer':
      if (decision.mode !== mode && turn.heldBack == null) return { look: 'again' };
      if (decision.throughSeq === turn.throughSeq) return 'yes';
      // Newer messages beside what the draft answers, not instead of it: a person may have answered that.
      return final && decision.fromSeq <= turn.throughSeq && turn.throughSeq < decision.throughSeq
        ? 'yes'
        : { look: 'again' };
    case 'handoff':
    case 'resolve':
      return { look: 'again' };
    case 'silent':
    case 'close':
    case 'ignore':
      return { look: 'no_more', rule: decision.rule };
  }
}

/** The record first: from here on the question is covered, whatever becomes of the ticket's tags, responder and status. */
async function conclude(
  deps: ActivityDeps,
  mode: WritingMode,
  sight: TrackedSight,
  turn: WordedTurn,
  { postedNow }: { postedNow: boolean },
): Promise<Delivery> {
  const owed = await deps.turns.delivered(turn, mode === 'autopilot' ? 'replied' : 'drafted');
  deps.log.info(
    { connection: sight.account.connection.id, ticketId: sight.tracked.ticket.id, rule: turn.rule },
    mode === 'autopilot' ? 'replied in public' : 'left a draft for people',
  );
  const responder = await showOnTicket(deps, owed, sight, { postedNow, throughSeq: turn.throughSeq });
  const more = (sight.snapshot.waiting?.newestSeq ?? turn.throughSeq) > turn.throughSeq;
  return { outcome: 'sent', owner: ownerOf(responder), more };
}

/**
 * An earlier reply or draft has turned up whose run ended before it could say so: what it answers is covered, and is not
 * answered a second time (A5).
 */
async function concludeLate(
  deps: ActivityDeps,
  kind: OutboundKind,
  throughSeq: number,
  sight: TrackedSight,
): Promise<void> {
  const mode = kind === 'reply' ? 'autopilot' : 'assist';
  const owed = await deps.turns.foundDelivered(
    { sessionId: sight.tracked.session.id, throughSeq },
    mode === 'autopilot' ? 'replied' : 'drafted',
  );
  await showOnTicket(deps, owed, sight, { postedNow: false, throughSeq });
}

/** A5: people look first; nothing more is sent. */
async function undecided(deps: ActivityDeps, turnId: string): Promise<Delivery> {
  await deps.turns.conclude(turnId, 'dropped', 'delivery_failed');
  return { outcome: 'undecided' };
}

/** E11: tickets that were planned at the same moment have each been let through; here they queue. */
function braked(deps: ActivityDeps, { connectionId, ticketId }: DeliveryInput, { limit }: LoopBraked): Delivery {
  deps.log.warn(
    { connection: connectionId, ticketId, limit },
    'the AI has replied too often lately; the reply is not sent and people get the ticket',
  );
  return { outcome: 'braked' };
}

async function dropped(deps: ActivityDeps, turnId: string, rule: string): Promise<Delivery> {
  await deps.turns.conclude(turnId, 'dropped', rule);
  return { outcome: 'dropped' };
}

async function wordedTurn(deps: ActivityDeps, { turnId, ticketId }: DeliveryInput): Promise<WordedTurn> {
  const turn = await deps.turns.find(turnId);
  if (turn === null || turn.html === null)
    throw missing(`Turn ${turnId} of ticket ${ticketId} has no draft in the database; was it erased?`);
  return { ...turn, html: turn.html };
}

function writeOf(deps: ActivityDeps, mode: WritingMode, ref: TicketRef, turn: WordedTurn, sight: TrackedSight): Write {
  return {
    kind: mode === 'autopilot' ? 'reply' : 'draft',
    target: {
      connectionId: ref.connectionId,
      ticketId: ref.ticketId,
      throughSeq: turn.throughSeq,
      episode: turn.episode,
    },
    html:
      mode === 'autopilot'
        ? turn.html
        : withInboxLink(
            renderDraftNote(turn.html, { ...turn, footer: sight.account.settings.assist.footer }),
            deps,
            sight,
          ),
  };
}

/** Posts the draft with the files of the articles it cites; where Freshdesk refuses them, without (F4). */
async function post(
  deps: ActivityDeps,
  past: Extract<Past, { became: 'nothing' }>,
  { account, tracked: { ticket, session } }: TrackedSight,
  { kind, html }: Write,
  turn: WordedTurn,
  files: OutgoingFile[],
): Promise<Posted> {
  const onFilesRefused = () => noteRefusedFiles(deps, turn.id, files);
  if (kind === 'reply') {
    const body = withFiles(replyBodyFor(ticket, html, account, session.requesterEmail), files);
    const brake: ReplyBrake = { target: session, judge: (counts) => loopSuspected(account.settings.limits, counts) };
    return sendReply(deps, past, account, ticket.id, body, { brake, onFilesRefused });
  }
  const lesser = (refusal: Rejected) =>
    files.length > 0 && refusesFiles(refusal)
      ? async () => {
          await onFilesRefused();
          return account.freshdesk.note(ticket.id, { html });
        }
      : null;
  return send(deps, past, () => account.freshdesk.note(ticket.id, withFiles({ html }, files)), { lesser });
}

function withFiles<Body extends object>(body: Body, files: OutgoingFile[]): Body & { files?: OutgoingFile[] } {
  return files.length === 0 ? body : { ...body, files };
}
