import { type CliDeps, runCli } from '../../src/cli/program.ts';

/** Runs a command line and gives back its exit status and what it printed. What a test does not give must not be used. */
export async function cli(args: readonly string[], deps: Partial<CliDeps> = {}) {
  const printed = { out: '', err: '' };
  const unexpected = (what: string) => () => Promise.reject(new Error(`this command must not ${what}`));
  const status = await runCli(
    {
      env: {},
      output: { out: (text) => void (printed.out += text), err: (text) => void (printed.err += text) },
      readInput: unexpected('read standard input'),
      open: unexpected('open the database'),
      verify: unexpected('ask Freshdesk'),
      serve: unexpected('serve'),
      ...deps,
    },
    args,
  );
  return { status, ...printed };
}
