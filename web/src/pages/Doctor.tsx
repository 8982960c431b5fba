import { useMutation } from '@tanstack/react-query';
import { type Answer, call } from '../api/call.ts';
import { useMayWrite } from '../api/signed.ts';
import { Trouble } from '../parts/Loaded.tsx';
import styles from './Attention.module.css';

type Finding = Answer<'examine'>['items'][number];

const STATUS: Readonly<Record<Finding['status'], readonly [words: string, look: string]>> = {
  failed: ['Fails', 'bad'],
  warning: ['To look at', 'warn'],
  ok: ['In order', 'good'],
};
const ORDER = Object.keys(STATUS);

/** Whether everything works, and what to do about what does not; what fails stands first. */
export function Doctor() {
  const mayWrite = useMayWrite();
  const examine = useMutation({ mutationFn: () => call('examine', { body: { connection: null } }) });
  if (!mayWrite) return null;
  const found = (examine.data?.items ?? []).toSorted(
    (one, other) => ORDER.indexOf(one.status) - ORDER.indexOf(other.status),
  );
  return (
    <section className="card" aria-labelledby="doctor">
      <div className="head">
        <h2 id="doctor">Does everything work?</h2>
        <button type="button" disabled={examine.isPending} onClick={() => examine.mutate()}>
          {examine.isPending ? 'Looking' : 'Look'}
        </button>
      </div>
      {examine.error !== null && <Trouble error={examine.error} />}
      <output>
        {examine.data !== undefined && (
          <ul className={styles.items}>
            {found.map(({ check, connection, status, reason, fix }) => (
              <li key={`${check} ${connection} ${reason}`} data-check={check}>
                <strong className={STATUS[status][1]}>{STATUS[status][0]}</strong>: {check}
                {connection !== null && ` (${connection})`}. {reason}
                {fix !== null && <div className="faint">{fix}</div>}
              </li>
            ))}
          </ul>
        )}
      </output>
    </section>
  );
}
