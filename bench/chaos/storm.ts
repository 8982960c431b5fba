import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultHandle, FaultMatch, FaultSpec } from '../../simulator/faults.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import { randomFrom, type Random } from './random.ts';

const QUESTIONS = [
  'How many days do I have to return a jacket I bought?',
  'How many working days does standard shipping take?',
  'How many days after delivery can I return what I bought?',
] as const;
const UNANSWERABLE = [
  'Does the moon landing module support Bluetooth pairing with my toaster?',
  'Which screws hold the periscope of the submarine?',
] as const;
const THANKS = ['Thank you, that worked!', 'Thanks a lot!'] as const;
const FOR_A_PERSON = 'I want to talk to a human, please.';
const EMAIL = 1;
const PORTAL = 2;
const GAPS_MS = [0, 50, 200, 600, 1_500, 3_000, 5_000] as const;

/** What may happen on a ticket, and how often. */
const WEIGHTS = {
  question: 45,
  unanswerable: 4,
  asks_for_person: 2,
  thanks: 14,
  agent_replies: 8,
  agent_notes: 6,
  note_edited: 2,
  note_deleted: 2,
  to_person: 8,
  to_person_by_rule: 3,
  to_ai: 8,
  to_nobody: 4,
  resolved: 5,
  closed: 3,
  reopened: 4,
  pending: 2,
  spam_and_restored: 3,
  group: 3,
} as const;
export type StepKind = keyof typeof WEIGHTS;
export type Step = { afterMs: number; kind: StepKind; text: string; who: number };
export type Story = { source: number; opening: string; startMs: number; steps: Step[] };
/** What happened on a ticket, for whoever looks into a failure. */
export type Happening = { atMs: number; what: string };

/** The story of the nth ticket; the same for the same seed, however many tickets there are. */
export function storyOf(seed: number, nth: number, spreadMs: number): Story {
  const random = randomFrom(seed, nth);
  const count = 2 + Math.floor(random.next() * 7);
  return {
    source: random.chance(0.2) ? PORTAL : EMAIL,
    opening: random.chance(0.85) ? random.pick(QUESTIONS) : random.pick(UNANSWERABLE),
    startMs: random.next() * spreadMs,
    steps: Array.from({ length: count }, () => stepOf(random)),
  };
}

function stepOf(random: Random): Step {
  const kind = random.weighted(WEIGHTS);
  const texts = kind === 'unanswerable' ? UNANSWERABLE : kind === 'thanks' ? THANKS : QUESTIONS;
  return { afterMs: random.pick(GAPS_MS), kind, text: random.pick(texts), who: Math.floor(random.next() * 3) };
}

/** Plays a story on a ticket of its own; returns the ticket's id and what happened when. */
export async function play(
  simulator: Simulator,
  nth: number,
  story: Story,
  since: number,
): Promise<{ ticketId: number; happenings: Happening[] }> {
  await sleep(story.startMs);
  const happenings: Happening[] = [];
  const tell = (what: string): void => void happenings.push({ atMs: Math.round(performance.now() - since), what });
  const { id } = simulator.account.customerCreatesTicket({
    email: `customer${nth}@shop.example`,
    subject: 'A question',
    text: story.opening,
    source: story.source,
  });
  tell(`opened by ${story.source === EMAIL ? 'e-mail' : 'portal'}: ${story.opening}`);
  for (const step of story.steps) {
    await sleep(step.afterMs);
    tell(step.kind);
    await act(simulator, id, step);
  }
  return { ticketId: id, happenings };
}

async function act({ account }: Simulator, id: number, { kind, text, who }: Step): Promise<void> {
  const person = account.humans[who % account.humans.length]?.id ?? null;
  const agentId = person ?? undefined;
  const notes = account.thread(id).filter((entry) => entry.private && entry.userId !== account.aiAgent.id);
  switch (kind) {
    case 'question':
    case 'unanswerable':
    case 'thanks':
      return void account.customerReplies(id, { text });
    case 'asks_for_person':
      return void account.customerReplies(id, { text: FOR_A_PERSON });
    case 'agent_replies':
      return void account.agentReplies(id, { agentId, text: 'Let me look into this for you.' });
    case 'agent_notes':
      return void account.agentNotes(id, { agentId, text: 'Called the warehouse.' });
    case 'note_edited':
      return notes[0] && account.editNote(notes[0].id, { agentId, text: 'Called the warehouse twice.' });
    case 'note_deleted':
      return notes[0] && account.deleteNote(notes[0].id);
    case 'to_person':
      return account.assign(id, person);
    case 'to_person_by_rule':
      return account.assign(id, person, 'system');
    case 'to_ai':
      return account.assign(id, account.aiAgent.id);
    case 'to_nobody':
      return account.assign(id, null);
    case 'resolved':
      return account.setStatus(id, 4);
    case 'closed':
      return account.setStatus(id, 5);
    case 'reopened':
      return account.setStatus(id, 2);
    case 'pending':
      return account.setStatus(id, 3);
    case 'group':
      return account.setGroup(id, account.groups[who % 3]?.id ?? null);
    case 'spam_and_restored':
      account.markSpam(id);
      await sleep(300);
      return account.restore(id);
  }
}

type Share = { share: number; fault: FaultSpec };
const WRITE_FAULTS: Share[] = [
  { share: 0.05, fault: { kind: 'lose_response' } },
  { share: 0.04, fault: { kind: 'lose_request' } },
  { share: 0.04, fault: { kind: 'apply_then_status' } },
  { share: 0.01, fault: { kind: 'status', status: 429, headers: { 'retry-after': '1' } } },
  { share: 0.02, fault: { kind: 'stall', ms: 2_300, when: 'before' } },
  { share: 0.02, fault: { kind: 'stall', ms: 2_600, when: 'after' } },
];
const READ_FAULTS: Share[] = [
  { share: 0.01, fault: { kind: 'lose_response' } },
  { share: 0.01, fault: { kind: 'lose_request' } },
  { share: 0.01, fault: { kind: 'status', status: 502, body: '<html>bad gateway</html>' } },
  { share: 0.002, fault: { kind: 'status', status: 429, headers: { 'retry-after': '1' } } },
  { share: 0.005, fault: { kind: 'stall', ms: 2_600, when: 'after' } },
];
const WEBHOOK_FAULTS: Share[] = [
  { share: 0.1, fault: { kind: 'drop' } },
  { share: 0.1, fault: { kind: 'duplicate' } },
  { share: 0.05, fault: { kind: 'reorder', ms: 500 } },
];
const WRITES: FaultMatch[] = [
  { method: 'POST', path: '/tickets/:id/reply' },
  { method: 'POST', path: '/tickets/:id/notes' },
  { method: 'PUT', path: '/tickets/:id' },
];

export type StormFaults = {
  /** No answer or application of a request comes late. */
  prompt?: boolean;
};

export type Armed = { kind: FaultSpec['kind']; handle: FaultHandle };

/** Chooses, from the seed, which requests and webhooks go wrong, and how. Counted over the whole account. */
export function armFaults(
  simulator: Simulator,
  seed: number,
  tickets: number,
  { prompt = false }: StormFaults,
): Armed[] {
  const armed: Armed[] = [];
  const random = randomFrom(seed, -2);
  const arm = (shares: Share[], match: FaultMatch, upTo: number): void => {
    for (let nth = 1; nth <= upTo; nth += 1) {
      let left = random.next();
      const chosen = shares.find(({ share }) => (left -= share) < 0)?.fault;
      if (chosen === undefined || (prompt && chosen.kind === 'stall')) continue;
      armed.push({ kind: chosen.kind, handle: simulator.faults.add({ ...chosen, match: { ...match, nth } }) });
    }
  };
  for (const match of WRITES) arm(WRITE_FAULTS, match, tickets * 8);
  arm(READ_FAULTS, { method: 'GET' }, tickets * 60);
  arm(WEBHOOK_FAULTS, {}, tickets * 16);
  return armed;
}
