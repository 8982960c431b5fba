import { ownZone } from '../words/zone.ts';
import type { OfficeHours as Hours, Weekday } from '../../../src/domain/settings.ts';
import styles from './Settings.module.css';

const DAYS: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
type Shift = Hours['shifts'][number];

const USUAL: Omit<Hours, 'timezone'> = {
  outside: 'handoff',
  shifts: [{ days: DAYS.slice(0, 5), start: '09:00', end: '17:00' }],
  holidays: [],
};

/** When somebody is there: a zone, shifts by weekday, days off. */
export function OfficeHours({
  value,
  about,
  set,
}: {
  value: unknown;
  about: string;
  set: (value: Hours | null) => void;
}) {
  const hours = value as Hours | null;
  return (
    <fieldset className={styles.hours} aria-describedby={about}>
      <legend>Office hours</legend>
      <label className="check">
        <input
          type="checkbox"
          checked={hours !== null}
          onChange={({ target: { checked } }) => set(checked ? { timezone: ownZone(), ...USUAL } : null)}
        />
        There are office hours
      </label>
      {hours !== null && <Week hours={hours} set={set} />}
    </fieldset>
  );
}

function Week({ hours, set }: { hours: Hours; set: (value: Hours) => void }) {
  const setShift = (nth: number, shift: Shift | null) =>
    set({ ...hours, shifts: hours.shifts.flatMap((one, at) => (at !== nth ? [one] : shift === null ? [] : [shift])) });
  return (
    <>
      <div className="row">
        <label className="label">
          Time zone
          <input
            list="time-zones"
            value={hours.timezone}
            onChange={({ target }) => set({ ...hours, timezone: target.value })}
          />
        </label>
        <datalist id="time-zones">
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone}>
              {zone}
            </option>
          ))}
        </datalist>
        <label className="label">
          Outside of them
          <select
            value={hours.outside}
            onChange={({ target }) => set({ ...hours, outside: target.value as Hours['outside'] })}
          >
            <option value="handoff">hand over to people</option>
            <option value="answer">answer all the same</option>
          </select>
        </label>
      </div>
      {hours.shifts.map((shift, nth) => (
        <ShiftRow key={nth} nth={nth + 1} shift={shift} set={(next) => setShift(nth, next)} />
      ))}
      <div>
        <button
          type="button"
          onClick={() =>
            set({ ...hours, shifts: [...hours.shifts, { days: ['saturday'], start: '10:00', end: '14:00' }] })
          }
        >
          Another shift
        </button>
      </div>
      <label className="label">
        Days off, one a line, such as 2026-12-25
        <textarea
          rows={2}
          value={hours.holidays.join('\n')}
          onChange={({ target }) => set({ ...hours, holidays: target.value.split(/\s*\n\s*/) })}
          onBlur={() => set({ ...hours, holidays: hours.holidays.filter((day) => day !== '') })}
        />
      </label>
    </>
  );
}

function ShiftRow({ nth, shift, set }: { nth: number; shift: Shift; set: (shift: Shift | null) => void }) {
  const time = (end: 'start' | 'end', label: string) => (
    <label className="label">
      {label}
      <input
        className={styles.time}
        value={shift[end]}
        placeholder="09:00"
        onChange={({ target }) => set({ ...shift, [end]: target.value })}
      />
    </label>
  );
  return (
    <fieldset className={styles.shift}>
      <legend>Shift {nth}</legend>
      <div className="row">
        {DAYS.map((day) => (
          <label key={day} className="check">
            <input
              type="checkbox"
              checked={shift.days.includes(day)}
              onChange={({ target: { checked } }) =>
                set({ ...shift, days: DAYS.filter((one) => (one === day ? checked : shift.days.includes(one))) })
              }
            />
            <abbr title={day}>{day.slice(0, 2)}</abbr>
          </label>
        ))}
      </div>
      <div className="row">
        {time('start', 'From')}
        {time('end', 'to')}
        <button type="button" onClick={() => set(null)}>
          Remove<span className="hidden"> shift {nth}</span>
        </button>
      </div>
    </fieldset>
  );
}
