import type { Command } from 'commander';
import type { Finding } from '../doctor/finding.ts';
import { AlreadySaid, type CliDeps, command, toJson, withJson } from './common.ts';

/** C6: why it is not working, line by line. Exit status 1 when something failed. */
export function doctorCommand(deps: CliDeps): Command {
  const doctor = command('doctor', 'say line by line what works, what does not, and how to mend it', [
    'doctor',
    'doctor --connection shop',
    'doctor --test-alert',
    'doctor --json',
  ])
    .option('--connection <id>', 'look at this connection alone (default: at all of them)')
    .option('--test-alert', 'send a test message to ALERT_WEBHOOK_URL as well');
  return withJson(doctor).action(async ({ connection, testAlert, json }: DoctorOptions) => {
    const findings = await deps.doctor({ connectionId: connection ?? null, testAlert: testAlert === true });
    const bad = findings.filter(({ status }) => status === 'failed').length;
    deps.output.out(json ? toJson({ ok: bad === 0, findings }) : findings.map(line).join(''));
    if (bad > 0) throw new AlreadySaid();
  });
}

type DoctorOptions = { connection?: string; testAlert?: true; json?: true };

function line({ status, connection, check, reason, fix }: Finding): string {
  const where = connection === null ? check : `${connection}: ${check}`;
  return `${status.padEnd(8)}${where}: ${reason}${fix === null ? '' : ` → ${fix}`}\n`;
}
