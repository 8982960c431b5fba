#!/usr/bin/env node
import './node-version.ts';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { clientOf } from './accounts/accounts.ts';
import { examineForCli, openForCli } from './app/commands.ts';
import { type Env, type Half, loadConfig } from './app/config.ts';
import { startService } from './app/serve.ts';
import type { CliDeps } from './cli/common.ts';
import { runCli } from './cli/program.ts';
import { createTerminal } from './cli/terminal.ts';
import { freePort } from './local/processes.ts';
import { installRuntimeWithMetrics, releaseRuntime } from './temporal/runtime.ts';

const READY = {
  both: 'webhooks are accepted and tickets worked',
  api: 'webhooks are accepted; the tickets are worked elsewhere',
  worker: 'tickets are worked; webhooks are accepted elsewhere',
};

/** `serve`: until SIGTERM or SIGINT, or until a worker cannot go on. */
async function serve(env: Env, only: Half | null): Promise<void> {
  const config = loadConfig(env);
  const log = pino({ level: config.logLevel });
  const say = (line: string) => log.info(line);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const temporalMetrics = installRuntimeWithMetrics(log, await freePort());
  const service = await startService(config, { log, say, only, temporalMetrics }).catch(async (error: unknown) => {
    await releaseRuntime();
    throw error;
  });
  log.info({ api: service.url, temporalUi: service.temporalUiUrl }, `ready: ${READY[only ?? 'both']}`);
  try {
    await Promise.race([stopped, service.failed]);
  } finally {
    log.info('stopping: what is in flight ends first');
    await service.close();
  }
}

async function main(): Promise<void> {
  // Whoever reads the output has gone, as `head` does when it has enough: nobody is left to tell.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  if (existsSync('.env')) process.loadEnvFile('.env');
  const env = process.env;
  const args = process.argv.slice(2);
  // With --json, standard error is for one object.
  const say = (line: string) => void (args.includes('--json') || process.stderr.write(`${line}\n`));
  const deps: CliDeps = {
    env,
    output: { out: (line) => void process.stdout.write(line), err: (line) => void process.stderr.write(line) },
    terminal: process.stdin.isTTY && process.stderr.isTTY ? createTerminal(process.stdin, process.stderr) : null,
    screen: process.stderr.isTTY ? process.stderr : null,
    readInput: () => text(process.stdin),
    open: () => openForCli(env, say),
    verify: (account) => clientOf(account).verify(),
    doctor: (what) => examineForCli(env, what, say),
    serve: (only) => serve(env, only),
  };
  const status = await runCli(deps, args);
  // A server that never answered is still being waited for somewhere below: what was said gets out first.
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((written) => void stream.write('', () => written()));
  process.exit(status);
}

if (import.meta.main) await main();
