import type { DraftFate } from '../draft-fate.ts';
import type { IgnoredWhy } from '../ignored.ts';
import type { OutboundState } from '../outbound.ts';
import type { SessionState } from '../session.ts';
import type { Admission, SessionStatus } from '../ticket.ts';
import type { TurnOutcome } from '../turn.ts';
import type { Meaning } from './meaning.ts';

const nothing = (says: string): Meaning => ({ says, whatToDo: 'Nothing.' });

/** What became of a turn. */
export const OUTCOMES: Record<TurnOutcome, Meaning> = {
  planned: {
    says: 'Decided, and not carried out yet.',
    whatToDo: "Wait a moment. If it stays so, Temporal's page of the ticket shows what it waits for.",
  },
  replied: nothing('The customer has got a public reply.'),
  drafted: {
    says: 'A draft lies in a private note.',
    whatToDo: 'Review it, and send it, change it or write another answer.',
  },
  no_reply: nothing('What was written wants no answer.'),
  handed_off: {
    says: "Given to people, with a private note that says why. A ticket that was not the AI's stays where it is.",
    whatToDo: "Answer it. Assigned to the AI agent, the AI goes on with the customer's next message.",
  },
  resolved: nothing('The AI has resolved the ticket.'),
  resolve_refused: {
    says: 'Freshdesk refused to resolve the ticket, for fields that it requires.',
    whatToDo: 'Fill in the fields it names and resolve it, or no longer require them and run "ticket retry".',
  },
  dropped: {
    says: 'Not sent: something had changed meanwhile. Beside it stands the rule or the reason.',
    whatToDo: 'Nothing, unless the reason is delivery_failed: then look at the thread in Freshdesk.',
  },
};

/** What became of a draft (A10). */
export const FATES: Record<DraftFate, Meaning> = {
  sent: nothing('A person has sent the words of the draft as they were.'),
  edited: nothing('A person has sent the draft with changes; the distance says how many: 0 none, 1 every word.'),
  ignored: {
    says: 'A person has answered with other words.',
    whatToDo: 'Compare the two: an article may be missing or wrong.',
  },
  superseded: nothing(
    'The customer had written again before anybody answered, so that the draft did not fit any more.',
  ),
};

/** What became of a write to Freshdesk. */
export const WRITES: Record<OutboundState, Meaning> = {
  pending: nothing('Not sent: it is still to be, or was withdrawn.'),
  sending: {
    says: 'Under way, or its answer got lost: the thread is read before anything is sent again.',
    whatToDo: 'Wait: it settles within two minutes.',
  },
  sent: nothing('It is in Freshdesk.'),
  rejected: {
    says: 'Freshdesk refused it.',
    whatToDo: 'Read what Freshdesk answered; answer the ticket, or remove the reason and run "ticket retry".',
  },
  unknown: {
    says: 'Sent without an answer, and not in the thread: nobody can tell, so nothing more is sent on this ticket.',
    whatToDo:
      'Look at the ticket in Freshdesk and answer it if nobody has; or assign it to the AI agent, or run "ticket retry".',
  },
};

/** Why a message is never answered (E8, E9). */
export const IGNORED: Record<IgnoredWhy, Meaning> = {
  auto_reply: nothing('An automatic reply, such as an absence note.'),
  bounce: nothing('A mail server says that a mail could not be delivered.'),
  feedback_report: nothing('A mail provider reports a complaint.'),
  newsletter: nothing('A newsletter, or other mail to many.'),
  empty: nothing('Nothing is in it, neither words nor files.'),
  survey: nothing('An answer to a satisfaction survey.'),
  note: nothing('A note, which no customer sees.'),
  forward: nothing('Forwarded to somebody else.'),
  blocked: { says: 'From a blocked sender.', whatToDo: 'blocklist holds who is blocked.' },
  own_address: nothing('From a support address of the account itself: answering it would go round in circles.'),
  thanks: nothing('Thanks alone.'),
};

/** Where a ticket stands. */
export const STATUSES: Record<SessionStatus, Meaning> = {
  open: nothing('The AI works on it, as far as the intake and the mode of the channel let it.'),
  handed_off: {
    says: 'People have it; the AI reads along.',
    whatToDo: "Answer it, or assign it to the AI agent: it goes on with the customer's next message.",
  },
  closed_resolved: nothing('Resolved or closed. A new message of the customer opens it again.'),
  closed_unresolved: {
    says: 'Ended without a solution: spam, in the trash, gone, or its requester was erased.',
    whatToDo: 'Restore it in Freshdesk if it should not be there.',
  },
};

/** How a ticket came in (E2). */
export const ADMISSIONS: Record<Admission, Meaning> = {
  assigned: nothing('It was assigned to the AI agent.'),
  auto_handle: nothing('intake.autoHandleAll takes every new ticket.'),
  default_group: nothing('It was in the group that intake.defaultGroupId names.'),
  backfill: nothing(
    'It was there before the account was connected, and was mirrored. Once its customer writes, the intake takes it as a new one, or it stays silent.',
  ),
};

/** How a conversation ended. */
export const CLOSURES: Record<NonNullable<SessionState['closure']>, Meaning> = {
  resolved: nothing('The customer has said that it is solved.'),
  assumed_resolved: nothing(
    "Nobody has written since the AI's reply, for as long as channels.*.autoResolveAfterHours says.",
  ),
  spam: { says: 'Marked as spam in Freshdesk.', whatToDo: 'Unmark it in Freshdesk if it is not.' },
  deleted: {
    says: 'In the trash of Freshdesk, merged away or gone.',
    whatToDo: 'Restore it in Freshdesk if it is needed.',
  },
  erased: {
    says: 'Its requester was erased from our side: it is neither mirrored nor answered any more.',
    whatToDo: 'People answer it. A new ticket of the same person is taken again.',
  },
};
