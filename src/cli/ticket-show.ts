import type { Command } from 'commander';
import type { CallTrace, TicketTrace, TurnTrace, WriteTrace } from '../contract/trace.ts';
import { detailInWords } from '../domain/plan-detail.ts';
import type { CliDeps } from './deps.ts';
import { subcommand, ticketIdOf } from './subcommand.ts';

/** The decision trace of a ticket (A9). */
export function ticketShowCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'show',
    about: 'what happened on a ticket, turn by turn, and why',
    examples: ['ticket show 42', 'ticket show 42 --connection shop --json'],
    connection: true,
    takes: (show) => show.argument('<id>', "the ticket's number in Freshdesk"),
    async run({ args: [id], connection, using }) {
      const ticketId = ticketIdOf(id);
      const trace = await using(({ traces }) => traces.get(connection, ticketId));
      if (trace !== null) return trace;
      throw new Error(
        `Ticket ${ticketId} has no session on connection "${connection}": the intake settings did not admit it, or nobody told us about it. "ticket sync ${ticketId}" has it looked at now.`,
      );
    },
    words: (trace) => `${inWords(trace).join('\n')}\n`,
  });
}

function inWords(trace: TicketTrace): string[] {
  const { turns, writes, handoffs } = trace;
  const others = writes.filter((write) => write.turnId === null);
  return [
    ...sessionLines(trace),
    ...section(
      'Turns',
      turns.flatMap((turn) =>
        turnLines(
          turn,
          writes.filter((write) => write.turnId === turn.id),
        ),
      ),
    ),
    ...section('Other writes', others.map(writeLine)),
    ...section(
      'Handoffs',
      handoffs.flatMap(({ at, reasons, routing, summary }) => [
        `${time(at)}  ${reasons.join(', ')}  (${routed(routing)})`,
        ...indented(summary === '' ? [] : [`summary: ${oneLine(summary)}`]),
      ]),
    ),
  ];
}

function sessionLines({ session, waiting, ignored }: TicketTrace): string[] {
  const { contact } = session;
  const [oldest] = waiting;
  const facts: (string | null)[] = [
    `Ticket ${session.ticketId} (${session.connection}): ${session.status}, owner ${session.owner}, ${session.channel}, ${session.mode}`,
    session.erasedAt === null
      ? null
      : `erased ${time(session.erasedAt)}: its requester was erased, it is not mirrored any more`,
    session.subject === '' ? null : `subject: ${oneLine(session.subject)}`,
    contact === null
      ? null
      : `contact: ${contact.name ?? ''} <${contact.email ?? contact.phone ?? ''}>, id ${contact.id}`,
    session.tags.length === 0 ? null : `tags: ${session.tags.join(', ')}`,
    `admitted by ${session.admittedBy}, episode ${session.episode}, status ${session.ticketStatus} in Freshdesk, last read ${time(session.lookedAt)}`,
    `covered through ${session.coveredThrough ?? 'nothing'}`,
    oldest === undefined
      ? 'waiting: nothing'
      : `waiting: ${waiting.map(({ freshdeskId }) => freshdeskId).join(', ')}, the first since ${time(oldest.at)}`,
    ignored.length === 0
      ? null
      : `never answered: ${ignored.map(({ freshdeskId, rule, why }) => `${freshdeskId} (${rule}${why === null ? '' : ` ${why}`})`).join(', ')}`,
    session.heldSince === null
      ? null
      : `held since ${time(session.heldSince)}: the connection is paused, or its key is refused`,
    session.resolveRefused === null
      ? null
      : `resolving was refused: ${session.resolveRefused} ("ticket retry" tries again)`,
    session.handoffRefused === null || session.handoffRefusedAt === null
      ? null
      : `handing over was refused since ${time(session.handoffRefusedAt)}: ${session.handoffRefused} (assign the ticket to a person)`,
    session.closedAt === null
      ? null
      : `closed ${time(session.closedAt)} by ${session.closedBy ?? 'us'}${session.closure === null ? '' : `: ${session.closure}`}`,
  ];
  const [title = '', ...rest] = facts.filter((fact) => fact !== null);
  return [title, ...indented(rest)];
}

function turnLines(turn: TurnTrace, writes: readonly WriteTrace[]): string[] {
  const why = turn.outcomeWhy === null ? '' : ` (${turn.outcomeWhy})`;
  const sources = turn.sources.map(({ title, score }) => (score === null ? title : `${title} ${score.toFixed(2)}`));
  const cost = [
    turn.engine,
    ...(turn.model === null ? [] : [turn.model]),
    ...(turn.tokens === null ? [] : [`${turn.tokens} tokens`]),
    ...(turn.money === null ? [] : [`cost ${turn.money.toFixed(4)}`]),
    `${turn.ms} ms`,
  ];
  const facts: (string | null)[] = [
    `through ${turn.throughMessage}, episode ${turn.episode}`,
    turn.verdict === null
      ? null
      : `verdict ${turn.verdict}${turn.confidence === null ? '' : `, confidence ${turn.confidence.toFixed(2)}`}`,
    turn.reasons.length === 0 ? null : `reasons: ${turn.reasons.join(', ')}`,
    turn.detail === null ? null : `detail: ${turn.detail} (${detailInWords(turn.detail)})`,
    turn.verdict === 'answer' ? 'guards: passed' : null,
    turn.calls.length === 0 ? null : `model: ${turn.calls.map(callInWords).join('; ')}`,
    turn.topic === null ? null : `topic: ${oneLine(turn.topic)}`,
    sources.length === 0 ? null : `${turn.verdict === 'answer' ? 'sources' : 'nearest'}: ${sources.join(', ')}`,
    cost.join(', '),
    turn.draft?.fate == null
      ? null
      : `draft: ${turn.draft.fate}${turn.draft.distance === null ? '' : `, distance ${turn.draft.distance.toFixed(2)}`}`,
    ...writes.map(writeLine),
  ];
  return [
    `${time(turn.at)}  ${turn.rule} ${turn.mode} → ${turn.outcome}${why}`,
    ...indented(facts.filter((fact) => fact !== null)),
  ];
}

function callInWords({ stage, round, verdict, tokens }: CallTrace): string {
  return `${stage} ${round} ${verdict ?? 'without an answer'} (${tokens} tokens)`;
}

function writeLine({ kind, state, freshdeskId, tries, attemptedAt, refusal }: WriteTrace): string {
  const parts = [
    `${kind}: ${state}`,
    ...(freshdeskId === null ? [] : [`as ${freshdeskId}`]),
    ...(tries > 1 ? [`${tries} tries`] : []),
    ...(state === 'sent' || attemptedAt === null ? [] : [`last tried ${time(attemptedAt)}`]),
    ...(refusal === null ? [] : [`Freshdesk answered: ${oneLine(refusal)}`]),
  ];
  return parts.join(', ');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...indented(lines)];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function routed(routing: unknown): string {
  const step = typeof routing === 'object' && routing !== null && 'step' in routing ? routing.step : null;
  return typeof step === 'string' ? `routed: ${step}` : 'not routed';
}

function time(at: Date): string {
  return at.toISOString().replace('.000', '');
}

/** Control characters of a customer's text must not reach the terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
}
