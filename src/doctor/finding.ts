import type { Verdict } from '../domain/verdict.ts';

export type CheckName =
  | 'database'
  | 'temporal'
  | 'search attributes'
  | 'storage'
  | 'model'
  | 'embeddings'
  | 'alerts'
  | 'disk'
  | 'workers'
  | 'attention'
  | 'connections'
  | 'clock'
  | 'pause'
  | 'knowledge'
  | 'who is answered'
  | 'autopilot'
  | 'key'
  | 'ticket scope'
  | 'creation rule'
  | 'update rule'
  | 'system rule'
  | 'rule order'
  | 'webhooks'
  | 'auto-assignment'
  | 'marker field'
  | 'routing'
  | 'resolve fields';

/** `connection` is null for what concerns them all. */
export type Finding = Verdict & { check: CheckName; connection: string | null };

/** What an error says, for the operator at the terminal; a connection that is refused has a code and no message. */
export function saidBy(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const parts = ['message', 'code', 'name'].map((part): unknown => Reflect.get(error, part));
  return parts.find((part): part is string => typeof part === 'string' && part !== '')?.replace(/\.$/, '') ?? 'unknown';
}
