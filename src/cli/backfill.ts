import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import {
  type BackfillControl,
  type BackfillOptions,
  type BackfillProgress,
  BackfillRuns,
  DEFAULT_DAYS,
  MOST_DAYS,
} from '../domain/backfill.ts';
import type { CliDeps } from './deps.ts';
import { type Given, subcommand, UsageError } from './subcommand.ts';

const LOOK_EVERY_MS = 1_000;
/** Without a terminal: a line whenever something has changed, but no more often than this. */
const LINE_EVERY_MS = 10_000;
const MOST_FAILED = 20;

type Options = {
  days?: string;
  dryRun?: true;
  status?: true;
  watch?: true;
  pause?: true;
  resume?: true;
};
type Called = Given<Options>;

/** B1, B4, B5: mirrors what was there before the connection; it goes on by itself when the command is over. */
export function backfillCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'backfill',
    about: 'mirror the open tickets from before the connection; none of them is answered',
    examples: [
      'backfill --days 30 --dry-run',
      'backfill --watch',
      'backfill --status',
      'backfill --pause',
      'backfill --resume --watch',
    ],
    connection: true,
    reads: ({ status }) => status === true,
    takes: (backfill) =>
      backfill
        .option('--days <n>', `tickets changed in the last so many days (default: ${DEFAULT_DAYS})`)
        .option('--dry-run', 'count the tickets and mirror nothing')
        .option('--status', 'start nothing: say how far the newest one is')
        .option(
          '--watch',
          'stay and show how far it is until its end, also of one that runs already; leaving does not stop it',
        )
        .option('--pause', 'let the one that runs pause')
        .option('--resume', 'let it go on'),
    run: (called: Called) => {
      const order = orderOf(called.options);
      return called.using(async ({ backfillControl }) => {
        const control = await backfillControl();
        const progress = await carriedOut(order, called, control);
        const { watch: watching, dryRun } = called.options;
        const last = watching === true || dryRun === true ? await watch(called, control, progress) : progress;
        return {
          ...last,
          failedTickets: last.failed === 0 ? [] : await control.failed(called.connection, MOST_FAILED),
        };
      });
    },
    words: summary,
    complaint: ({ state }, { options: { status, watch: watching } }) =>
      state === 'failed' && (status !== true || watching === true)
        ? new Error('The backfill was broken off. Start it again: what is mirrored is not read twice.')
        : null,
  });
}

type Order = 'status' | { state: 'paused' | 'running' } | BackfillOptions;

function orderOf({ pause, resume, status, days, dryRun }: Options): Order {
  const others = [pause, resume, status].filter((given) => given === true).length;
  if (others === 0) return { days: daysOf(days), dryRun: dryRun === true };
  if (others > 1) throw new UsageError('Give only one of --status, --pause and --resume.');
  if (days !== undefined || dryRun === true)
    throw new UsageError('--days and --dry-run are for a backfill that starts.');
  if (status === true) return 'status';
  return { state: pause === true ? 'paused' : 'running' };
}

async function carriedOut(
  order: Order,
  { connection, options, json, deps }: Called,
  control: BackfillControl,
): Promise<BackfillProgress> {
  if (order === 'status') {
    const newest = await control.current(connection);
    if (newest === null)
      throw new Error(`Connection "${connection}" has not been backfilled yet: "backfill" starts one.`);
    return newest;
  }
  if ('state' in order) return control.setState(connection, order.state);
  try {
    return await control.start(connection, order);
  } catch (error) {
    const shows = options.watch === true && options.dryRun !== true; // another one's figures are no count
    const running = error instanceof BackfillRuns && shows ? await control.current(connection) : null;
    if (running === null) throw error;
    if (!json) deps.output.err('One is under way already: this one is shown.\n');
    return running;
  }
}

function daysOf(text: string | undefined): number {
  const days = text === undefined ? DEFAULT_DAYS : /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > MOST_DAYS) throw new UsageError(`--days must be a whole number from 1 to ${MOST_DAYS}.`);
  return days;
}

/** Shows how far it is until it has ended: a bar on a terminal, else lines; a count has nothing to show before its end. */
async function watch(
  { connection, options, json, deps: { output, screen, onInterrupt } }: Called,
  control: BackfillControl,
  first: BackfillProgress,
): Promise<BackfillProgress> {
  const quiet = json || options.dryRun === true;
  const show = quiet ? nothing : screen === null ? lines(output.err) : await bar(screen);
  const left = new AbortController();
  const stay = onInterrupt(() => left.abort());
  let progress = first;
  try {
    for (;;) {
      show.update(progress);
      if (progress.endedAt !== null) return progress;
      await sleep(LOOK_EVERY_MS, undefined, { signal: left.signal }).catch(() => undefined);
      if (left.signal.aborted) return progress;
      progress = (await control.current(connection)) ?? progress;
    }
  } finally {
    stay();
    show.stop();
  }
}

type Shown = { update(progress: BackfillProgress): void; stop(): void };

const nothing: Shown = { update: () => undefined, stop: () => undefined };

async function bar(screen: NodeJS.WriteStream): Promise<Shown> {
  const { Presets, SingleBar } = await import('cli-progress');
  const shown = new SingleBar(
    {
      format: formatFor(screen.columns),
      barsize: Math.max(5, Math.min(40, screen.columns - 20)),
      stream: screen,
      hideCursor: true,
      gracefulExit: false, // Ctrl-C is ours
    },
    Presets.shades_classic,
  );
  shown.start(0, 0, { rate: 0, left: '?', note: '' });
  return {
    update(progress) {
      const { found, done, failed, ratePerMinute, etaSeconds, state } = progress;
      shown.setTotal(found);
      const note = `${failed > 0 ? ` | ${failed} failed` : ''}${state === 'paused' ? ' | paused' : ''}`;
      shown.update(done + failed, { rate: ratePerMinute, left: duration(etaSeconds), note });
    },
    stop: () => shown.stop(),
  };
}

/** On a narrow terminal the share and the time left; a line that wraps is drawn again below itself each time. */
function formatFor(columns: number): string {
  return columns < WIDE
    ? '{bar} {percentage}% {left}'
    : '{bar} {percentage}% | {value}/{total} tickets | {rate}/min | {left} left{note}';
}

/** So many columns the whole line takes. */
const WIDE = 100;

function lines(write: (text: string) => void): Shown {
  let shownAt = 0;
  let shown = '';
  return {
    update(progress) {
      const line = inWords(progress);
      if (line === shown || (Date.now() - shownAt < LINE_EVERY_MS && progress.endedAt === null)) return;
      [shown, shownAt] = [line, Date.now()];
      write(`${line}\n`);
    },
    stop: () => undefined,
  };
}

function inWords({ state, found, done, failed, ratePerMinute, etaSeconds }: BackfillProgress): string {
  return `${state}: ${done} of ${found} tickets mirrored, ${failed} failed, ${ratePerMinute} a minute, ${duration(etaSeconds)} left`;
}

function summary(
  { failedTickets: failedIds, ...progress }: BackfillProgress & { failedTickets: readonly number[] },
  { connection, options: { dryRun } }: Called,
): string {
  const { state, found, done, failed } = progress;
  // Only a count ends with tickets that were neither mirrored nor failed.
  if (dryRun === true || (state === 'completed' && done + failed < found))
    return `Tickets to mirror: ${found}. Nothing was mirrored (dry run).\n`;
  const ids =
    failedIds.length === 0 ? '' : `Not mirrored: ${failedIds.join(', ')}${failed > failedIds.length ? ', …' : ''}\n`;
  switch (state) {
    case 'completed':
      return `Backfill of ${connection}: ${done} of ${found} tickets mirrored, ${failed} failed.\n${ids}`;
    case 'running':
      return `Backfill of ${connection} runs, and goes on by itself: ${paceInWords(progress)}. "backfill --status" says how far it is, and with --watch shows it until its end.\n`;
    case 'paused':
      return `Backfill of ${connection} is paused (${done} of ${found} tickets so far). "backfill --resume" lets it go on.\n`;
    case 'failed':
      return `Backfill of ${connection} was broken off: ${done} of ${found} tickets mirrored, ${failed} failed.\n${ids}`;
  }
}

/** How far, how fast, how long still. */
function paceInWords({ found, done, ratePerMinute, etaSeconds }: BackfillProgress): string {
  const pace = ratePerMinute === 0 ? '' : `, ${ratePerMinute} a minute, ${duration(etaSeconds)} left`;
  return `${done} of ${found} tickets so far${pace}`;
}

function duration(seconds: number | null): string {
  if (seconds === null) return 'unknown time';
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
