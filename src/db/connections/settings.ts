import { settingsSchema } from '../../contract/settings.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../domain/settings.ts';
import { didYouMean } from '../did-you-mean.ts';

/** Somebody else has changed them since they were read. */
export class SettingsChanged extends Error {
  constructor(connectionId: string) {
    super(
      `The settings of ${connectionId} were changed since you read them. Nothing was stored: read them again, and decide anew.`,
    );
    this.name = 'SettingsChanged';
  }
}

/** `path` is dotted, such as `channels.email.mode`; empty for the settings as a whole. */
export type SettingsProblem = { path: string; message: string };

/** Settings that were not taken, with everything that is wrong about them. */
export class InvalidSettings extends Error {
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super(problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
    this.name = 'InvalidSettings';
    this.problems = problems;
  }
}

/**
 * What is stored, with the defaults filled in. Keys this version does not know are left out, so that an older version
 * still runs on a newer one's rows; a value it cannot use throws InvalidSettings rather than becoming a default.
 */
export function parseStoredSettings(stored: unknown): Settings {
  const text = JSON.stringify(stored);
  const settings = parsed.get(text) ?? check(merge(DEFAULT_SETTINGS, known(stored, DEFAULT_SETTINGS)));
  if (parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(text, settings);
  return settings;
}

/** By what is stored, so that each reading of a row (E12) gets what stands in it. */
const parsed = new Map<string, Settings>();
const MOST_PARSED = 100;

/**
 * Merges a patch into what is stored: objects deeply, arrays and `handoff.routing` as a whole, null switches a text off.
 * Returns what to store, without the defaults, and the settings in force. Throws InvalidSettings with every problem.
 */
export function mergeSettings(
  stored: unknown,
  patch: unknown,
): { stored: Record<string, unknown>; settings: Settings } {
  if (!isObject(patch)) throw new InvalidSettings([{ path: '', message: 'settings must be a JSON object' }]);
  const merged = merge(known(stored, DEFAULT_SETTINGS), patch);
  const settings = check(merge(DEFAULT_SETTINGS, merged));
  return { stored: isObject(merged) ? merged : {}, settings };
}

function check(candidate: unknown): Settings {
  const result = settingsSchema.safeParse(candidate);
  if (result.success) return result.data;
  throw new InvalidSettings(
    result.error.issues.flatMap((issue) => {
      const path = issue.path.map(String);
      if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
      const siblings = at(DEFAULT_SETTINGS, path);
      const names = isObject(siblings) && !('kind' in siblings) ? Object.keys(siblings) : [];
      return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: notASetting(key, names) }));
    }),
  );
}

function notASetting(key: string, names: readonly string[]): string {
  return names.length === 0
    ? 'is not a setting'
    : `is not a setting; known here: ${names.join(', ')}.${didYouMean(key, names)}`;
}

function merge(base: unknown, patch: unknown, path: readonly string[] = []): unknown {
  // Half of one routing and half of another would send tickets to a target nobody chose.
  if (!isObject(base) || !isObject(patch) || path.join('.') === 'handoff.routing') return patch;
  const entries = Object.keys({ ...base, ...patch }).map((key) => {
    if (!Object.hasOwn(patch, key)) return [key, base[key]];
    return [key, Object.hasOwn(base, key) ? merge(base[key], patch[key], [...path, key]) : patch[key]];
  });
  return Object.fromEntries(entries);
}

/** The part of `stored` that has a place in `template`. */
function known(stored: unknown, template: unknown): unknown {
  if (!isObject(template)) return stored;
  if (!isObject(stored)) return {};
  if ('kind' in template) return stored;
  return Object.fromEntries(
    Object.keys(template)
      .filter((key) => Object.hasOwn(stored, key))
      .map((key) => [key, known(stored[key], template[key])]),
  );
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
