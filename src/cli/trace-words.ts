import type { CallTrace, TicketTrace, TurnTrace, WriteTrace } from '../contract/trace.ts';
import { HELD_BACK } from '../domain/earned.ts';
import { explain } from '../domain/glossary/glossary.ts';
import { FATES } from '../domain/glossary/outcomes.ts';
import { reasonInWords, routedInWords, type HandoffReason } from '../domain/handoff.ts';
import { headsInWords, nearestInWords } from '../domain/insight.ts';
import { detailInWords } from '../domain/plan-detail.ts';
import { indented, oneLine } from './lines.ts';
import { localTime } from './local-time.ts';

/** What was decided and written, in the order it happened; without the texts of people where they are not wanted. */
export function decisionsInWords({ turns, writes, handoffs }: TicketTrace, { text }: { text: boolean }): string[] {
  const belongs = (turn: TurnTrace) => writes.filter((write) => write.turnId === turn.id);
  const others = writes.filter((write) => write.turnId === null);
  const happened = [
    ...turns.map((turn) => ({ at: turn.at, lines: turnLines(turn, belongs(turn)) })),
    ...handoffs.map((handoff) => ({ at: handoff.at, lines: handoffLines(handoff, text) })),
    ...others.map((write) => ({ at: write.attemptedAt, lines: [dated(write)] })),
  ];
  const time = ({ at }: { at: Date | null }) => at?.getTime() ?? Number.MAX_SAFE_INTEGER;
  return happened.toSorted((one, other) => time(one) - time(other)).flatMap(({ lines }) => lines);
}

/** A write that no turn made stands for itself. */
function dated(write: WriteTrace): string {
  const { attemptedAt } = write;
  return attemptedAt === null ? writeLine(write) : `${localTime(attemptedAt)}  ${writeLine(write)}`;
}

const OUTCOMES: Record<string, string> = {
  planned: 'decided, and not carried out yet',
  replied: 'replied in public',
  drafted: 'left a draft for people',
  no_reply: 'nothing to answer',
  handed_off: 'given to people',
  resolved: 'resolved the ticket',
  resolve_refused: 'could not resolve the ticket',
  dropped: 'not sent',
};

function turnLines(turn: TurnTrace, writes: readonly WriteTrace[]): string[] {
  const { verdict, outcome, outcomeWhy, reasons, detail, topic, draft } = turn;
  const facts: (string | null)[] = [
    `seen up to ${turn.throughMessage}, conversation ${turn.episode} on this ticket`,
    ...reasons.map(because),
    detail === null ? null : `because: ${detailInWords(detail)} (${detail})`,
    outcomeWhy === null ? null : `because: ${meaningOf(outcomeWhy)}`,
    turn.heldBack === null ? null : `because: ${HELD_BACK[turn.heldBack]} (${turn.heldBack})`,
    confidenceOf(turn),
    sourcesOf(turn),
    topic === null ? null : `topic: ${oneLine(topic)}`,
    ...insightLines(turn),
    verdict === 'answer' ? 'guards: passed' : null,
    turn.calls.length === 0 ? null : `model: ${turn.calls.map(callInWords).join('; ')}`,
    ...writes.map(writeLine),
    draft === null || outcome !== 'drafted' ? null : fateOf(draft),
    costOf(turn),
  ];
  return [
    `${localTime(turn.at)}  ${OUTCOMES[outcome] ?? outcome} (${turn.rule}, ${turn.mode})`,
    ...indented(facts.filter((fact) => fact !== null)),
  ];
}

function because(reason: string): string {
  const known = explain(reason).some(({ kind }) => kind === 'handoff reason');
  return `because: ${known ? `${reasonInWords(reason as HandoffReason)} (${reason})` : reason}`;
}

/** A rule or a reason, with what the glossary says of it. */
function meaningOf(word: string): string {
  const says = explain(word)[0]?.says;
  return says === undefined ? word : `${says} (${word})`;
}

function confidenceOf({ confidence, threshold }: TurnTrace): string | null {
  if (confidence === null) return null;
  return `confidence ${confidence.toFixed(2)}${threshold === null ? '' : `, the threshold was ${threshold.toFixed(2)}`}`;
}

function sourcesOf({ verdict, sources }: TurnTrace): string | null {
  if (sources.length === 0) return null;
  const named = sources.map(({ title, score }) => (score === null ? title : `${title} (${score.toFixed(2)})`));
  return `${verdict === 'answer' ? 'from' : 'nearest'}: ${named.map(oneLine).join(', ')}`;
}

function insightLines({ insight }: TurnTrace): string[] {
  if (insight === null) return [];
  const { heard, notHeard } = headsInWords(insight.heads);
  return [
    ...heard.map((words) => `heard: ${oneLine(words)}`),
    ...(notHeard === '' ? [] : [`not heard: ${notHeard}`]),
    ...insight.articles.map((article) => `compared: ${oneLine(nearestInWords(article))}`),
  ];
}

function fateOf({ fate, distance }: NonNullable<TurnTrace['draft']>): string {
  if (fate === null) return 'the draft waits: nobody has replied in public since';
  const says = Object.entries(FATES).find(([word]) => word === fate)?.[1].says;
  const far = distance === null ? '' : ` Distance ${distance.toFixed(2)}.`;
  return `the draft was ${fate}: ${says ?? ''}${far}`;
}

function costOf({ engine, model, tokens, money, ms }: TurnTrace): string {
  return [
    `engine ${engine}`,
    ...(model === null ? [] : [model]),
    ...(tokens === null ? [] : [`${tokens} tokens`]),
    ...(money === null ? [] : [`cost ${money.toFixed(4)}`]),
    `${ms} ms`,
  ].join(', ');
}

function callInWords({ stage, round, verdict, tokens }: CallTrace): string {
  return `${stage} ${round} ${verdict ?? 'without an answer'} (${tokens} tokens)`;
}

const WRITTEN: Record<string, [what: string, done: string]> = {
  reply: ['reply to the customer', 'sent'],
  draft: ['note with the draft', 'posted'],
  handoff_note: ['handoff note', 'posted'],
  handoff_message: ['message to the customer about the handoff', 'sent'],
  resolution_note: ['note about the resolution', 'posted'],
  left_open_note: ['note about questions without an answer', 'posted'],
  unreadable_note: ['note that the ticket cannot be read', 'posted'],
};

/** What became of a write, in words that mean what they say: a draft that is in Freshdesk is posted, not sent. */
function writeLine({ kind, state, freshdeskId, tries, attemptedAt, refusal }: WriteTrace): string {
  const [what, done] = WRITTEN[kind] ?? [kind, 'written'];
  const last = attemptedAt === null ? '' : `, last tried ${localTime(attemptedAt)}`;
  const often = tries > 1 ? ` after ${tries} tries` : '';
  switch (state) {
    case 'sent':
      return `${what}: ${done}${freshdeskId === null ? '' : ` (${freshdeskId})`}${often}`;
    case 'rejected':
      return `${what}: Freshdesk refused it${refusal === null ? '' : `: ${oneLine(refusal)}`}${often}${last}`;
    case 'unknown':
      return `${what}: unknown whether it arrived${often}${last}; nothing more is sent until a person has looked`;
    case 'sending':
      return `${what}: under way, or its answer got lost${often}${last}`;
    case 'pending':
      return `${what}: not ${done}`;
  }
}

function handoffLines(handoff: TicketTrace['handoffs'][number], text: boolean): string[] {
  const { at, reasons, routing, summary, sentiment } = handoff;
  return [
    `${localTime(at)}  handed over: ${routedInWords(routing)}`,
    ...indented([
      ...reasons.map(because),
      ...(summary === '' || !text ? [] : [`summary: ${oneLine(summary)}`]),
      ...(sentiment === null || sentiment === 'neutral' ? [] : [`mood: ${sentiment}`]),
    ]),
  ];
}
