import type { ReactNode } from 'react';
import styles from './Settings.module.css';

type Named = readonly { id: number; name: string }[];
type OneProps = {
  value: unknown;
  named: Named;
  /** What stands there while none is chosen. */
  none: string;
  set: (id: number | null) => void;
  id?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true | undefined;
};

/** One of what the account has, by name. */
export function NamedId({ value, named, none, set, ...common }: OneProps) {
  const chosen = typeof value === 'number' && value !== 0 ? value : null;
  return (
    <select
      {...common}
      value={chosen ?? ''}
      onChange={({ target }) => set(target.value === '' ? null : Number(target.value))}
    >
      <option value="">{none}</option>
      {withUnknown(named, chosen === null ? [] : [chosen]).map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

type SomeProps = {
  label: ReactNode;
  about: string;
  value: readonly unknown[];
  named: Named;
  set: (ids: unknown[]) => void;
};

/** Any of what the account has, by name. */
export function NamedIds({ label, about, value, named, set }: SomeProps) {
  return (
    <fieldset className={styles.named} aria-describedby={about}>
      <legend>{label}</legend>
      {withUnknown(named, value).map(({ id, name }) => (
        <label key={id} className="check">
          <input
            type="checkbox"
            checked={value.includes(id)}
            onChange={({ target: { checked } }) => set(checked ? [...value, id] : value.filter((one) => one !== id))}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

/** What is set and not in the account any more can be seen, and taken away. */
function withUnknown(named: Named, value: readonly unknown[]): Named {
  const unknown = value.filter((id): id is number => typeof id === 'number' && !named.some((one) => one.id === id));
  return [...named, ...unknown.map((id) => ({ id, name: `Number ${id}, not in the account` }))];
}
