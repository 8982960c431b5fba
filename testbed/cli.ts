import type { CliDeps, Opened } from '../src/cli/deps.ts';
import { runCli } from '../src/cli/program.ts';
import { DEFAULT_SETTINGS } from '../src/domain/settings.ts';

/** What a test does not give must not be used. */
export function cliDeps(given: Partial<CliDeps> = {}): CliDeps {
  const unexpected = (what: string) => () => Promise.reject(new Error(`this command must not ${what}`));
  return {
    env: {},
    version: '1.2.3',
    output: { out: () => undefined, err: () => undefined },
    terminal: null,
    screen: null,
    onInterrupt: () => () => undefined,
    readInput: unexpected('read standard input'),
    open: unexpected('open the database'),
    verify: unexpected('ask Freshdesk'),
    doctor: unexpected('examine anything'),
    serve: unexpected('serve'),
    ...given,
  };
}

/** Runs a command line and gives back its exit status and what it printed. */
export async function cli(args: readonly string[], deps: Partial<CliDeps> = {}) {
  const printed = { out: '', err: '' };
  const output = {
    out: (text: string) => void (printed.out += text),
    err: (text: string) => void (printed.err += text),
  };
  const status = await runCli(cliDeps({ output, ...deps }), args);
  return { status, ...printed };
}

/** What a command opens; a part that a test does not give must not be used. */
export function opening(parts: Partial<Opened>): CliDeps['open'] {
  const unexpected = {
    get(target: Partial<Opened>, name: string | symbol): unknown {
      if (name in target || name === 'then') return Reflect.get(target, name); // awaiting it asks for "then"
      throw new Error(`this command must not use ${String(name)}`);
    },
  };
  const connections = { settings: async () => DEFAULT_SETTINGS } as Partial<Opened['connections']>;
  const given: Partial<Opened> = {
    connections: connections as Opened['connections'], // every connection is there
    close: async () => undefined,
    ...parts,
  };
  return async () => new Proxy(given, unexpected) as Opened;
}
