import { didYouMean } from '../db/did-you-mean.ts';
import type { Settings } from '../domain/settings.ts';

/** The value at a dotted path. Throws when there is no such setting. */
export function valueAt(settings: Settings, path: string): unknown {
  const value = path
    .split('.')
    .reduce<unknown>(
      (inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
      settings,
    );
  if (value !== undefined) return value;
  const meant = didYouMean(path, pathsOf(settings));
  throw new Error(`There is no setting "${path}".${meant} "settings get" prints all of them.`);
}

/** A value as `settings set` takes it: a text bare where it is not read as something else, all the rest as JSON. */
export function asTyped(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    JSON.parse(value);
    return JSON.stringify(value);
  } catch {
    return value;
  }
}

function pathsOf(value: unknown, path: readonly string[] = []): string[] {
  const own = path.length === 0 ? [] : [path.join('.')];
  if (!isObject(value) || Array.isArray(value)) return own;
  return [...own, ...Object.keys(value).flatMap((name) => pathsOf(value[name], [...path, name]))];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
