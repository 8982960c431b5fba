import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Answer, type Asked, call } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';
import { useMayWrite } from '../api/signed.ts';
import { useAreaName } from '../parts/areas.ts';
import { Loaded, Trouble } from '../parts/Loaded.tsx';
import { At } from '../parts/When.tsx';
import { typed } from '../words/form.ts';
import { KIND } from '../words/gaps.ts';
import { counted } from '../words/numbers.ts';
import styles from './Attention.module.css';

type Gap = Answer<'listGaps'>['items'][number];

const STATE: Readonly<Record<Gap['state'], string>> = { open: 'Open', addressed: 'Addressed', dismissed: 'Dismissed' };

/** What the knowledge lacks, by what people had to answer instead; asked again once an article has changed. */
export function Gaps({ id }: { id: string }) {
  const query = useAnswer('listGaps', { params: { id }, query: {} }, { poll: 60_000 });
  return (
    <section className="card" aria-labelledby="gaps">
      <h2 id="gaps">What the articles lack</h2>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="empty">
              Nothing of the last 90 days. What people had to answer instead of the AI appears here.
            </p>
          ) : (
            <ul className={styles.items}>
              {items.map((gap) => (
                <GapItem key={gap.id} connection={id} gap={gap} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function GapItem({ connection, gap }: { connection: string; gap: Gap }) {
  const areaName = useAreaName();
  const { kind, subject, conversations, lastSeenAt, examples, state, reason, askedAgain } = gap;
  return (
    <li data-gap={gap.id}>
      <p>
        <strong dir="auto">{subject === '' ? KIND[kind] : areaName(subject)}</strong>{' '}
        <span className={state === 'addressed' ? 'good' : 'faint'}>{STATE[state]}</span>
      </p>
      <p className="faint">
        {subject !== '' && `${KIND[kind]}. `}
        {counted(conversations, 'conversation')}, the last <At at={lastSeenAt} />.
        {askedAgain !== null &&
          ` The articles have changed since: asked again, ${askedAgain.answered} of ${askedAgain.asked} would be answered now.`}
        {reason !== null && ` Why it is left: ${reason}`}
      </p>
      {examples.length > 0 && (
        <p className="row small">
          {examples.map((example) => (
            <Link key={example.session} to="/inbox/$id" params={{ id: example.session }} dir="auto">
              #{example.ticketId} {example.subject.slice(0, 60)}
            </Link>
          ))}
        </p>
      )}
      <Mark connection={connection} gap={gap} />
    </li>
  );
}

function Mark({ connection, gap }: { connection: string; gap: Gap }) {
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const mark = useMutation({
    mutationFn: (body: Asked<'markGap'>['body']) => call('markGap', { params: { id: connection }, body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['listGaps'] }),
  });
  if (!mayWrite) return null;
  if (gap.state === 'dismissed')
    return (
      <button type="button" onClick={() => mark.mutate({ gap: gap.id, state: 'open' })}>
        Open it again
      </button>
    );
  return (
    <details className="small">
      <summary>Leave it as it is</summary>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          mark.mutate({ gap: gap.id, state: 'dismissed', reason: typed(event.currentTarget, 'reason') });
        }}
      >
        <label className="label">
          Why
          <input name="reason" required maxLength={500} />
        </label>
        <button disabled={mark.isPending}>Dismiss</button>
      </form>
      {mark.error !== null && <Trouble error={mark.error} />}
    </details>
  );
}
