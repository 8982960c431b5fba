import { now } from '../api/call.ts';
import { span } from '../words/numbers.ts';

/** How long ago; the exact time on hover. By the service's clock, whatever the browser's says. */
export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exact(at)}>
      {span(Date.parse(at), now())}
    </time>
  );
}

/** Day and time in the reader's zone. */
export function At({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exact(at)}>
      {new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
    </time>
  );
}

function exact(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' });
}
