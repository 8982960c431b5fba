import type { AttentionItem } from '../domain/attention.ts';
import { diskTrouble, sizeInWords, type Space } from '../domain/machine.ts';
import { failed, ok, type Verdict, warning } from '../domain/verdict.ts';
import { saidBy } from './finding.ts';

/** C6: the disks that the product writes to, on this machine. */
export async function checkDisks(disks: () => Promise<{ folder: string; space: Space }[]>): Promise<Verdict> {
  try {
    const all = await disks();
    for (const { folder, space } of all) {
      const said = diskTrouble(folder, space);
      if (said !== null) return failed(said.what, said.whatToDo);
    }
    const rooms = all.map(({ folder, space }) => `${sizeInWords(space.free)} are free on the disk of ${folder}`);
    return ok(rooms.length === 0 ? 'No disk of this machine is used.' : `There is room: ${rooms.join(', ')}.`);
  } catch (error) {
    return warning(`The disks could not be looked at: ${saidBy(error)}.`, 'Look with df how much is free.');
  }
}

/** C6: whether anybody works. `idle`: the task queues that no worker asks for work. */
export async function checkWorkers(idle: () => Promise<string[]>): Promise<Verdict> {
  try {
    const queues = await idle();
    if (queues.length === 0) return ok('The service runs: workers ask for work on every task queue.');
    return failed(
      `No worker asks for work on the task ${queues.length === 1 ? 'queue' : 'queues'} ${queues.join(', ')}: tickets wait.`,
      'Start the service (npm start, or serve --only worker). One that was stopped a moment ago still counts for two minutes.',
    );
  } catch (error) {
    return warning(`Temporal does not say who works: ${saidBy(error)}.`, 'Run doctor again.');
  }
}

/** What has a line of its own here is not said twice. */
const SAID_ELSEWHERE: ReadonlySet<AttentionItem['kind']> = new Set<AttentionItem['kind']>([
  'broken_connection',
  'webhook_rules',
  'temporal_unreachable',
  'disk_space',
  'clock_off',
]);

/** C6: what waits for a person. */
export async function checkAttention(items: () => Promise<AttentionItem[]>): Promise<Verdict> {
  try {
    const all = (await items()).filter(({ kind }) => !SAID_ELSEWHERE.has(kind));
    if (all.length === 0) return ok('Nothing else needs a person.');
    const kinds = [...Map.groupBy(all, ({ kind }) => kind)].map(([kind, of]) => {
      const tickets = of.flatMap(({ ticketId }) => ticketId ?? []);
      const which =
        tickets.length === 0 ? '' : ` (tickets ${tickets.slice(0, 5).join(', ')}${tickets.length > 5 ? ' …' : ''})`;
      return `${of.length} × ${kind}${which}`;
    });
    return warning(`Something needs a person: ${kinds.join('; ')}.`, '"attention" says of each what to do.');
  } catch (error) {
    return warning(`What needs a person could not be read: ${saidBy(error)}.`, 'Run doctor again.');
  }
}
