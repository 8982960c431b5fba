import { useGroups } from '../parts/areas.ts';
import { ownZone } from '../words/zone.ts';
import { CHANNEL } from '../words/labels.ts';
import type { ReportFilters } from './report-filters.ts';
import styles from './Inbox.module.css';

type Props = { filters: ReportFilters; change: (changes: ReportFilters) => void };

/** Which conversations the reports are about. */
export function ReportFiltersBar({ filters, change }: Props) {
  const groups = useGroups();
  const day = (name: 'from' | 'to', label: string) => (
    <label className="label">
      {label}
      <input type="date" value={filters[name] ?? ''} onChange={({ target }) => change({ [name]: target.value })} />
    </label>
  );
  const word = (name: 'zone' | 'tag' | 'subject', label: string, hint: string) => (
    <label className="label">
      {label}
      <input
        defaultValue={filters[name] ?? ''}
        placeholder={hint}
        onBlur={({ target }) => change({ [name]: target.value.trim() })}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Enter') change({ [name]: currentTarget.value.trim() });
        }}
      />
    </label>
  );
  return (
    <section aria-label="Filters">
      <div className={styles.filters}>
        {day('from', 'From')}
        {day('to', 'to')}
        <label className="label">
          Channel
          <select value={filters.channel ?? ''} onChange={({ target }) => change({ channel: target.value })}>
            <option value="">Any channel</option>
            {Object.entries(CHANNEL).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label className="label">
          Mode
          <select value={filters.mode ?? ''} onChange={({ target }) => change({ mode: target.value })}>
            <option value="">Any mode</option>
            <option value="autopilot">Autopilot</option>
            <option value="assist">Assist</option>
          </select>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={filters.compare === 'true'}
            onChange={({ target }) => change({ compare: target.checked ? 'true' : '' })}
          />
          Beside the time before
        </label>
      </div>
      <details className={styles.more}>
        <summary>More filters</summary>
        <div className={styles.filters}>
          {word('zone', 'Time zone', ownZone())}
          {word('tag', 'Tag', 'any')}
          <label className="label">
            Group
            <select value={filters.group ?? ''} onChange={({ target }) => change({ group: target.value })}>
              <option value="">Any group</option>
              {withChosen(groups, filters.group).map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          {word('subject', 'Subject area', 'any')}
        </div>
      </details>
    </section>
  );
}

/** What the address names can be seen, also where the account has no such group, or is not read yet. */
function withChosen(
  groups: readonly { id: number; name: string }[],
  chosen: string | undefined,
): { id: string; name: string }[] {
  const all = groups.map(({ id, name }) => ({ id: String(id), name }));
  return chosen === undefined || all.some(({ id }) => id === chosen)
    ? all
    : [...all, { id: chosen, name: `Group ${chosen}` }];
}
