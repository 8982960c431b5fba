import { pino } from 'pino';
import { installRuntime } from '../src/temporal/runtime.ts';

/**
 * What Temporal logs, as the product lets it through. Import this first, instead of quiet.ts, in tests that read the log: the
 * runtime can be installed once, before anything uses it.
 */
export const temporalLines: string[] = [];

installRuntime(pino({ level: 'trace' }, { write: (line: string) => void temporalLines.push(line) }));
