import { renderLeftOpenNote } from '../../ai/answering/render.ts';
import { isThanksOnly } from '../../ai/understanding/thanks.ts';
import { withoutAddresses } from '../../ai/guards/addresses.ts';
import { leftOpen } from '../../domain/given-back.ts';
import { isMirroredOnly } from '../../domain/session.ts';
import { nameOf } from '../../domain/errors.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Sight, TrackedSight } from '../look/look.ts';
import { isTracked } from '../look/look.ts';
import { noteOnce } from './note-once.ts';
import type { Write } from './write-once.ts';

/**
 * E4: tells people, once for each giving back, that something was asked before it and has no answer: the AI goes on with the
 * next message, and nobody else would notice. Where the customer waits for an answer now, the answer goes first. True when a
 * pause or a broken key keeps the note back (E12, C8).
 */
export async function tellLeftOpen(deps: ActivityDeps, sight: Sight): Promise<boolean> {
  if (!isTracked(sight) || !isForTelling(sight)) return false;
  const { session } = sight.tracked;
  const promised = await deps.outbounds.promised(session, 'left_open_note', session.episode);
  if (sight.account.settings.paused || sight.account.connection.state !== 'active') return promised.length > 0;
  try {
    for (const { throughSeq } of promised) await writeNote(deps, sight, throughSeq);
  } catch (error) {
    if (sight.snapshot.waiting === null) throw error; // the activity is tried again
    deps.log.warn(
      { connection: session.connectionId, ticketId: session.ticketId, reason: nameOf(error) },
      'the note about a question left open could not be written; it is tried again with the next look',
    );
  }
  return false;
}

function isForTelling({ account: { settings }, tracked: { session } }: TrackedSight): boolean {
  if (settings.channels[session.channel].mode === 'off') return false;
  return session.status === 'open' && session.responder === 'ai' && !isMirroredOnly(session);
}

async function writeNote(deps: ActivityDeps, sight: TrackedSight, throughSeq: number): Promise<void> {
  const { account, tracked } = sight;
  const { session, messages } = tracked;
  const open = new Set(leftOpen(session, messages, account.connection.connectedAt.getTime()).map(({ seq }) => seq));
  const thread = await deps.sessions.thread(session.id);
  const questions = thread.filter(({ seq, text }) => open.has(seq) && !isThanksOnly(text)).map(({ text }) => text);
  const { connectionId, ticketId, episode } = session;
  const target = { connectionId, ticketId, throughSeq, episode };
  if (questions.length === 0) return deps.outbounds.forget('left_open_note', target);
  const write: Write = {
    kind: 'left_open_note',
    target,
    html: renderLeftOpenNote({ questions: questions.map(withoutAddresses), agent: account.connection.agent.name }),
  };
  await noteOnce(deps, sight, write, 'Freshdesk refused the note about a question left open');
}
