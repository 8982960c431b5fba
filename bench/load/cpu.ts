import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second, as Linux tells them to programs on every machine. */
const TICKS = 100;

type Used = { pid: number; parent: number; own: number; ended: number; command: string };

function* processes(): Generator<Used> {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      // The name in parentheses may hold spaces: count the fields from behind it.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [, parent = 0] = fields;
      const seconds = (from: number) => ((fields[from] ?? 0) + (fields[from + 1] ?? 0)) / TICKS;
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
      yield { pid: Number(entry), parent, own: seconds(11), ended: seconds(13), command };
    } catch {
      // ended meanwhile
    }
  }
}

/**
 * CPU seconds used so far by the processes whose command line fits, and by their children, those that have ended included.
 * Linux only.
 */
export function cpuSeconds(fits: (command: string) => boolean): number {
  const all = [...processes()];
  const counted = new Set(all.filter(({ command, pid }) => pid !== process.pid && fits(command)).map(({ pid }) => pid));
  for (let before = -1; before !== counted.size;) {
    before = counted.size;
    for (const { pid, parent } of all) if (counted.has(parent)) counted.add(pid);
  }
  return all.reduce((sum, { pid, own, ended }) => (counted.has(pid) ? sum + own + ended : sum), 0);
}
