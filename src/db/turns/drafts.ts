import type { TicketRef } from '../../domain/ticket.ts';
import type { DraftFate, PostedDraft } from '../../domain/draft-fate.ts';
import { outboundKey } from '../../domain/outbound.ts';
import type { Db } from '../client.ts';
import { freshdeskIdOf } from '../conversations/messages.ts';
import { gradeTurn } from './earned.ts';

/** A draft that no person has replied after. */
export type OpenDraft = PostedDraft & {
  id: string;
  /** As it was drafted, without the footer. */
  html: string;
  /** The note as it was last read; null when it is not in the thread. */
  noteHtml: string | null;
  fate: DraftFate | null;
  /** The note says already that it is superseded, or could not be made to. */
  noted: boolean;
};

export type Drafts = {
  /** The drafts of a ticket that lie there as notes and have no end yet, the oldest first. */
  open(session: TicketRef & { id: string }): Promise<OpenDraft[]>;
  /** A person's reply has closed it (A10). */
  close(id: string, end: { fate: DraftFate; distance: number; closedBy: number }): Promise<void>;
  /** The customer has written again. */
  supersede(id: string): Promise<void>;
  /** Nothing is left to be written into its note. */
  noted(id: string): Promise<void>;
};

export function createDrafts(db: Db, { now = () => new Date() }: { now?: () => Date } = {}): Drafts {
  return {
    async open({ id: sessionId, connectionId, ticketId }) {
      const rows = await db.draft.findMany({
        where: { sessionId, closedBy: null, turn: { outcome: 'drafted' } },
        include: { turn: { select: { throughSeq: true, episode: true } } },
        orderBy: { createdAt: 'asc' },
      });
      if (rows.length === 0) return [];
      const keyOf = ({ turn: { throughSeq, episode } }: (typeof rows)[number]) =>
        outboundKey('draft', { connectionId, ticketId, throughSeq: Number(throughSeq), episode });
      const writes = await db.outbound.findMany({ where: { key: { in: rows.map(keyOf) }, remoteId: { not: null } } });
      const notes = new Map(writes.map(({ key, remoteId }) => [key, Number(remoteId)]));
      const messages = await db.message.findMany({
        where: { connectionId, freshdeskId: { in: [...notes.values()].map((seq) => freshdeskIdOf(ticketId, seq)) } },
        select: { seq: true, html: true },
      });
      const htmlOf = new Map(messages.map(({ seq, html }) => [Number(seq), html]));
      return rows.flatMap((row) => {
        const noteSeq = notes.get(keyOf(row));
        if (noteSeq === undefined) return [];
        const { id, html, fate, noted, turn } = row;
        return {
          id,
          html,
          noted,
          noteSeq,
          noteHtml: htmlOf.get(noteSeq) ?? null,
          throughSeq: Number(turn.throughSeq),
          fate: fate as DraftFate | null,
        };
      });
    },

    async close(id, { fate, distance, closedBy }) {
      await db.$transaction(async (tx) => {
        const [closed] = await tx.draft.updateManyAndReturn({
          where: { id },
          data: { fate, distance, closedBy: BigInt(closedBy) },
        });
        if (closed !== undefined) await gradeTurn(tx, closed.turnId, now());
      });
    },

    async supersede(id) {
      await db.draft.updateMany({ where: { id, closedBy: null }, data: { fate: 'superseded' } });
    },

    async noted(id) {
      await db.draft.updateMany({ where: { id }, data: { noted: true } });
    },
  };
}
