import { isThanksOnly } from '../../src/ai/understanding/thanks.ts';
import { isHeldOut, precisionAndRecall, readData, shareOf, type Evaluation, type Figure } from './evaluation.ts';

const TOPICS = ['airline', 'finance', 'software'];
/** The other half of the conversations was looked at. */
const HELD_OUT = 0.5;
const CLOSING = new Set(['thankyou', 'closinggreeting']);

export type Turn = { conversation: string; text: string; closes: boolean };

/**
 * Which of a customer's turns want no reply: `multidogo` (E9), as it is told by words alone. Wanted are those that its
 * annotators called thanks or a closing greeting.
 */
export const closingTurns: Evaluation = {
  name: 'multidogo',
  needs: TOPICS.map(fileOf),
  measure() {
    const turns = turnsOf();
    const heldOut = turns.filter(({ conversation }) => isHeldOut(conversation, HELD_OUT));
    return [...figuresOf('held out', heldOut), ...figuresOf('all', turns)];
  },
};

function figuresOf(what: string, turns: readonly Turn[]): Figure[] {
  const ours = precisionAndRecall(turns, closes, ({ text }) => isThanksOnly(text));
  const word = precisionAndRecall(turns, closes, ({ text }) => /\b(?:thank|thanks|bye|goodbye)\b/i.test(text));
  const majority = shareOf(turns, closes);
  return [
    {
      measure: `precision of no_reply, ${what}`,
      ours: ours.precision,
      of: turns.length,
      baselines: [
        { name: 'a word of thanks in it', value: word.precision },
        { name: 'always no_reply', value: majority },
      ],
      target: { atLeast: 0.97 },
    },
    {
      measure: `recall of thanks and closings, ${what}`,
      ours: ours.recall,
      of: turns.filter(closes).length,
      baselines: [
        { name: 'a word of thanks in it', value: word.recall },
        { name: 'always no_reply', value: 1 },
      ],
      note: 'by words alone, where there is no embedding server; what the heads find stands with intents',
    },
  ];
}

function closes(turn: Turn): boolean {
  return turn.closes;
}

/** The customers' turns; some carry several intents, and close only when all of them do. */
export function turnsOf(): Turn[] {
  return TOPICS.flatMap((topic) => {
    const [head = '', ...lines] = readData(fileOf(topic)).split('\n');
    const columns = head.split('\t');
    const at = (name: string) => {
      const index = columns.indexOf(name);
      if (index === -1) throw new Error(`${fileOf(topic)} has no column ${name}.`);
      return index;
    };
    const [conversation, text, intent] = [at('conversationId'), at('utterance'), at('intent')];
    return lines
      .map((line) => line.split('\t'))
      .filter((cells) => cells.length === columns.length)
      .map((cells) => ({
        conversation: cells[conversation] ?? '',
        text: cells[text] ?? '',
        closes: (cells[intent] ?? '').split('<div>').every((name) => CLOSING.has(name)),
      }));
  });
}

function fileOf(topic: string): string {
  return `multidogo/${topic}.turns.test.tsv`;
}
