import type { Command } from 'commander';
import type { Connection } from '../db/connections/connection.ts';
import type { Figures } from '../db/reads/figures.ts';
import type { Done } from '../db/reads/today.ts';
import type { BackfillProgress } from '../domain/backfill.ts';
import { type Earned, earnedInWords } from '../domain/earned.ts';
import { shortReason } from '../domain/handoff.ts';
import { reachInWords } from '../domain/reach.ts';
import { ago, midnight, spanOf } from '../domain/ago.ts';
import { stressed } from './colour.ts';
import type { CliDeps, Opened } from './deps.ts';
import { indented } from './lines.ts';
import { subcommand } from './subcommand.ts';

type Backlogs = Pick<Figures['connections'][number], 'waiting' | 'held'>;
type ConnectionStatus = Pick<Connection, 'id' | 'domain' | 'state' | 'stateReason' | 'lastWebhookAt'> &
  Backlogs & {
    answered: string;
    earned: (Earned & { words: string }) | null;
    paused: boolean;
    today: Done;
    backfill: BackfillProgress | null;
  };
type Status = { at: Date; connections: ConnectionStatus[]; attention: Record<string, number> };

/** Items of one kind that are counted. */
const MOST_OF_A_KIND = 200;
const NONE: Backlogs = {
  waiting: { tickets: 0, oldestSeconds: 0 },
  held: { tickets: 0, oldestSeconds: 0 },
};
const NOTHING: Done = { replied: 0, drafted: 0, handedOff: 0, resolved: 0, reasons: [] };

/** How things stand, on one screen: everything of it from the database, so that it costs little and needs no Temporal. */
export function statusCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'status',
    reads: true,
    about: 'how things stand: who is answered, what waits, what was done today, what needs a person',
    examples: ['status', 'status --json'],
    run: ({ using }) => using((opened) => statusOf(opened, new Date())),
    words: inWords,
  });
}

async function statusOf(opened: Opened, at: Date): Promise<Status> {
  const { connections, earned, figures, today, backfills, attention } = opened;
  const [linked, { connections: counted }, done, items] = await Promise.all([
    connections.list(),
    figures(),
    today(midnight(at)),
    attention.everyKind(MOST_OF_A_KIND),
  ]);
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  return {
    at,
    connections: await Promise.all(
      linked.map(async ({ id, domain, state, stateReason, lastWebhookAt }) => {
        const settings = await connections.settings(id);
        const { waiting, held } = counted.find(({ connection }) => connection === id) ?? NONE;
        return {
          id,
          domain,
          state,
          stateReason,
          lastWebhookAt,
          answered: reachInWords(settings),
          earned: settings.handoff.confidenceThreshold === 'earned' ? await earnedOf(earned, id) : null,
          paused: settings.paused,
          waiting,
          held,
          today: done.get(id) ?? NOTHING,
          backfill: await backfills.current(id),
        };
      }),
    ),
    attention: Object.fromEntries(kinds.map((kind) => [kind, items.filter((item) => item.kind === kind).length])),
  };
}

async function earnedOf({ standing }: Opened['earned'], id: string) {
  const earned = await standing(id);
  return { ...earned, words: earnedInWords(earned) };
}

function inWords({ at, connections, attention }: Status): string {
  if (connections.length === 0) return 'No account is linked yet: "connect" links one.\n';
  const kinds = Object.entries(attention);
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  const needed =
    total === 0
      ? 'Nothing in the database needs a person; "doctor" looks at the rest.'
      : `${stressed('yellow', String(total))} ${total === 1 ? 'thing needs' : 'things need'} a person (${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}): "attention" says what to do.`;
  return `${[...connections.flatMap((one) => [...connectionLines(one, at), '']), needed].join('\n')}\n`;
}

function connectionLines(one: ConnectionStatus, at: Date): string[] {
  const { state, stateReason, paused, lastWebhookAt } = one;
  const works =
    state === 'active' ? 'active' : stressed('red', `broken: ${stateReason ?? 'Freshdesk refuses the key'}`);
  const heard = lastWebhookAt === null ? 'no webhook yet' : `last webhook ${ago(lastWebhookAt, at)}`;
  return [
    `${stressed('bold', one.id)}  ${one.domain}  ${works}${paused ? `, ${stressed('red', 'PAUSED')}` : ''}, ${heard}`,
    ...indented([
      one.answered,
      ...(one.earned === null ? [] : [one.earned.words]),
      `waiting for the AI: ${backlogInWords(one.waiting)}${one.held.tickets === 0 ? '' : `; held by a pause or a broken key: ${backlogInWords(one.held)}`}`,
      `today: ${doneInWords(one.today)}`,
      ...(one.backfill === null ? [] : [`backfill: ${backfillInWords(one.backfill)}`]),
    ]),
  ];
}

function backlogInWords({ tickets, oldestSeconds }: Backlogs['waiting']): string {
  if (tickets === 0) return 'nothing';
  return `${tickets} ${tickets === 1 ? 'ticket' : 'tickets'}, the first for ${spanOf(oldestSeconds)}`;
}

function doneInWords({ replied, drafted, handedOff, resolved, reasons }: Done): string {
  const why =
    reasons.length === 0
      ? ''
      : ` (${reasons.map(({ reason, count }) => `${shortReason(reason)} ${count}`).join(', ')})`;
  return `${replied} replied, ${drafted} drafted, ${handedOff} handed off${why}, ${resolved} resolved`;
}

function backfillInWords({ state, found, done, failed, etaSeconds }: BackfillProgress): string {
  const left = state === 'running' && etaSeconds !== null ? `, ${spanOf(etaSeconds)} left` : '';
  return `${state}, ${done} of ${found} tickets${failed === 0 ? '' : `, ${failed} failed`}${left}`;
}
