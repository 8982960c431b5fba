import { signalsByMeaning, signalsByWords, type Signals } from '../../src/ai/understanding/signals.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { testUnderstand } from '../../testbed/understanding.ts';
import { isHeldOut, precisionAndRecall, readData, shareOf, type Evaluation, type Figure } from './evaluation.ts';

const BOTS = 'intents/hint3-two-bots.json';
const CLOSINGS = 'intents/closing-turns-sgd-dev.json';
/** Whoever has one of these intents wants a person; many say so only by what they complain about. */
const WANTS_A_PERSON = new Set(['CHAT_WITH_AGENT', 'CHAT_WITH_AN_AGENT', 'CALL_CENTER']);
const IN_WORDS =
  /\b(?:agent|human|person|someone|somebody|anyone|representative|executive|expert|call me|call back|customer (?:care|support|service)|talk|speak|chat|connect)\b/i;
/** Who wants to be called, or given to somebody, wants a person (H1), whatever else the label is: no message can do it. */
const ASKS_ANYWAY = /\b(?:call (?:me|back|at|\d+)|contact me|connct with|caht with|customer care executive)\b/i;
/** Each is understood in a tenth of a second. */
const MOST = 400;

type Heard = { label: string; text: string; meant: Signals; words: Signals };

/** What people want, as they wrote it to two shop bots; and which turns of booking dialogues only thank (E9, H1, N8). */
export const intents: Evaluation = {
  name: 'intents',
  needs: [BOTS, CLOSINGS],
  async measure({ database }) {
    await database();
    const hear = createHear();
    const messages = JSON.parse(readData(BOTS)) as { text: string; label: string }[];
    const wanting = messages.filter(({ label }) => WANTS_A_PERSON.has(label));
    const otherwise = messages.filter(({ label }) => !WANTS_A_PERSON.has(label));
    const others = part(otherwise);
    const turns = part(JSON.parse(readData(CLOSINGS)) as { before: string; text: string; closes: boolean }[]);
    const [asked, asking, ordinary]: [Heard[], Heard[], Heard[]] = [[], [], []];
    const said: (Heard & { closes: boolean })[] = [];
    for (const { text, label } of wanting) asked.push(await hear(text, null, label));
    for (const { text, label } of otherwise.filter(({ text: one }) => ASKS_ANYWAY.test(one)))
      asking.push(await hear(text, null, label));
    for (const { text, label } of others.filter(({ text: one }) => !ASKS_ANYWAY.test(one)))
      ordinary.push(await hear(text, null, label));
    for (const { text, before, closes } of turns) said.push({ ...(await hear(text, before, '')), closes });
    return [...persons(asked, asking, ordinary), ...thanks(said)];
  },
};

function part<T extends { text: string }>(all: readonly T[]): T[] {
  return all.filter(({ text }) => isHeldOut(text, MOST / all.length));
}

function createHear() {
  const understand = testUnderstand();
  return async (text: string, before: string | null, label: string): Promise<Heard> => {
    const said = { texts: [text], waiting: [text], before };
    const understood = await understand({ waiting: [text], before: before ?? '', subject: '' });
    return {
      label,
      text,
      meant: signalsByMeaning(understood, said, DEFAULT_SETTINGS.handoff.triggers),
      words: signalsByWords(said),
    };
  };
}

function persons(asked: readonly Heard[], asking: readonly Heard[], ordinary: readonly Heard[]): Figure[] {
  const byWords = (some: readonly Heard[]) => ({
    name: 'a word for a person',
    value: shareOf(some, ({ text }) => /\b(?:agent|human|person|someone|somebody|anyone|representative)\b/i.test(text)),
  });
  const told = asked.filter(({ text }) => IN_WORDS.test(text));
  const toPeople = ({ meant }: Heard) => meant.person || meant.suspected === 'maybe_person';
  return [
    {
      measure: 'asks for a person in words, found',
      ours: shareOf(told, ({ meant }) => meant.person),
      of: told.length,
      baselines: [byWords(told), { name: 'with those in doubt', value: shareOf(told, toPeople) }],
      target: { atLeast: 0.85 },
      note: 'call-centre hours and "this number is invalid" are labelled the same, and ask for nobody',
    },
    {
      measure: 'wants a person, by the label, found',
      ours: shareOf(asked, ({ meant }) => meant.person),
      of: asked.length,
      baselines: [byWords(asked)],
    },
    {
      measure: 'asks for a call or a person under another label, found',
      ours: shareOf(asking, ({ meant }) => meant.person),
      of: asking.length,
      baselines: [byWords(asking)],
    },
    {
      measure: 'ordinary messages taken for one',
      ours: shareOf(ordinary, ({ meant }) => meant.person),
      of: ordinary.length,
      baselines: [byWords(ordinary)],
      target: { atMost: 0.005 },
    },
    {
      measure: 'ordinary messages taken for a safety topic',
      ours: shareOf(ordinary, ({ meant }) => meant.safety !== null),
      of: ordinary.length,
      baselines: [],
      target: { atMost: 0.015 },
    },
    {
      measure: 'ordinary messages dropped as automatic',
      ours: shareOf(ordinary, ({ meant }) => meant.automatic),
      of: ordinary.length,
      baselines: [],
      target: { atMost: 0.001 },
    },
    {
      measure: 'ordinary messages that go to people for a doubt',
      ours: shareOf(ordinary, ({ meant }) => meant.suspected !== null),
      of: ordinary.length,
      baselines: [],
    },
  ];
}

function thanks(turns: readonly (Heard & { closes: boolean })[]): Figure[] {
  const closes = ({ closes: wanted }: { closes: boolean }) => wanted;
  const ours = precisionAndRecall(turns, closes, ({ meant }) => meant.thanked);
  const words = precisionAndRecall(turns, closes, (turn) => turn.words.thanked);
  return [
    {
      measure: 'thanks only, precision',
      ours: ours.precision,
      of: turns.filter(({ meant }) => meant.thanked).length,
      baselines: [{ name: 'lists of phrases', value: words.precision }],
      target: { atLeast: 0.96 },
    },
    {
      measure: 'thanks only, recall',
      ours: ours.recall,
      of: turns.filter(closes).length,
      baselines: [{ name: 'lists of phrases', value: words.recall }],
      target: { atLeast: 0.7 },
    },
  ];
}
