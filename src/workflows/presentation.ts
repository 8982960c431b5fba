import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Decision } from '../domain/engagement.ts';
import type { HandoffReason } from '../domain/handoff.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Channel, Owner, SessionStatus, WritingMode } from '../domain/ticket.ts';

const CHANNEL = defineSearchAttributeKey('Channel', SearchAttributeType.KEYWORD);
const STATUS = defineSearchAttributeKey('SessionStatus', SearchAttributeType.KEYWORD);
const OWNER = defineSearchAttributeKey('TicketOwner', SearchAttributeType.KEYWORD);
const REASONS = defineSearchAttributeKey('HandoffReason', SearchAttributeType.KEYWORD_LIST);

type Shown = { channel: Channel | null; status: SessionStatus | null; owner: Owner | null; reasons: HandoffReason[] };

/** What Temporal's Web UI shows of the ticket. Search attributes cost an action each time, so only a change is sent. */
export class Presentation {
  #shown: Shown;
  readonly #ticket: { connectionId: string; ticketId: number };
  #next: string | null = null;

  /** `details`: what a run before has shown last. */
  constructor(ticket: { connectionId: string; ticketId: number }, details?: string) {
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

  show({ session }: Snapshot, decision: Decision, nextLookMs: number | null): void {
    if (session !== null) {
      const reasons = session.status === 'handed_off' ? this.#shown.reasons : [];
      this.#upsert({ channel: session.channel, status: session.status, owner: session.owner, reasons });
    }
    this.#next = nextLookMs === null ? null : `${new Date(nextLookMs).toISOString()} (Freshdesk's clock)`;
    this.#describe(inWords(decision));
  }

  planned(verdict: string, rule: string): void {
    this.#describe(`${rule}: planned, ${verdict}`);
  }

  delivered(mode: WritingMode, owner: Owner): void {
    this.#upsert({ ...this.#shown, owner });
    this.#describe(mode === 'autopilot' ? 'replied' : 'drafted');
  }

  handedOff(reasons: HandoffReason[], owner: Owner): void {
    this.#upsert({ ...this.#shown, status: 'handed_off', owner, reasons });
    this.#describe(`handed off: ${reasons.join(', ')}`);
  }

  resolved(closure: 'resolved' | 'assumed_resolved'): void {
    this.#upsert({ ...this.#shown, status: 'closed_resolved' });
    this.#describe(closure);
  }

  resolveRefused(): void {
    this.#describe('Freshdesk refused to resolve the ticket: it stays open');
  }

  handoffFailed(reasons: HandoffReason[]): void {
    this.#describe(`handoff failed (${reasons.join(', ')}): take the ticket by hand`);
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

  #describe(decision: string): void {
    const { connectionId, ticketId } = this.#ticket;
    setCurrentDetails(
      [
        `**Ticket ${ticketId}** of connection \`${connectionId}\``,
        `- status: ${this.#shown.status ?? 'not tracked'}`,
        `- owner: ${this.#shown.owner ?? 'unknown'}`,
        `- last decision: ${decision}`,
        `- next look without a hint: ${this.#next ?? 'none'}`,
      ].join('\n'),
    );
  }
}

function inWords(decision: Decision): string {
  switch (decision.kind) {
    case 'answer':
      return `${decision.rule}: answer (${decision.mode}) through message ${decision.throughSeq}`;
    case 'handoff':
      return `${decision.rule}: hand off (${decision.reasons.join(', ')})`;
    case 'silent':
      return decision.rule === 'A1' ? 'nothing waits' : `${decision.rule}: silent`;
    case 'resolve':
    case 'close':
    case 'ignore':
    default: // a later version's
      return `${decision.rule}: ${decision.kind}`;
  }
}
