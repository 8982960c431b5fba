#!/usr/bin/env node
import './node-version.ts';
import { existsSync, readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import type { CliDeps } from './cli/deps.ts';

/**
 * What is compiled is kept for the next call, in a folder of this user's: half of what a short command costs. Where nothing
 * can be written, nothing is kept.
 */
function keepCompiled(env: NodeJS.ProcessEnv): void {
  const cache = env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  // By the module's default: an older Node has no such name, and would fail before it is told so.
  nodeModule.enableCompileCache(env['NODE_COMPILE_CACHE'] || path.join(cache, 'opencx-freshdesk', 'compiled'));
}

function versionOf(packageFile: URL): string {
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return version;
}

/** Everything else is loaded by the command that needs it: `--help` and a typo need next to nothing. */
async function main(): Promise<void> {
  // Whoever reads the output has gone, as `head` does when it has enough: nobody is left to tell.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  if (existsSync('.env')) process.loadEnvFile('.env');
  const env = process.env;
  keepCompiled(env);
  const { runCli } = await import('./cli/program.ts');
  const { createTerminal } = await import('./cli/terminal.ts');
  const args = process.argv.slice(2);
  // With --json, standard error is for one object.
  const say = (line: string) => void (args.includes('--json') || process.stderr.write(`${line}\n`));
  const deps: CliDeps = {
    env,
    version: versionOf(new URL('../package.json', import.meta.url)),
    output: { out: (line) => void process.stdout.write(line), err: (line) => void process.stderr.write(line) },
    terminal: process.stdin.isTTY && process.stderr.isTTY ? createTerminal(process.stdin, process.stderr) : null,
    screen: process.stderr.isTTY ? process.stderr : null,
    onInterrupt(does) {
      process.once('SIGINT', does);
      return () => void process.removeListener('SIGINT', does);
    },
    async readInput() {
      const { text } = await import('node:stream/consumers');
      return text(process.stdin);
    },
    async open(how) {
      const { openForCli } = await import('./app/commands.ts');
      return openForCli(env, say, how);
    },
    async verify(account) {
      const { clientOf } = await import('./accounts/accounts.ts');
      return clientOf(account).verify();
    },
    async doctor(what) {
      const { examineForCli } = await import('./app/commands.ts');
      return examineForCli(env, what);
    },
    async serve(only) {
      const { serveUntilStopped } = await import('./app/serve-until-stopped.ts');
      return serveUntilStopped(env, only);
    },
  };
  const status = await runCli(deps, args);
  // A server that never answered is still being waited for somewhere below: what was said gets out first.
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((written) => void stream.write('', () => written()));
  process.exit(status);
}

if (import.meta.main) await main();
