import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAnswer } from '../api/queries.ts';
import type { Turn } from '../api/wire.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { inCommon } from '../words/in-common.ts';
import { textOf } from '../words/html.ts';
import styles from './Ticket.module.css';

type Props = { turn: Turn; connection: string };

/** What an answer rests on, or was nearest; the passages are asked for when somebody wants to see them. */
export function Sources({ turn: { sources, verdict, draft }, connection }: Props) {
  if (sources.length === 0) return null;
  return (
    <div>
      <span className="faint">{verdict === 'answer' ? 'It rests on' : 'The nearest in the knowledge'}</span>
      <ul className={styles.sources}>
        {sources.map(({ title, articleId, score }, nth) => (
          <li key={`${articleId} ${nth}`} dir="auto">
            {title}
            {score !== null && <span className="faint"> {score.toFixed(2)}</span>}
            {articleId !== null && (
              <Passages connection={connection} article={articleId} said={draft === null ? '' : textOf(draft.html)} />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

const MOST_PASSAGES = 2;

type PassagesProps = {
  connection: string;
  article: string;
  /** What the AI said: the passages that share the most with it come first. */
  said: string;
};

function Passages({ connection, article, said }: PassagesProps) {
  const [open, setOpen] = useState(false);
  const query = useAnswer('getArticle', { params: { id: connection, article } }, { enabled: open, poll: false });
  return (
    <details className="small" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The passage</summary>
      {open && (
        <Loaded query={query} rows={1}>
          {({ parts, visibility }) => (
            <>
              {parts
                .toSorted((one, other) => inCommon(said, other.text) - inCommon(said, one.text))
                .slice(0, MOST_PASSAGES)
                .map(({ position, heading, text }) => (
                  <blockquote key={position} dir="auto">
                    {heading !== '' && <strong>{heading}</strong>}
                    <pre>{text}</pre>
                  </blockquote>
                ))}
              <p className="faint">
                {visibility === 'private' ? 'Internal: for drafts alone.' : 'Public.'} As it is today.{' '}
                <Link to="/knowledge/$article" params={{ article }} search={{ connection }}>
                  The whole article
                </Link>
              </p>
            </>
          )}
        </Loaded>
      )}
    </details>
  );
}
