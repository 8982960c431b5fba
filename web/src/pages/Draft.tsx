import { useMemo } from 'react';
import type { Message, Turn } from '../api/wire.ts';
import { Html } from '../parts/Html.tsx';
import { wordsChanged } from '../words/diff.ts';
import { textOf } from '../words/html.ts';
import styles from './Ticket.module.css';

type Props = { draft: NonNullable<Turn['draft']>; outcome: string; answer: Message | null };

/** The words of a draft, and what a person made of them. What was sent as it is stands in the thread already. */
export function Draft({ draft: { html, fate, distance }, outcome, answer }: Props) {
  const compared = answer !== null && fate !== null && fate !== 'sent';
  return (
    <>
      <details open={outcome === 'drafted' && fate === null}>
        <summary>{outcome === 'drafted' ? 'The draft' : 'What it said'}</summary>
        <div className={styles.draft}>
          <Html html={html} />
        </div>
      </details>
      {compared && (
        <details open={fate === 'edited'}>
          <summary>
            What the person changed{distance === null ? '' : `: ${Math.round(distance * 100)} % of the words`}
          </summary>
          <Changes draft={html} sent={answer.text} />
        </details>
      )}
    </>
  );
}

/** The words that a person has changed, in what they sent. */
export function Changes({ draft, sent }: { draft: string; sent: string }) {
  const parts = useMemo(() => wordsChanged(textOf(draft), sent), [draft, sent]);
  if (parts === null) return <p className="faint">The two have too little in common to be compared word by word.</p>;
  return (
    <p className={styles.diff} dir="auto">
      {parts.map(({ kind, text }, nth) => {
        if (kind === 'same') return text;
        return kind === 'new' ? <ins key={nth}>{text}</ins> : <del key={nth}>{text}</del>;
      })}
    </p>
  );
}
