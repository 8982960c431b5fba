import type { Decision } from '../engagement.ts';
import type { Meaning } from './meaning.ts';

/** The rules that are named beside a turn, a message or a silent ticket. */
export type ShownRule = Decision['rule'] | 'E8' | 'E9' | 'A4' | 'A5';

export const RULES: Record<ShownRule, Meaning> = {
  E1: {
    says: 'Too old: from before the account was connected, or before intake.autoHandleAll was switched on, or it has waited for longer than intake.maxAnswerAgeHours.',
    whatToDo: "Answer it yourself. The customer's next message counts.",
  },
  E2: {
    says: 'The intake does not take this ticket: it is not assigned to the AI agent, not in intake.defaultGroupId, and intake.autoHandleAll is off; or an exclusion or rollout.percent leaves it out.',
    whatToDo:
      'Nothing, where people are to answer it. Else assign it to the AI agent, or change the settings under intake and rollout.',
  },
  E4: {
    says: 'Whoever the ticket is assigned to speaks: the AI agent, or a person.',
    whatToDo:
      "Assign it to the AI agent, and the AI goes on with the customer's next message; assign it to a person, and the AI is silent.",
  },
  E5: {
    says: 'The AI has taken the ticket by itself and has not written yet: an assignment, which a rule of the account may have made, does not silence it.',
    whatToDo:
      "To keep the ticket for a person, have that person reply, or note something on it. From the AI's first words on, an assignment is enough.",
  },
  E6: {
    says: 'Nobody is assigned. The AI speaks where intake.autoHandleAll is on or the ticket is in intake.defaultGroupId, and where it drafts; it is silent where the ticket was handed to people, or a person has replied.',
    whatToDo: 'To let the AI answer, assign the ticket to the AI agent, or open the intake.',
  },
  E7: {
    says: 'The mode of the channel decides: on autopilot the AI replies, in assist it leaves a draft, off it only reads along.',
    whatToDo: '"settings set channels.email.mode autopilot" sets another mode; the same for web, phone and other.',
  },
  E8: {
    says: 'Never answered: it was written by a machine, a list, an agent or a blocked sender, or is a note or a forward.',
    whatToDo: 'Nothing. Should a person have written it, answer it; blocklist holds who is blocked.',
  },
  E9: {
    says: 'Thanks alone get no reply.',
    whatToDo: 'Nothing.',
  },
  E10: {
    says: 'Somebody other than the requester has written, in copy or from elsewhere: the AI drafts, and never answers that in public.',
    whatToDo: 'Review the draft, and send it if this person may know what it says.',
  },
  E12: {
    says: 'The connection is paused: nothing is written to Freshdesk, and what waits goes on waiting.',
    whatToDo: 'Run "resume" when it may write again.',
  },
  C8: {
    says: "Freshdesk refuses the connection's key: nothing is written, and what waits goes on waiting.",
    whatToDo: '"doctor" says why. A new key is given with "connections rotate-key".',
  },
  A1: {
    says: 'Nothing waits for an answer.',
    whatToDo: 'Nothing.',
  },
  A4: {
    says: 'Right before writing, the ticket was looked at again and had changed: somebody had answered, taken or closed it, or the customer had written more.',
    whatToDo: 'Nothing: what is there now was decided about afresh.',
  },
  A5: {
    says: 'An earlier answer of the AI that nobody had confirmed was found in the thread, so that this one was not sent.',
    whatToDo: 'Nothing.',
  },
  R1: {
    says: "The AI's public reply was the last word for as long as channels.*.autoResolveAfterHours says, so the AI resolves the ticket; or the customer says that it is solved.",
    whatToDo: 'Open the ticket again if it is not over. autoResolve switches this off.',
  },
  S1: {
    says: 'The ticket is resolved or closed.',
    whatToDo: "Nothing: the customer's next message, or opening it again, goes on with it.",
  },
  S3: {
    says: 'The ticket is spam, in the trash, merged away or gone: nothing is written to it.',
    whatToDo: 'Restore it in Freshdesk if it should not be there.',
  },
};
