import type { Command } from 'commander';
import type { Finding } from '../doctor/finding.ts';
import type { CliDeps } from './deps.ts';
import { AlreadySaid, type Given, subcommand } from './subcommand.ts';

type Options = { connection?: string; testAlert?: true };

/** C6: why it is not working, line by line. Exit status 1 when something failed. */
export function doctorCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'doctor',
    about: 'say line by line what works, what does not, and how to mend it',
    examples: ['doctor', 'doctor --connection shop', 'doctor --test-alert', 'doctor --json'],
    takes: (doctor) =>
      doctor
        .option('--connection <id>', 'look at this connection alone (default: at all of them)')
        .option('--test-alert', 'send a test message to ALERT_WEBHOOK_URL as well'),
    async run({ options: { connection, testAlert } }: Given<Options>) {
      const findings = await deps.doctor({ connectionId: connection ?? null, testAlert: testAlert === true });
      return { ok: findings.every(({ status }) => status !== 'failed'), findings };
    },
    words: ({ findings }) => findings.map(line).join(''),
    complaint: ({ ok }) => (ok ? null : new AlreadySaid()),
  });
}

function line({ status, connection, check, reason, fix }: Finding): string {
  const where = connection === null ? check : `${connection}: ${check}`;
  return `${status.padEnd(8)}${where}: ${reason}${fix === null ? '' : ` → ${fix}`}\n`;
}
