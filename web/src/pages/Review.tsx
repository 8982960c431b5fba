import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { type Answer, call } from '../api/call.ts';
import { useMayWrite } from '../api/signed.ts';
import { Html } from '../parts/Html.tsx';
import { useKeys } from '../parts/keys.ts';
import { Loaded, Trouble } from '../parts/Loaded.tsx';
import { Page } from '../parts/Page.tsx';
import { At } from '../parts/When.tsx';
import { textOf } from '../words/html.ts';
import { CHANNEL, FATE, MODE } from '../words/labels.ts';
import { count } from '../words/numbers.ts';
import { Changes } from './Draft.tsx';
import { type Grade, GRADE, type Judgement, useJudge } from './judging.ts';
import styles from './Review.module.css';

type Queue = Answer<'listReviewQueue'>;
type Queued = Queue['items'][number];

/** What the AI said, one at a time, for a person of the desk to grade; with the keys alone where one likes. */
export function Review() {
  const { order, connection } = useSearch({ from: '/shell/review' });
  const navigate = useNavigate({ from: '/review' });
  const [seed, setSeed] = useState(() => crypto.randomUUID());
  const queue = useQuery({
    queryKey: ['listReviewQueue', connection, order, seed],
    queryFn: ({ signal }) =>
      call(
        'listReviewQueue',
        { query: { order: order ?? 'random', seed, ...(connection === undefined ? {} : { connection }) } },
        { signal },
      ),
    refetchInterval: false,
    staleTime: Infinity,
  });
  return (
    <Page
      title="Review"
      beside={
        <label className="row">
          Order
          <select
            value={order ?? 'random'}
            onChange={({ target }) =>
              void navigate({
                search: (before) => ({ ...before, order: target.value === 'worst' ? 'worst' : undefined }),
              })
            }
          >
            <option value="random">A random sample</option>
            <option value="worst">The worst first</option>
          </select>
        </label>
      }
    >
      <Loaded query={queue}>
        {(answer) =>
          answer.items.length === 0 ? (
            <p className="empty">
              Nothing is left to grade. What the AI replies and drafts from now on comes here; its figures are in the
              reports.
            </p>
          ) : (
            <OneByOne key={`${seed} ${order}`} queue={answer} more={() => setSeed(crypto.randomUUID())} />
          )
        }
      </Loaded>
    </Page>
  );
}

function OneByOne({ queue: { items, left }, more }: { queue: Queue; more: () => void }) {
  const [at, setAt] = useState(0);
  const [judged, setJudged] = useState<ReadonlyMap<string, Judgement>>(new Map());
  /** What somebody else has said of it since it came into the queue. */
  const [replaced, setReplaced] = useState<ReadonlyMap<string, Grade>>(new Map());
  const note = useRef<HTMLTextAreaElement>(null);
  const mayWrite = useMayWrite();
  const { judge, undo } = useJudge();
  const item = items[at];
  const mine = item === undefined ? undefined : judged.get(item.turnId);

  const say = (change: Partial<Judgement>) => {
    if (item === undefined || !mayWrite) return;
    const next = { grade: 'poor' as Grade, harmful: false, note: null, ...mine, ...change };
    setJudged((before) => new Map(before).set(item.turnId, next));
    judge.mutate(
      { turnId: item.turnId, ...next },
      {
        onSuccess: ({ turnId, replaced: before }) => {
          if (mine === undefined && before !== null) setReplaced((known) => new Map(known).set(turnId, before));
        },
      },
    );
  };
  const takeBack = () => {
    const last = [...judged.keys()].at(-1);
    if (last === undefined) return;
    undo.mutate(last);
    setJudged((before) => new Map([...before].filter(([turnId]) => turnId !== last)));
    setAt(items.findIndex(({ turnId }) => turnId === last));
  };
  const next = () => setAt((before) => Math.min(items.length, before + 1));
  useKeys({
    1: () => say({ grade: 'good' }),
    2: () => say({ grade: 'acceptable' }),
    3: () => say({ grade: 'poor' }),
    h: () => say({ harmful: mine?.harmful !== true }),
    n: () => note.current?.focus(),
    j: next,
    k: () => setAt((before) => Math.max(0, before - 1)),
    z: takeBack,
  });
  const error = judge.error ?? undo.error;
  if (item === undefined)
    return (
      <div className="empty">
        <p>
          {count(judged.size)} graded, {count(Math.max(0, left - judged.size))} left.
        </p>
        <div className="row">
          {left > judged.size && (
            <button type="button" className="main" onClick={more}>
              Go on
            </button>
          )}
          <button type="button" onClick={takeBack}>
            Take the last grade back
          </button>
        </div>
      </div>
    );
  return (
    <div className="stack">
      <output className="faint">
        {at + 1} of {items.length}; {count(left)} not graded in all
      </output>
      <Said item={item} revealed={mine !== undefined} />
      {error !== null && <Trouble error={error} />}
      <output className="warn">{mine !== undefined && overruled(replaced.get(item.turnId))}</output>
      <div className={styles.bar}>
        {mayWrite && (
          <>
            {(Object.keys(GRADE) as Grade[]).map((grade, nth) => (
              <button
                key={grade}
                type="button"
                aria-pressed={mine?.grade === grade}
                className={mine?.grade === grade ? 'main' : undefined}
                onClick={() => say({ grade })}
              >
                <kbd>{nth + 1}</kbd> {GRADE[grade]}
              </button>
            ))}
            <button
              type="button"
              aria-pressed={mine?.harmful === true}
              onClick={() => say({ harmful: mine?.harmful !== true })}
            >
              <kbd>h</kbd> Would have done harm
            </button>
            <button type="button" disabled={judged.size === 0} onClick={takeBack}>
              <kbd>z</kbd> Take back
            </button>
          </>
        )}
        <button type="button" onClick={next}>
          <kbd>j</kbd> Next
        </button>
      </div>
      {mayWrite && (
        <label className="label">
          Note (n)
          <textarea
            ref={note}
            key={item.turnId}
            rows={2}
            maxLength={2_000}
            defaultValue={mine?.note ?? ''}
            disabled={mine === undefined}
            onBlur={({ target }) => {
              if (mine !== undefined && target.value.trim() !== (mine.note ?? ''))
                say({ note: target.value.trim() || null });
            }}
          />
        </label>
      )}
    </div>
  );
}

function overruled(before: Grade | undefined): string {
  return before === undefined
    ? ''
    : `Somebody else has graded it meanwhile: ${GRADE[before].toLowerCase()}. Your grade stands in its place.`;
}

/** The question, what the AI said, and what a person said instead; how sure the AI was only after it was judged. */
function Said({ item, revealed }: { item: Queued; revealed: boolean }) {
  const {
    session,
    ticketId,
    at,
    channel,
    mode,
    question,
    html,
    personHtml,
    fate,
    distance,
    confidence,
    threshold,
    sources,
  } = item;
  return (
    <article className="stack" aria-label={`Ticket ${ticketId}`} data-turn={item.turnId}>
      <p className="row faint small">
        <Link to="/inbox/$id" params={{ id: session }}>
          #{ticketId}
        </Link>
        <span>{CHANNEL[channel]}</span>
        <span>{MODE[mode as keyof typeof MODE] ?? mode}</span>
        <At at={at} />
        {revealed && confidence !== null && (
          <span>
            confidence {confidence.toFixed(2)}
            {threshold === null ? '' : `, ${threshold.toFixed(2)} needed`}
          </span>
        )}
      </p>
      <section className="card" aria-label="The customer">
        <h2>The customer</h2>
        {question.map((text, nth) => (
          <p key={nth} className={styles.said} dir="auto">
            {text}
          </p>
        ))}
      </section>
      <section className="card" aria-label="The AI">
        <h2>The AI</h2>
        <div className={styles.said}>
          <Html html={html} />
        </div>
        {sources.length > 0 && <p className="faint small">From: {sources.map(({ title }) => title).join(', ')}</p>}
      </section>
      {personHtml !== null && (
        <section className="card" aria-label="The person">
          <h2>What a person sent</h2>
          {fate !== null && (
            <p className="faint small">
              {FATE[fate]}
              {distance === null ? '' : `, ${Math.round(distance * 100)} % of the words changed`}
            </p>
          )}
          <Changes draft={html} sent={textOf(personHtml)} />
        </section>
      )}
    </article>
  );
}
