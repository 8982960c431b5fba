import { styleText } from 'node:util';

/**
 * A text that stands out on a terminal. Plain where standard output is none, in a terminal without colours (TERM=dumb), and
 * with NO_COLOR.
 */
export function stressed(how: 'bold' | 'dim' | 'red' | 'yellow' | 'green', text: string): string {
  return styleText(how, text, { stream: process.stdout });
}
