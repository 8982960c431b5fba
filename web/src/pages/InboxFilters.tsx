import { HANDOFF_REASONS, shortReason } from '../../../src/domain/handoff.ts';
import type { Counts } from '../api/wire.ts';
import { CHANNEL, FATE, OWNER, SORT, STATUS } from '../words/labels.ts';
import { OUTCOME_NAME } from '../words/reports.ts';
import { count } from '../words/numbers.ts';
import type { FilterName, Filters } from './inbox-filters.ts';
import styles from './Inbox.module.css';

type Props = { filters: Filters; counts: Counts | undefined; change: (changes: Filters) => void };
type Choice = { value: string; label: string; count?: number | undefined };

/** The filters, each with how many tickets it would show. */
export function InboxFilters({ filters, counts, change }: Props) {
  const select = (name: FilterName, label: string, any: string, choices: readonly Choice[]) => (
    <Select
      label={label}
      any={any}
      value={filters[name] ?? ''}
      choices={choices}
      change={(value) => change({ [name]: value })}
    />
  );
  return (
    <section aria-label="Filters" data-filters>
      <div className={styles.filters}>
        {select('status', 'Status', 'Any status', choicesOf(STATUS, counts?.status))}
        {select('owner', 'Assigned to', 'Anybody', choicesOf(OWNER, counts?.owner))}
        {select('channel', 'Channel', 'Any channel', choicesOf(CHANNEL, counts?.channel))}
        {select('draft', 'Draft', 'With or without', [
          { value: 'open', label: FATE.open, count: counts?.openDrafts },
          ...choicesOf(FATE).filter(({ value }) => value !== 'open'),
        ])}
        <Select
          label="Order"
          any={SORT.changed}
          value={filters.sort ?? ''}
          choices={choicesOf(SORT).filter(({ value }) => value !== 'changed')}
          change={(value) => change({ sort: value })}
        />
        <Flag name="waiting" label="Waits for the AI" filters={filters} count={counts?.waiting} change={change} />
        <Flag name="held" label="Held" filters={filters} count={counts?.held} change={change} />
      </div>
      <details className={styles.more}>
        <summary>More filters</summary>
        <div className={styles.filters}>
          {select(
            'reason',
            'Handed off for',
            'Any reason',
            HANDOFF_REASONS.map((value) => ({ value, label: shortReason(value) })),
          )}
          {select('outcome', 'Outcome', 'Any outcome', choicesOf(OUTCOME_NAME))}
          {select(
            'group',
            'Group',
            'Any group',
            (counts?.groups ?? []).map(({ id, name, count: many }) => ({
              value: String(id),
              label: name ?? `Group ${id}`,
              count: many,
            })),
          )}
          {select(
            'tag',
            'Tag',
            'Any tag',
            (counts?.tags ?? []).map(({ tag, count: many }) => ({ value: tag, label: tag, count: many })),
          )}
          <Day name="from" label="Created from" filters={filters} change={change} />
          <Day name="to" label="to" filters={filters} change={change} />
        </div>
      </details>
      <Chosen filters={filters} change={change} />
    </section>
  );
}

function choicesOf<Key extends string>(
  labels: Readonly<Record<Key, string>>,
  counts?: Readonly<Record<Key, number>>,
): Choice[] {
  return (Object.keys(labels) as Key[]).map((value) => ({ value, label: labels[value], count: counts?.[value] }));
}

type SelectProps = {
  label: string;
  any: string;
  value: string;
  choices: readonly Choice[];
  change: (value: string) => void;
};

function Select({ label, any, value, choices, change }: SelectProps) {
  const known = value === '' || choices.some((choice) => choice.value === value);
  return (
    <label className="label">
      {label}
      <select value={value} onChange={(event) => change(event.target.value)}>
        <option value="">{any}</option>
        {!known && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
            {choice.count === undefined ? '' : ` (${count(choice.count)})`}
          </option>
        ))}
      </select>
    </label>
  );
}

type FieldProps<Name> = { name: Name; label: string; filters: Filters; change: (changes: Filters) => void };

function Flag({
  name,
  label,
  filters,
  count: many,
  change,
}: FieldProps<'waiting' | 'held'> & { count: number | undefined }) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={filters[name] === 'true'}
        onChange={({ target: { checked } }) => change({ [name]: checked ? 'true' : '' })}
      />
      {label}
      {many === undefined ? '' : ` (${count(many)})`}
    </label>
  );
}

function Day({ name, label, filters, change }: FieldProps<'from' | 'to'>) {
  return (
    <label className="label">
      {label}
      <input type="date" value={filters[name] ?? ''} onChange={({ target: { value } }) => change({ [name]: value })} />
    </label>
  );
}

const NAMES: Partial<Record<FilterName, string>> = {
  q: 'Search',
  contact: 'Contact',
  connection: 'Account',
  reason: 'Handed off for',
  outcome: 'Outcome',
  group: 'Group',
  tag: 'Tag',
  from: 'From',
  to: 'To',
};

/** The filters that no field in view shows, each with the way to take it away. */
function Chosen({ filters, change }: Pick<Props, 'filters' | 'change'>) {
  const chosen = (Object.keys(NAMES) as FilterName[]).filter((name) => filters[name] !== undefined);
  if (chosen.length === 0) return null;
  return (
    <div className={styles.chosen}>
      {chosen.map((name) => (
        <button key={name} type="button" onClick={() => change({ [name]: '' })} dir="auto">
          {NAMES[name]}: {filters[name]} <span aria-hidden="true">×</span>
          <span className="hidden">, take this filter away</span>
        </button>
      ))}
    </div>
  );
}
