import type { Settings } from '../api/wire.ts';

/** A setting by its path; what has a form of its own is a value as a whole. */
export type Leaf = { path: string; value: unknown };
/** What has been changed on the page and is not saved: new values by path. */
export type Changes = ReadonlyMap<string, unknown>;

const WHOLE = new Set(['handoff.routing', 'handoff.officeHours']);

/** Every setting there is. */
export function leavesOf(settings: Settings): Leaf[] {
  const walk = (value: unknown, path: string): Leaf[] =>
    isBranch(value) && !WHOLE.has(path)
      ? Object.entries(value).flatMap(([key, inner]) => walk(inner, path === '' ? key : `${path}.${key}`))
      : [{ path, value }];
  return walk(settings, '');
}

/** The settings with the changes in them; also the PATCH of the changes alone, applied to `{}`. */
export function withChanges<T extends object>(settings: T, changes: Changes): T {
  const result = structuredClone(settings) as Record<string, unknown>;
  for (const [path, value] of changes) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at = result;
    for (const key of keys) {
      const inner = at[key];
      const branch = isBranch(inner) ? inner : {};
      at[key] = branch;
      at = branch;
    }
    at[last] = value;
  }
  return result as T;
}

/** The same with one more change; none where it is as it was. */
export function changed(changes: Changes, settings: Settings, path: string, value: unknown): Changes {
  const next = new Map(changes);
  if (sameValue(valueAt(settings, path), value)) next.delete(path);
  else next.set(path, value);
  return next;
}

export function valueAt(settings: object, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (isBranch(at) ? at[key] : undefined), settings);
}

export function sameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
