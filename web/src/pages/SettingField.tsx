import { type ReactNode, useId, useState } from 'react';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import type { Settings } from '../api/wire.ts';
import { At } from '../parts/When.tsx';
import { CHANNEL } from '../words/labels.ts';
import { type Explained, explainedSetting } from '../words/settings.ts';
import { OfficeHours } from './OfficeHours.tsx';
import { NamedId, NamedIds } from './NamedIds.tsx';
import { RoutingField } from './RoutingField.tsx';
import { type Changed, namedFor, type Names } from './settings-names.ts';
import { sameValue, valueAt } from './settings-values.ts';
import styles from './Settings.module.css';

type Props = {
  path: string;
  settings: Settings;
  isChanged: boolean;
  /** What the service says is wrong with it. */
  error: string | null;
  /** Names for Freshdesk's ids, where they are known. */
  names: Names;
  /** When it was last changed, where that is known. */
  history: Changed | undefined;
  set: (path: string, value: unknown) => void;
};

/** One setting: its name, what it does, its default, and the way back to that. */
export function SettingField({ path, settings, isChanged, error, names, history, set }: Props) {
  const id = useId();
  const explained = explainedSetting(path);
  const value = valueAt(settings, path);
  const standard = valueAt(DEFAULT_SETTINGS, path);
  const channel = /^channels\.(\w+)\./.exec(path)?.[1];
  const label = channel === undefined ? explained.label : `${nameOf(channel)}: ${explained.label}`;
  const about = `${id}-about`;
  return (
    <div className={isChanged ? styles.changed : undefined} data-setting={path}>
      <Control
        {...{ path, names, id, about, label, explained, value, standard, invalid: error !== null }}
        set={(next) => set(path, next)}
      />
      <p id={about} className="small faint">
        {explained.about !== undefined && <>{explained.about} </>}
        <code>{path}</code>
        {standard !== undefined && <> · default: {inWords(standard, explained)}</>}
        {history !== undefined && (
          <>
            {' '}
            · changed <At at={history.at} /> by {history.by}
          </>
        )}
        {standard !== undefined && !sameValue(value, standard) && (
          <button type="button" className="quiet" onClick={() => set(path, standard)}>
            Back to the default<span className="hidden"> of {label}</span>
          </button>
        )}
      </p>
      {error !== null && (
        <p className="bad" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function nameOf(channel: string): string {
  return CHANNEL[channel as keyof typeof CHANNEL] ?? channel;
}

function inWords(value: unknown, { choices, unit }: Explained): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value === 'object') return Object.values(value).join(' ');
  const words = typeof value === 'string' ? (choices?.[value] ?? `“${value}”`) : JSON.stringify(value);
  return unit === undefined ? words : `${words} ${unit}`;
}

type ControlProps = {
  path: string;
  names: Names;
  id: string;
  about: string;
  label: string;
  explained: Explained;
  value: unknown;
  standard: unknown;
  invalid: boolean;
  set: (value: unknown) => void;
};

function Control({ path, names, id, about, label, explained, value, standard, invalid, set }: ControlProps) {
  const { choices, unit, kind } = explained;
  const named = namedFor(path, names);
  const common = { id, 'aria-describedby': about, 'aria-invalid': invalid || undefined };
  const labelled = (control: ReactNode) => (
    <>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <span className="row">
        {control}
        {unit !== undefined && <span>{unit}</span>}
      </span>
    </>
  );
  if (path === 'handoff.officeHours') return <OfficeHours value={value} about={about} set={set} />;
  if (isRouting(value)) return <RoutingField {...{ id, about, label, value, names, set }} />;
  if (typeof value === 'boolean')
    return (
      <label className="check">
        <input type="checkbox" {...common} checked={value} onChange={({ target: { checked } }) => set(checked)} />
        {label}
      </label>
    );
  if (named !== null && Array.isArray(value)) return <NamedIds {...{ label, about, value, named, set }} />;
  if (named !== null) return labelled(<NamedId {...common} value={value} named={named} none="None" set={set} />);
  if (choices !== undefined)
    return labelled(
      <select {...common} value={String(value)} onChange={({ target }) => set(target.value)}>
        {Object.entries(choices).map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>,
    );
  if (Array.isArray(value)) return labelled(<Lines {...common} value={value} ids={path.endsWith('Ids')} set={set} />);
  if (kind === 'text' || (kind !== 'number' && typeof standard === 'string'))
    return labelled(
      <textarea
        {...common}
        rows={2}
        value={typeof value === 'string' ? value : ''}
        onChange={({ target }) => set(target.value === '' ? null : target.value)}
      />,
    );
  return labelled(<NumberOrWord {...common} value={value} set={set} />);
}

function isRouting(value: unknown): value is { kind: string } {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

type InputProps = {
  id: string;
  'aria-describedby': string;
  'aria-invalid': true | undefined;
  set: (value: unknown) => void;
};

/** What is typed stays as it was typed: `0.` on the way to `0.5`. What is no number is sent as it is, and refused in words. */
function NumberOrWord({ value, set, ...common }: InputProps & { value: unknown }) {
  const [typed, type] = useState<string | null>(null);
  const given = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const shown = typed !== null && sameValue(numberIn(typed), value) ? typed : given;
  return (
    <input
      {...common}
      className={styles.number}
      inputMode="decimal"
      value={shown}
      onChange={({ target }) => {
        type(target.value);
        set(numberIn(target.value));
      }}
    />
  );
}

function numberIn(text: string): unknown {
  if (text.trim() === '') return null;
  const value = Number(text.replace(',', '.'));
  return Number.isNaN(value) ? text : value;
}

/** A list, a line for each entry. */
function Lines({ value, ids, set, ...common }: InputProps & { value: readonly unknown[]; ids: boolean }) {
  const [typed, type] = useState<string | null>(null);
  const entries = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => (ids ? numberIn(line) : line));
  const shown = typed !== null && sameValue(entries(typed), value) ? typed : value.join('\n');
  return (
    <textarea
      {...common}
      rows={Math.min(8, Math.max(2, value.length + 1))}
      value={shown}
      onChange={({ target }) => {
        type(target.value);
        set(entries(target.value));
      }}
    />
  );
}
