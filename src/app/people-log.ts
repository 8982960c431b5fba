import { styleText } from 'node:util';

/** What the same trouble says again within this time is counted, not printed. */
const QUIET_MS = 60_000;

/** Of every line, and of no use to a person. */
const LEFT_OUT = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'msg',
  'from',
  'connection',
  'ticketId',
  'error',
  'sdkComponent',
]);

type Line = { level: number; time: number; msg: string } & Record<string, unknown>;
type Target = { write(text: string): unknown; isTTY?: boolean };

/**
 * Takes the lines of a JSON log and writes each for a person at a terminal: when, on which ticket, what, and the ids, numbers
 * and reasons that belong to it. What Temporal's client says again and again while the server is away is said once a minute.
 * Task tokens, stack frames and whatever is no plain value are left out.
 */
export function createPeopleLog(target: Target, now: () => number = Date.now): { write(line: string): void } {
  const quiet = new Map<string, { untilMs: number; more: number }>();

  function isRepeated({ level, msg, from }: Line): boolean {
    if (level < WARN) return false;
    const key = from === 'temporal' ? 'temporal' : msg;
    const known = quiet.get(key);
    if (known !== undefined && now() < known.untilMs) {
      known.more += 1;
      return true;
    }
    quiet.set(key, { untilMs: now() + QUIET_MS, more: 0 });
    return false;
  }

  return {
    write(text) {
      const line = parsed(text);
      if (line === null) return void target.write(text);
      const key = line['from'] === 'temporal' ? 'temporal' : line.msg;
      const before = quiet.get(key)?.more ?? 0;
      if (isRepeated(line)) return;
      target.write(`${inWords(line, before)}\n`);
    },
  };
}

const WARN = 40;
const ERROR = 50;

function inWords(line: Line, more: number): string {
  const { level, time, msg, from } = line;
  const { connection, ticketId } = line;
  const where = [
    ...(typeof ticketId === 'number' ? [`#${ticketId}`] : []),
    ...(typeof connection === 'string' && connection !== 'default' ? [connection] : []),
  ].join(' ');
  const mark = level >= ERROR ? styleText('red', 'error') : level >= WARN ? styleText('yellow', 'warning') : '';
  const said = from === 'temporal' ? `Temporal: ${msg}` : msg;
  const facts = [...factsOf(line), ...(more > 0 ? [`${more} more like it were left out`] : [])];
  return [styleText('dim', clock.format(time)), where, mark, said, facts.length === 0 ? '' : `(${facts.join(', ')})`]
    .filter((part) => part !== '')
    .join('  ');
}

const clock = new Intl.DateTimeFormat('sv-SE', { timeStyle: 'medium' });

function factsOf(line: Line): string[] {
  return Object.entries(line).flatMap(([name, value]) => {
    if (LEFT_OUT.has(name) || /token/i.test(name)) return [];
    if (Array.isArray(value)) return value.every(isPlain) && value.length > 0 ? [`${name} ${value.join(' ')}`] : [];
    if (!isPlain(value)) return [];
    return [`${name} ${typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value}`];
  });
}

function isPlain(value: unknown): value is string | number | boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || value === true;
}

function parsed(text: string): Line | null {
  try {
    const line: unknown = JSON.parse(text);
    const usable = typeof line === 'object' && line !== null && 'msg' in line && 'level' in line && 'time' in line;
    return usable ? (line as Line) : null;
  } catch {
    return null;
  }
}
