import { withoutFillers } from './fillers.ts';
import { partsOf } from './understand.ts';
import { folded, visible } from '../reading/text.ts';

/** The ways in which what is waiting can be read as questions to the knowledge. */
export type Questions = {
  /** Everything that is waiting as one question; empty when no word is in it. */
  whole: string;
  /** The single questions, where there are any: sentences that ask, and messages that only state something. */
  single: string[];
  /** How many of the single ones are asked, with a question mark. */
  asked: number;
  /** They are about something of the customer's own, which has to be looked up or done by somebody. */
  aboutOwn: boolean;
};

/** Who asks more at once is asked back by a person; more searches would not make a better answer. */
const MAX_SINGLE = 5;
/** What stands behind this in a message is read by no engine, so that who writes more gets a person. */
export const MAX_READ_LENGTH = 10_000;

/** Reads the waiting messages, oldest first, as questions. Whether they are about something of their own, heads tell. */
export function questionsOf(messages: readonly string[], aboutOwn = false): Questions {
  const asked = messages.map((message) => meaningful(message)).filter((message) => message.length > 0);
  const asking = asked.flat().filter(asks);
  const single = asked
    .flatMap((parts) => (parts.some(asks) ? parts.filter(asks) : [parts.join(' ')]))
    .map(withoutFillers)
    .filter(hasWords);
  return {
    whole: withoutFillers(asked.flat().join(' ')).trim(),
    single: single.length > MAX_SINGLE ? [] : single,
    asked: asking.length,
    aboutOwn,
  };
}

/** The subject in front of what is waiting. "Re:" and the like mean that it was written for an earlier message. */
export function withSubject(subject: string, questions: Questions): string {
  return isReplySubject(subject) ? questions.whole : `${withoutFillers(visible(subject))} ${questions.whole}`.trim();
}

export function isReplySubject(subject: string): boolean {
  return /^\s*(?:re|aw|antw|sv|rif|ref|res|tr|fwd?|wg|rv|enc)\s*(?:\[\d+\])?\s*:/i.test(subject);
}

const ASKING =
  /^(?:how|when|where|what|why|which|who|can|could|do|does|is|are|will|wie|wann|wo|was|warum|wer|welche[rs]?|kann|konnen|comment|quand|ou|pourquoi|quel(?:le)?s?|puis-je|est-ce|como|cuando|donde|que|por que|cual|puedo|quando|onde|qual|posso|porque)\b/;

/** Whether a line is a question by its mark or by its first word. */
export function isQuestion(line: string): boolean {
  return asks(line) || ASKING.test(folded(line));
}

/** The sentences that say something. */
function meaningful(message: string): string[] {
  return partsOf(message.slice(0, MAX_READ_LENGTH)).filter(hasWords);
}

/** Whether somebody asks with a question mark, in any script. */
export function asks(text: string): boolean {
  return /[?¿？؟]/u.test(text);
}

function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]{2}|\p{Lo}/u.test(text);
}
