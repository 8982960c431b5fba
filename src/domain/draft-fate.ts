import type { SeenMessage } from './thread.ts';

/** What became of a draft (A10). */
export type DraftFate = 'sent' | 'edited' | 'ignored' | 'superseded';

/** A draft that lies on a ticket as a private note. */
export type PostedDraft = {
  noteSeq: number;
  /** The newest customer message it answers. */
  throughSeq: number;
};

/** Up to this distance a reply was made of the draft; beyond it, it is somebody's own. Unrelated texts are about 0.75 apart. */
const EDITED_UP_TO = 0.5;

/** What came after the draft: a person's public reply, which closes it, and before that a customer message it does not know of. */
export function whatFollowed(
  { noteSeq, throughSeq }: PostedDraft,
  messages: readonly SeenMessage[],
): { replySeq: number | null; overtaken: boolean } {
  const reply = messages.find(
    (m) => m.seq > noteSeq && m.author === 'agent' && m.visibility === 'public' && m.kind === 'reply',
  );
  return {
    replySeq: reply?.seq ?? null,
    overtaken: messages.some((m) => m.answerable && m.seq > throughSeq && (reply === undefined || m.seq < reply.seq)),
  };
}

/**
 * A10: the fate of a draft that a person's reply has closed. `distance` is how far the reply is from it, 0 to 1; `kept` says
 * that the reply holds all of it. A draft that was overtaken and not used was not ignored: it did not fit any more.
 */
export function fateOf({
  distance,
  kept,
  overtaken,
}: {
  distance: number;
  kept: boolean;
  overtaken: boolean;
}): DraftFate {
  if (distance === 0) return 'sent';
  if (kept || distance <= EDITED_UP_TO) return 'edited';
  return overtaken ? 'superseded' : 'ignored';
}
