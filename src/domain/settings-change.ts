import type { Settings } from './settings.ts';

/** One setting as it was and as it is now; `path` is dotted, such as `channels.email.mode`. */
export type SettingsChange = { path: string; old: unknown; new: unknown };

/** What differs, setting by setting; lists, office hours and `handoff.routing` are one setting each. */
export function settingsChanges(before: Settings, after: Settings): SettingsChange[] {
  return differences(before, after, []);
}

function differences(before: unknown, after: unknown, path: readonly string[]): SettingsChange[] {
  if (isGroup(before) && isGroup(after))
    return Object.keys(after).flatMap((name) => differences(before[name], after[name], [...path, name]));
  return same(before, after) ? [] : [{ path: path.join('.'), old: before, new: after }];
}

/** Settings below settings; what has a kind or a timezone is a value. */
export function isGroup(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !('kind' in value) && !('timezone' in value);
}

function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  if (!isObject(one) || !isObject(other)) return Object.is(one, other);
  const names = Object.keys({ ...one, ...other });
  return names.every((name) => same(one[name], other[name]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
