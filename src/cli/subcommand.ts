import { Command, InvalidArgumentError } from 'commander';
import type { CliDeps, Opened } from './deps.ts';

/** A command that was called in a way that cannot work: exit status 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** It failed, and what was printed has said how: exit status 1 without another word. */
export class AlreadySaid extends Error {
  constructor() {
    super('failed');
    this.name = 'AlreadySaid';
  }
}

/** How a command was called. */
export type Given<Options = unknown> = {
  /** Its arguments, in their order; those that were left out are not there. */
  args: readonly string[];
  options: Options;
  json: boolean;
  /** `--connection`; `default` when left out. */
  connection: string;
  deps: CliDeps;
  /**
   * Opens what the work needs, and closes it again also when the work fails. Throws ConfigError, and ConnectionNotFound
   * before the work begins where the command is about a connection.
   */
  using<T>(work: (opened: Opened) => Promise<T>): Promise<T>;
};

/** One command: what it is called with, what it does, and how a person reads what came of it. */
type Subcommand<Options, Result> = {
  name: string;
  about: string;
  /** Without the program's name. */
  examples: readonly string[];
  /** Its own arguments and options. */
  takes?: (command: Command) => Command;
  /** It only reads, as it is called: no server is started for it, and none has to be able to write. */
  reads?: true | ((options: Options) => boolean);
  /** It is about one connection, and has `--connection`; `gone`: also about one that was removed. */
  connection?: true | 'gone';
  /** What it gives back is printed: as JSON with `--json`, else by `words`. undefined: nothing is. */
  run(given: Given<Options>): Promise<Result>;
  /** For a person; left out, the JSON will do for both. */
  words?: (result: Result, given: Given<Options>) => string;
  /** What goes into the JSON; the whole result when left out. */
  data?: (result: Result) => unknown;
  /** Thrown after the result was printed: what there is to say when it is not good. */
  complaint?: (result: Result, given: Given<Options>) => Error | null;
};

/** The command, with what all of them have: examples in the help, `--json`, `--connection`, opening, closing and printing. */
export function subcommand<Options, Result>(deps: CliDeps, spec: Subcommand<Options, Result>): Command {
  const { name, about, examples, takes = (command: Command) => command, connection } = spec;
  const command = takes(new Command(name).description(about)).option('--json', 'print JSON, also for errors');
  if (connection !== undefined) command.option('--connection <id>', 'the connection meant', 'default');
  const lines = examples.map((example) => `  $ opencx-freshdesk ${example}`);
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  return command.action(() => carryOut(deps, spec, command));
}

/** Commands that belong together. */
export function group(name: string, about: string, commands: readonly Command[]): Command {
  const together = new Command(name).description(about);
  for (const command of commands) together.addCommand(command);
  return together;
}

/** A ticket's number as it was typed. Throws UsageError. */
export function ticketIdOf(text = ''): number {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw new UsageError(`"${text}" is not the number of a ticket, such as 42.`);
  return id;
}

/** Reads an option that is a whole number; anything else is a usage error that names the bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function carryOut<Options, Result>(
  deps: CliDeps,
  { connection, reads, run, words, data, complaint }: Subcommand<Options, Result>,
  command: Command,
): Promise<void> {
  const options = command.opts<Options & { json?: true; connection?: string }>();
  const given: Given<Options> = {
    args: command.args,
    options,
    json: options.json === true,
    connection: options.connection ?? 'default',
    deps,
    using: (work) =>
      using(deps, {
        about: connection === undefined ? null : { id: given.connection, gone: connection },
        reads: typeof reads === 'function' ? reads(options) : reads === true,
        work,
      }),
  };
  const result = await run(given);
  if (result !== undefined)
    deps.output.out(
      given.json || words === undefined ? toJson(data === undefined ? result : data(result)) : words(result, given),
    );
  const wrong = complaint?.(result, given) ?? null;
  if (wrong !== null) throw wrong;
}

async function using<T>(
  deps: CliDeps,
  {
    about,
    reads,
    work,
  }: {
    about: { id: string; gone: true | 'gone' } | null;
    reads: boolean;
    work: (opened: Opened) => Promise<T>;
  },
): Promise<T> {
  const opened = await deps.open({ reads });
  try {
    if (about !== null) await mustExist(opened, about);
    return await work(opened);
  } finally {
    await opened.close();
  }
}

async function mustExist({ connections }: Opened, { id, gone }: { id: string; gone: true | 'gone' }): Promise<void> {
  if (gone === 'gone' && (await connections.removed()).some((removed) => removed.id === id)) return;
  await connections.settings(id); // says so when there is no such connection
}
