import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Decision } from '../domain/engagement.ts';
import { shortReason, type HandoffReason } from '../domain/handoff.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { HintKind } from '../domain/temporal-names.ts';
import type { Channel, Owner, SessionStatus, WritingMode, TicketRef } from '../domain/ticket.ts';

const CHANNEL = defineSearchAttributeKey('Channel', SearchAttributeType.KEYWORD);
const STATUS = defineSearchAttributeKey('SessionStatus', SearchAttributeType.KEYWORD);
const OWNER = defineSearchAttributeKey('TicketOwner', SearchAttributeType.KEYWORD);
const REASONS = defineSearchAttributeKey('HandoffReason', SearchAttributeType.KEYWORD_LIST);

/** What a plan says of itself; plans of before say less. */
type Planned = { verdict: string; confidence?: number | null; articleId?: string | null };

type Shown = { channel: Channel | null; status: SessionStatus | null; owner: Owner | null; reasons: HandoffReason[] };

/** What Temporal's Web UI shows of the ticket. Search attributes cost an action each time, so only a change is sent. */
export class Presentation {
  #shown: Shown;
  readonly #ticket: TicketRef;
  #next: string | null = null;
  #speaks = 'not known yet';
  #wokenBy = 'a start';
  /** How sure the last plan was, and what it rests on. */
  #grounds = '';
  /** What the AI did last, with its grounds; null when this run has done nothing yet. */
  #done: string | null = null;
  #undelivered: string | null = null;
  #links: Snapshot['links'];

  /** `details`: what a run before has shown last. */
  constructor(ticket: TicketRef, details?: string) {
    this.#ticket = ticket;
    if (details !== undefined) setCurrentDetails(details);
    const attributes = workflowInfo().typedSearchAttributes;
    this.#shown = {
      channel: (attributes.get(CHANNEL) as Channel | undefined) ?? null,
      status: (attributes.get(STATUS) as SessionStatus | undefined) ?? null,
      owner: (attributes.get(OWNER) as Owner | undefined) ?? null,
      reasons: (attributes.get(REASONS) as HandoffReason[] | undefined) ?? [],
    };
  }

  /** `hints`: what woke the ticket; none when it was due of itself. */
  show(snapshot: Snapshot, decision: Decision, nextLookMs: number | null, hints: readonly HintKind[]): void {
    const { session } = snapshot;
    this.#links = snapshot.links;
    if (session !== null) {
      const reasons = session.status === 'handed_off' ? this.#shown.reasons : [];
      this.#upsert({ channel: session.channel, status: session.status, owner: session.owner, reasons });
    }
    this.#next = nextLookMs === null ? null : `${new Date(nextLookMs).toISOString()} (Freshdesk's clock)`;
    this.#speaks = speakerInWords(snapshot, decision);
    this.#wokenBy = hints.length === 0 ? 'itself, because it was time' : [...new Set(hints)].join(', ');
    this.#grounds = '';
    // The echo of what the AI has done, and whatever else leaves nothing to do, is no later decision.
    this.#describe(decision.kind === 'silent' ? (this.#done ?? decisionInWords(decision)) : decisionInWords(decision));
  }

  planned({ verdict, confidence, articleId }: Planned, rule: string): void {
    const sure = confidence == null ? '' : `, confidence ${confidence.toFixed(2)}`;
    this.#grounds = `${sure}${articleId == null ? '' : `, article \`${articleId}\``}`;
    const words = `planned: ${PLANS[verdict] ?? verdict} (${rule})`;
    if (verdict === 'answer') this.#describe(words);
    else this.#did(words);
  }

  delivered(mode: WritingMode, owner: Owner): void {
    this.#upsert({ ...this.#shown, owner });
    this.#did(mode === 'autopilot' ? 'replied in public' : 'left a draft for people');
  }

  handedOff(reasons: HandoffReason[], owner: Owner): void {
    this.#upsert({ ...this.#shown, status: 'handed_off', owner, reasons });
    this.#speaks = 'people, the AI has handed it over';
    if (reasons.includes('delivery_failed'))
      this.#undelivered = 'an answer that may or may not have arrived, look at the thread';
    this.#did(`handed over: ${reasons.map(shortReason).join(', ')}`);
  }

  resolved(closure: 'resolved' | 'assumed_resolved'): void {
    this.#upsert({ ...this.#shown, status: 'closed_resolved' });
    this.#did(closure === 'resolved' ? 'resolved, the customer said so' : 'resolved after silence');
  }

  resolveRefused(): void {
    this.#did('Freshdesk refused to resolve the ticket: it stays open');
  }

  handoffFailed(reasons: HandoffReason[]): void {
    this.#did(`could not hand over (${reasons.map(shortReason).join(', ')}): take the ticket by hand`);
  }

  #upsert(wanted: Shown): void {
    const before = this.#shown;
    const changes = [
      ...(wanted.channel === before.channel ? [] : [{ key: CHANNEL, value: wanted.channel }]),
      ...(wanted.status === before.status ? [] : [{ key: STATUS, value: wanted.status }]),
      ...(wanted.owner === before.owner ? [] : [{ key: OWNER, value: wanted.owner }]),
      ...(wanted.reasons.join() === before.reasons.join()
        ? []
        : [{ key: REASONS, value: wanted.reasons.length === 0 ? null : wanted.reasons }]),
    ];
    this.#shown = wanted;
    if (changes.length > 0) upsertSearchAttributes(changes);
  }

  #did(words: string): void {
    this.#done = `${words}${this.#grounds}`;
    this.#describe(words);
  }

  #describe(decision: string): void {
    const { connectionId, ticketId } = this.#ticket;
    const { status, owner } = this.#shown;
    const assigned = owner === null ? '' : `, ${OWNERS[owner]}`;
    setCurrentDetails(
      [
        `**Ticket ${ticketId}** of connection \`${connectionId}\`: ${status === null ? 'not tracked' : STATUSES[status]}${assigned}`,
        '',
        `- who speaks: ${this.#speaks}`,
        `- last decision: ${decision}${this.#grounds}`,
        ...(this.#undelivered === null ? [] : [`- undelivered: ${this.#undelivered}`]),
        `- next look without a hint: ${this.#next ?? 'none'}`,
        `- woken by: ${this.#wokenBy}`,
        ...linksInWords(this.#links),
      ].join('\n'),
    );
  }
}

function linksInWords(links: Snapshot['links']): string[] {
  if (links === undefined) return [];
  const inbox = links.inbox === undefined ? '' : `, [in the Inbox](${links.inbox})`;
  return [`- look: [in Freshdesk](${links.freshdesk})${inbox}`];
}

const STATUSES: Record<SessionStatus, string> = {
  open: 'open',
  handed_off: 'with people',
  closed_resolved: 'closed, resolved',
  closed_unresolved: 'closed without a solution',
};
const OWNERS: Record<Owner, string> = {
  ai: 'assigned to the AI agent',
  human: 'assigned to a person',
  none: 'assigned to nobody',
};
const PLANS: Record<string, string> = { answer: 'answer', handoff: 'hand over', no_reply: 'no reply is wanted' };

/** Who answers the ticket as the look found it, and why not the AI. */
function speakerInWords({ session }: Snapshot, decision: Decision): string {
  switch (decision.kind) {
    case 'answer':
      return `the AI, ${decision.mode === 'autopilot' ? 'in public' : 'by drafts'} (${decision.rule})`;
    case 'silent':
      return `${silence(decision.rule, session?.status)} (${decision.rule})`;
    case 'handoff':
      return `people, it has waited for too long (${decision.rule})`;
    case 'ignore':
      return `people, the intake does not take this ticket (${decision.rule})`;
    case 'close':
      return `nobody, the ticket is closed (${decision.rule})`;
    case 'resolve':
    default: // a later version's
      return `the AI (${decision.rule})`;
  }
}

function silence(rule: string, status: SessionStatus | undefined): string {
  switch (rule) {
    case 'A1':
      return 'the AI, when the customer writes';
    case 'E2':
      return 'people, it is from before the connection and the intake has not taken it since';
    case 'E4':
      return 'a person, who has the ticket';
    case 'E6':
      return status === 'handed_off' ? 'people, who have the ticket' : 'people, nobody has given the ticket to the AI';
    case 'E7':
      return 'people, the channel is off and only mirrored';
    case 'E12':
      return 'the AI, when the pause ends';
    case 'C8':
      return "the AI, when Freshdesk takes the connection's key again";
    default:
      return 'people';
  }
}

function decisionInWords(decision: Decision): string {
  switch (decision.kind) {
    case 'answer':
      return `answer what waits, up to message ${decision.throughSeq} (${decision.rule})`;
    case 'handoff':
      return `hand over: ${decision.reasons.map(shortReason).join(', ')} (${decision.rule})`;
    case 'silent':
      return decision.rule === 'A1' ? 'nothing waits' : `silent (${decision.rule})`;
    case 'resolve':
      return `resolve (${decision.rule})`;
    case 'close':
      return `end, the ticket is closed (${decision.rule})`;
    case 'ignore':
      return `not taken (${decision.rule})`;
    default: // a later version's
      return 'as a later version decided';
  }
}
