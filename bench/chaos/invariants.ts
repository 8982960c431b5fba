import { createDb, type Db } from '../../src/db/client.ts';
import type { OutboundKind } from '../../src/domain/outbound.ts';
import { isDone } from '../../src/domain/ticket.ts';
import type { Simulator } from '../../simulator/simulator.ts';

/** What must hold on every ticket once everything is quiet, in the order of the table. */
export const INVARIANTS = [
  'every ticket has a session',
  'no message is answered twice',
  'no note is written twice',
  'no message is left without an answer',
  'no handed-off ticket stays with the AI',
  'the session follows the ticket',
  'the mirror equals the ticket',
  'nothing is undecided',
] as const;
export type Invariant = (typeof INVARIANTS)[number];
export type Broken = { ticketId: number; invariant: Invariant; how: string };

/** Counts over all tickets, so that a run can be seen to have tried something. */
export type Tally = {
  sessions: number;
  customerMessages: number;
  replies: number;
  handoffMessages: number;
  drafts: number;
  handoffs: number;
  resolutions: number;
  secondTries: number;
};

const PRIVATE: OutboundKind[] = ['draft', 'handoff_note', 'resolution_note', 'left_open_note', 'unreadable_note'];

type Ticket = Awaited<ReturnType<typeof recordsOf>>;
type Check = (ticket: Ticket, simulator: Simulator) => string | null;

const CHECKS: Record<Invariant, Check> = {
  'every ticket has a session': ({ session }) => (session === null ? 'none' : null),
  'no message is answered twice': (ticket, simulator) => {
    const inFreshdesk = ownEntries(simulator, ticket.id, false);
    const sent = sentKinds(ticket, ['reply', 'handoff_message']);
    const replied = ticket.turns.filter(({ outcome }) => outcome === 'replied').length;
    const replies = sentKinds(ticket, ['reply']).length;
    const same = sameIds(
      inFreshdesk,
      sent.map(({ remoteId }) => Number(remoteId)),
    );
    return same && replies === replied
      ? null
      : `Freshdesk ${inFreshdesk.join()}, sent ${sent.map((row) => `${row.key}=${row.remoteId}`).join()}, turns ${replied}`;
  },
  'no note is written twice': (ticket, simulator) => {
    const inFreshdesk = ownEntries(simulator, ticket.id, true);
    const sent = sentKinds(ticket, PRIVATE);
    const ids = sent.map(({ remoteId }) => Number(remoteId));
    return sameIds(inFreshdesk, ids) ? null : `Freshdesk ${inFreshdesk.join()}, sent ${ids.join()}`;
  },
  'no message is left without an answer': ({ session, waiting }) => {
    if (session === null || waiting.length === 0) return null;
    const after = session.status === 'closed_resolved' ? (session.closedThrough ?? -1n) : -1n;
    const left = waiting.filter((seq) => seq > after);
    const engaged = session.status === 'open' || session.status === 'closed_resolved';
    return engaged && left.length > 0 ? `${session.status}, waiting ${left.join()}` : null;
  },
  'no handed-off ticket stays with the AI': ({ id, session }, { account }) =>
    session?.status === 'handed_off' && account.ticket(id).responderId === account.aiAgent.id ? 'it does' : null,
  'the session follows the ticket': ({ id, session }, { account }) => {
    const { status, spam, deleted, responderId } = account.ticket(id);
    if (session === null) return null;
    const gone = spam || deleted;
    const told = `ticket ${status}${gone ? ' gone' : ''} of ${responderId}, session ${session.status} of ${session.responderId}`;
    if (Number(session.responderId ?? 0n) !== (responderId ?? 0)) return told;
    if (gone !== (session.status === 'closed_unresolved')) return told;
    return !gone && isDone(status) && session.status !== 'closed_resolved' ? told : null;
  },
  'the mirror equals the ticket': ({ id, messages }, simulator) => {
    const inFreshdesk = shown(simulator, id);
    const mirrored = messages.map(
      ({ seq, author, visibility, text }) => `${seq} ${author} ${visibility} ${text.trim() === '' ? 'empty' : 'text'}`,
    );
    const missing = inFreshdesk.filter((entry) => !mirrored.includes(entry));
    const tooMuch = mirrored.filter((entry) => !inFreshdesk.includes(entry));
    return missing.length + tooMuch.length === 0 && mirrored.length === inFreshdesk.length
      ? null
      : `missing ${missing.join('; ')}, too much ${tooMuch.join('; ')}`;
  },
  'nothing is undecided': ({ outbounds }) => {
    const open = outbounds.filter(({ state }) => state === 'sending');
    return open.length === 0 ? null : open.map(({ key }) => key).join();
  },
};

/** Checks every ticket against the simulated account; call it when everything is quiet. */
export async function checkInvariants(
  simulator: Simulator,
  databaseUrl: string,
  ticketIds: readonly number[],
): Promise<{ broken: Broken[]; tally: Tally }> {
  const db = createDb(databaseUrl, { poolSize: 2 });
  const broken: Broken[] = [];
  const tally: Tally = {
    sessions: 0,
    customerMessages: 0,
    replies: 0,
    handoffMessages: 0,
    drafts: 0,
    handoffs: 0,
    resolutions: 0,
    secondTries: 0,
  };
  try {
    for (const id of ticketIds) {
      const ticket = await recordsOf(db, id);
      for (const invariant of INVARIANTS) {
        const how = CHECKS[invariant](ticket, simulator);
        if (how !== null) broken.push({ ticketId: id, invariant, how });
      }
      count(tally, ticket);
    }
  } finally {
    await db.$disconnect();
  }
  return { broken, tally };
}

/** What the database holds of a ticket, as text for whoever looks into a failure. */
export async function storyInDatabase(databaseUrl: string, ticketId: number): Promise<string[]> {
  const db = createDb(databaseUrl, { poolSize: 1 });
  try {
    const { session, turns, outbounds, messages } = await recordsOf(db, ticketId);
    return [
      `session ${session?.status} covered ${session?.coveredThrough} closed ${session?.closedThrough} episode ${session?.episode} responder ${session?.responderId} ${session?.closure ?? ''}`,
      ...turns.map(
        (turn) =>
          `turn ${turn.rule} ${turn.verdict} → ${turn.outcome} (${turn.outcomeWhy}) through ${turn.throughSeq} episode ${turn.episode}`,
      ),
      ...outbounds.map((row) => `outbound ${row.key} ${row.state} tries ${row.tries} remote ${row.remoteId}`),
      ...messages.map((row) => `message ${row.seq} ${row.author} ${row.visibility} ${row.kind} ${row.ignoredBy ?? ''}`),
    ];
  } finally {
    await db.$disconnect();
  }
}

async function recordsOf(db: Db, ticketId: number) {
  const session = await db.session.findFirst({
    where: { connectionId: 'default', ticketId: BigInt(ticketId) },
    include: { turns: { orderBy: { at: 'asc' } }, messages: { orderBy: { seq: 'asc' } } },
  });
  const outbounds = await db.outbound.findMany({
    where: { connectionId: 'default', ticketId: BigInt(ticketId) },
    orderBy: { createdAt: 'asc' },
  });
  const messages = session?.messages ?? [];
  const covered = session?.coveredThrough ?? -1n;
  const waiting = messages
    .filter((row) => row.author === 'customer' && row.ignoredBy === null && row.seq > covered)
    .map((row) => row.seq);
  return { id: ticketId, session, turns: session?.turns ?? [], messages, outbounds, waiting };
}

function count(tally: Tally, ticket: Ticket): void {
  const outcomes = (outcome: string): number => ticket.turns.filter((turn) => turn.outcome === outcome).length;
  tally.sessions += ticket.session === null ? 0 : 1;
  tally.customerMessages += ticket.messages.filter(({ author }) => author === 'customer').length;
  tally.replies += outcomes('replied');
  tally.handoffMessages += sentKinds(ticket, ['handoff_message']).length;
  tally.drafts += outcomes('drafted');
  tally.handoffs += sentKinds(ticket, ['handoff_note']).length;
  tally.resolutions += outcomes('resolved');
  tally.secondTries += ticket.outbounds.filter(({ state, tries }) => state === 'sent' && tries > 1).length;
}

function sentKinds({ outbounds }: Ticket, kinds: readonly string[]) {
  return outbounds.filter(({ kind, state }) => state === 'sent' && kinds.includes(kind));
}

function ownEntries({ account }: Simulator, ticketId: number, isPrivate: boolean): number[] {
  return account
    .thread(ticketId)
    .filter((entry) => entry.userId === account.aiAgent.id && entry.private === isPrivate)
    .map((entry) => entry.id);
}

function sameIds(one: readonly number[], other: readonly number[]): boolean {
  return one.toSorted((a, b) => a - b).join() === other.toSorted((a, b) => a - b).join();
}

function shown({ account }: Simulator, ticketId: number): string[] {
  const entries = account.thread(ticketId).map((entry) => {
    const author = entry.userId === account.aiAgent.id ? 'ai' : entry.incoming ? 'customer' : 'agent';
    return `${entry.id} ${author} ${entry.private ? 'private' : 'public'} ${entry.body.trim() === '' ? 'empty' : 'text'}`;
  });
  return ['0 customer public text', ...entries];
}
