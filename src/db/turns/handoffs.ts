import type { HandoffReason, Sentiment } from '../../domain/handoff.ts';
import type { Db } from '../client.ts';
import { isErased } from '../conversations/sessions.ts';
import { coverThrough } from './turns.ts';

type Handoff = {
  sessionId: string;
  episode: number;
  throughSeq: number;
  reasons: HandoffReason[];
  summary: string;
  sentiment: Sentiment | null;
  language: string | null;
  /** What was configured, and what Freshdesk accepted. */
  routing: { kind: string; step: string | null };
};

export type Handoffs = {
  /**
   * Records the handoff and covers what it has seen; `routed` makes the session `handed_off`. Repeating it changes nothing.
   */
  record(handoff: Handoff, routed: boolean): Promise<void>;
};

export function createHandoffs(db: Db): Handoffs {
  return {
    async record(handoff, routed) {
      const { sessionId, episode, throughSeq, ...data } = handoff;
      const key = { sessionId, episode, throughSeq: BigInt(throughSeq) };
      await db.$transaction(async (tx) => {
        if (await isErased(tx, sessionId)) return;
        await tx.handoff.upsert({
          where: { sessionId_episode_throughSeq: key },
          create: { ...key, ...data },
          update: data,
        });
        await coverThrough(tx, sessionId, throughSeq);
        if (routed) await tx.session.update({ where: { id: sessionId }, data: { status: 'handed_off' } });
      });
    },
  };
}
