import type { Client } from '@temporalio/client';
import { Command } from 'commander';
import type { SearchReport } from '../ai/knowledge/explain.ts';
import type { Env, Half } from '../app/config.ts';
import type { Connector } from '../accounts/connector.ts';
import type { Backfills } from '../db/background/backfills.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { Outbounds } from '../db/turns/outbounds.ts';
import type { Removal } from '../db/conversations/removal.ts';
import type { Sessions } from '../db/conversations/sessions.ts';
import type { TicketTraces } from '../db/reads/ticket-traces.ts';
import type { ImportResult } from '../domain/knowledge.ts';
import type { WriteTiming } from '../domain/outbound.ts';
import type { Finding } from '../doctor/finding.ts';
import type { VerifiedAgent } from '../freshdesk/client.ts';
import type { Terminal } from './terminal.ts';
import type { SignalTicket } from '../temporal/signal-ticket.ts';

/** Where a command writes: results to `out`, everything else to `err`. Texts come with their line ends. */
export type Output = { out(text: string): void; err(text: string): void };

/** What commands that touch the database need; `close` ends its connections. */
export type Opened = {
  connections: Connections;
  connector: Connector;
  backfills: Backfills;
  removal: Removal;
  traces: TicketTraces;
  sessions: Pick<Sessions, 'forgetRefusedResolve'>;
  outbounds: Pick<Outbounds, 'clear'>;
  timing: WriteTiming;
  /** Makes the connection's knowledge equal to a folder of Markdown (N4). */
  importKnowledge(connectionId: string, folder: string): Promise<ImportResult>;
  /** The same with the account's Freshdesk Solutions; waits while the account's rate limit is used up. */
  syncKnowledge(connectionId: string): Promise<ImportResult>;
  /** What a question finds, without or with internal knowledge. */
  searchKnowledge(connectionId: string, question: string, includeInternal: boolean): Promise<SearchReport>;
  /** Gives a hint to a ticket's workflow. Throws when Temporal does not answer. */
  signalTicket: SignalTicket;
  /** The Temporal that the service works with; connects when first asked. Throws when it does not answer. */
  temporal(): Promise<Client>;
  close(): Promise<void>;
};

/** Built only when a command runs, so that `--help` needs no database and `verify` no token. */
export type CliDeps = {
  env: Env;
  output: Output;
  /** Who can be asked; null where nobody sits at a terminal. */
  terminal: Terminal | null;
  /** Where a person watches, for a progress bar; null when nobody does. */
  screen: NodeJS.WriteStream | null;
  /** Everything of standard input, as text. */
  readInput(): Promise<string>;
  /** Reads the configuration and opens the database; throws ConfigError. */
  open(): Promise<Opened>;
  /** Asks an account who the key belongs to, and stores nothing (C1). Throws ConnectError. */
  verify(account: { baseUrl: string; apiKey: string }): Promise<VerifiedAgent>;
  /** Looks at everything the product stands on, and at one connection or all of them (C6). Throws ConfigError. */
  doctor(what: { connectionId: string | null; testAlert: boolean }): Promise<Finding[]>;
  /** Runs API and worker, or only one of them, until it is told to stop. */
  serve(only: Half | null): Promise<void>;
};

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

export type CommonOptions = { connection: string; json?: true };

export function command(name: string, description: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ opencx-freshdesk ${example}`);
  return new Command(name).description(description).addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

export function withJson(target: Command): Command {
  return target.option('--json', 'print JSON, also for errors');
}

export function withConnection(target: Command): Command {
  return target.option('--connection <id>', 'the connection meant', 'default');
}

/** Opens what a command needs and closes it again, also when the command fails. */
export async function using<T>(deps: CliDeps, run: (opened: Opened) => Promise<T>): Promise<T> {
  const opened = await deps.open();
  try {
    return await run(opened);
  } finally {
    await opened.close();
  }
}

/** A ticket's number as it was typed. Throws UsageError. */
export function ticketIdOf(text: string): number {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw new UsageError(`"${text}" is not the number of a ticket, such as 42.`);
  return id;
}

/** A line for each row, its cells one below the other. */
export function inColumns(rows: readonly (readonly string[])[]): string {
  const widthOf = (column: number) =>
    Math.max(...rows.filter((row) => column < row.length - 1).map((row) => row[column]?.length ?? 0));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widthOf(column)))).join('  '),
  );
  return lines.map((line) => `${line}\n`).join('');
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
