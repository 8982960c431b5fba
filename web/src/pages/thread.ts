import type { Handoff, Message, Trace, Turn, Write } from '../api/wire.ts';

/** A turn with what became of it. */
export type Card = { turn: Turn; writes: Write[]; handoffs: Handoff[] };
/** What is read from top to bottom; `episode`: here a conversation begins that is not the first. */
export type Entry =
  { kind: 'episode'; number: number } | { kind: 'message'; message: Message } | { kind: 'card'; card: Card };

/** The thread, each turn below the newest message that it has seen. What has seen a message that is gone stands at the end. */
export function entriesOf(messages: readonly Message[], { turns, writes, handoffs }: Trace): Entry[] {
  const cards = turns.map((turn, nth): Card => {
    const own = handoffs.filter((handoff) => belongs(handoff, turn, turns.slice(nth + 1)));
    return { turn, writes: writes.filter(({ turnId }) => turnId === turn.id), handoffs: own };
  });
  const below = Map.groupBy(cards, ({ turn }) => turn.throughMessage);
  const begins = beginnings(messages, turns);
  const known = new Set(messages.map(({ freshdeskId }) => freshdeskId));
  const entries = messages.flatMap((message): Entry[] => {
    const episode = begins.get(message.freshdeskId);
    return [
      ...(episode === undefined ? [] : [{ kind: 'episode' as const, number: episode }]),
      { kind: 'message', message },
      ...(below.get(message.freshdeskId) ?? []).map((card): Entry => ({ kind: 'card', card })),
    ];
  });
  const rest = cards.filter(({ turn }) => !known.has(turn.throughMessage));
  return [...entries, ...rest.map((card): Entry => ({ kind: 'card', card }))];
}

/** A handoff is made by the last turn that had seen the same message before it. */
function belongs(handoff: Handoff, turn: Turn, later: readonly Turn[]): boolean {
  const seen = (one: Turn) =>
    one.throughMessage === handoff.throughMessage && one.episode === handoff.episode && one.at <= handoff.at;
  return seen(turn) && !later.some(seen);
}

/** Of every later conversation the message that it begins with: the customer's first after what the one before has seen. */
function beginnings(messages: readonly Message[], turns: readonly Turn[]): Map<string, number> {
  const begins = new Map<string, number>();
  const places = new Map(messages.map(({ freshdeskId }, at) => [freshdeskId, at]));
  for (const [nth, turn] of turns.entries()) {
    const before = turns[nth - 1];
    if (before === undefined || before.episode >= turn.episode) continue;
    const from = places.get(before.throughMessage) ?? -1;
    const until = places.get(turn.throughMessage);
    const first = messages
      .slice(from + 1, until)
      .find(({ author, ignored }) => author === 'customer' && ignored === null);
    begins.set(first?.freshdeskId ?? turn.throughMessage, turn.episode);
  }
  return begins;
}
