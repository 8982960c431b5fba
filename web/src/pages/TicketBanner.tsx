import { RULES } from '../../../src/domain/glossary/rules.ts';
import { WRITES } from '../../../src/domain/glossary/outcomes.ts';
import type { Trace } from '../api/wire.ts';
import { Ago } from '../parts/When.tsx';
import { WriteState } from './DecisionCard.tsx';
import styles from './Ticket.module.css';

/** How the ticket stands in one line, and what is in the way. */
export function TicketBanner({ trace: { session, writes, waiting } }: { trace: Trace }) {
  const { decision } = session;
  const rule = decision.rule === null ? undefined : RULES[decision.rule as keyof typeof RULES];
  const unsure = writes.filter(({ state }) => state === 'unknown' || state === 'rejected');
  const bad = unsure.length > 0 || decision.kind === 'handoff_refused' || decision.kind === 'resolve_refused';
  const look = bad ? styles.bad : decision.kind === 'held' || decision.kind === 'erased' ? styles.warn : '';
  return (
    <section className={`${styles.banner} ${look}`} aria-label="Now">
      <p>
        <strong>Now: {decision.words}</strong>
        {decision.rule !== null && <span className="faint"> ({decision.rule})</span>}
      </p>
      {rule !== undefined && <p>{rule.says}</p>}
      {waiting[0] !== undefined && (
        <p>
          {waiting.length === 1 ? 'A message of the customer has' : `${waiting.length} messages of the customer have`}{' '}
          not been dealt with, the first for <Ago at={waiting[0].at} />.
        </p>
      )}
      {unsure.map((write, nth) => (
        <p key={nth}>
          {WRITES[write.state].says} <WriteState write={write} />. {WRITES[write.state].whatToDo}
        </p>
      ))}
    </section>
  );
}
