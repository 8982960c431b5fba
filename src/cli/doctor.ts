import type { Command } from 'commander';
import type { Finding } from '../doctor/finding.ts';
import type { CliDeps } from './deps.ts';
import { stressed } from './colour.ts';
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
    words: ({ findings }) => findings.map(line).join('') + summary(findings),
    complaint: ({ ok }) => (ok ? null : new AlreadySaid()),
  });
}

/** How many came to what, the worst first. */
function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['status']) => findings.filter(({ status }) => status === wanted).length;
  const [wrong, doubtful, fine] = [count('failed'), count('warning'), count('ok')];
  const parts = [
    ...(wrong === 0 ? [] : [`${wrong} failed`]),
    ...(doubtful === 0 ? [] : [`${doubtful} ${doubtful === 1 ? 'warning' : 'warnings'}`]),
    `${fine} ok`,
  ];
  return `\n${findings.length} checks: ${parts.join(', ')}.\n`;
}

function line({ status, connection, check, reason, fix }: Finding): string {
  const where = connection === null ? check : `${connection}: ${check}`;
  return `${stressed(COLOURS[status], status)}${' '.repeat(8 - status.length)}${where}: ${reason}${fix === null ? '' : ` → ${fix}`}\n`;
}

const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red' } as const satisfies Record<Finding['status'], string>;
