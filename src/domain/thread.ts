import type { OutboundKind } from './outbound.ts';
import type { Author, MessageKind, Visibility } from './ticket.ts';

/** Before the description, whose sequence number is 0. */
export const NOTHING = -1;

/** One entry of the thread, as far as decisions need it. */
export type SeenMessage = {
  /** 0 for the description, else the conversation id: Freshdesk's ids ascend with time. */
  seq: number;
  author: Author;
  visibility: Visibility;
  kind: MessageKind;
  /** Freshdesk's clock, whole seconds. */
  createdAtMs: number;
  /** By a customer, not one of those that are never answered (E8), and not answered by a reply of ours in the thread (A5, S3). */
  answerable: boolean;
  /** By the ticket's requester, and nobody in copy or else (E10); true for what no customer wrote. */
  byRequester: boolean;
  /** Which write of ours it was; null for what people wrote, and for what the AI agent's account wrote without us. */
  writtenAs: OutboundKind | null;
  /** First seen by this look. */
  fresh: boolean;
};

/** A4: a person has answered the customer after that message. */
export function answeredByPerson(messages: readonly SeenMessage[], afterSeq: number): boolean {
  return messages.some((m) => m.seq > afterSeq && isPersonsReply(m));
}

/** By a person of the desk, to the customer. */
export function isPersonsReply(message: SeenMessage): boolean {
  return message.author === 'agent' && isPublicReply(message);
}

/** By somebody of the desk, the AI agent included, to the customer. */
export function isPublicReply({ author, visibility, kind }: SeenMessage): boolean {
  return author !== 'customer' && visibility === 'public' && kind === 'reply';
}

export function newestCustomerSeq(messages: readonly SeenMessage[]): number {
  return newestSeq(messages.filter((m) => m.author === 'customer'));
}

export function newestSeq(messages: readonly SeenMessage[]): number {
  return messages.reduce((newest, m) => Math.max(newest, m.seq), NOTHING);
}
