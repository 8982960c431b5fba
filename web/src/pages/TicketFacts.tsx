import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { ADMISSIONS, CLOSURES } from '../../../src/domain/glossary/outcomes.ts';
import { useAnswer } from '../api/queries.ts';
import type { Message, Trace } from '../api/wire.ts';
import { Decision } from '../parts/Decision.tsx';
import { At } from '../parts/When.tsx';
import { languageName, MODE, plain } from '../words/labels.ts';
import { WriteState } from './DecisionCard.tsx';
import styles from './Ticket.module.css';

/** Beside the thread: who writes, what else is known of the ticket, and the same person's other tickets. */
export function TicketFacts({ trace: { session, writes }, messages }: { trace: Trace; messages: readonly Message[] }) {
  const { contact } = session;
  const dealtWith = messages.find(({ freshdeskId }) => freshdeskId === session.coveredThrough);
  const facts: [string, ReactNode][] = [
    ['Came in', ADMISSIONS[session.admittedBy as keyof typeof ADMISSIONS]?.says ?? plain(session.admittedBy)],
    ['The AI is', MODE[session.mode]],
    ['Group', session.group === null ? null : (session.group.name ?? `Group ${session.group.id}`)],
    ['Language', session.language === null ? null : languageName(session.language)],
    ['Mood', session.sentiment],
    ['Created', <At key="at" at={session.ticketCreatedAt} />],
    ['Last read', <At key="at" at={session.lookedAt} />],
    ['Dealt with', dealtWithInWords(session.coveredThrough, dealtWith)],
    ['Conversation', session.episode],
    ['Closed', session.closedAt === null ? null : <At key="at" at={session.closedAt} />],
    ['How', session.closure === null ? null : CLOSURES[session.closure as keyof typeof CLOSURES]?.says],
  ];
  return (
    <aside className={styles.aside} aria-label="About the ticket">
      {contact !== null && (
        <section className="card">
          <h2 dir="auto">{contact.name ?? 'Contact'}</h2>
          {contact.email !== null && <p className={styles.line}>{contact.email}</p>}
          {contact.phone !== null && <p className={styles.line}>{contact.phone}</p>}
          <Others contact={contact.id} connection={session.connection} but={session.id} />
        </section>
      )}
      <section className="card">
        <h2>Facts</h2>
        <dl className="facts small">
          {facts.map(([name, value]) =>
            value == null ? null : (
              <Fragment key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </Fragment>
            ),
          )}
          {writes
            .filter(({ turnId }) => turnId === null)
            .map((write, nth) => (
              <Fragment key={nth}>
                <dt>{plain(write.kind)}</dt>
                <dd>
                  <WriteState write={write} />
                </dd>
              </Fragment>
            ))}
        </dl>
        {session.tags.length > 0 && <Tags tags={session.tags} />}
      </section>
    </aside>
  );
}

/** How far; of a message that is not in the thread any more only its number is known. */
function dealtWithInWords(through: string | null, message: Message | undefined): ReactNode {
  if (through === null) return 'nothing yet';
  if (message === undefined) return `through ${through}`;
  return (
    <Fragment key="through">
      through the message of <At at={message.createdAt} />
    </Fragment>
  );
}

const MOST_TAGS = 20;

function Tags({ tags }: { tags: readonly string[] }) {
  const some = (list: readonly string[]) =>
    list.map((tag) => (
      <span key={tag} className="tag" dir="auto" title={tag}>
        {tag}
      </span>
    ));
  return (
    <div className={styles.tags}>
      {some(tags.slice(0, MOST_TAGS))}
      {tags.length > MOST_TAGS && (
        <details>
          <summary className="small">{tags.length - MOST_TAGS} more tags</summary>
          <div className={styles.tags}>{some(tags.slice(MOST_TAGS))}</div>
        </details>
      )}
    </div>
  );
}

function Others({ contact, connection, but }: { contact: string; connection: string; but: string }) {
  const { data } = useAnswer('listSessions', { query: { contact, connection, limit: 11 } }, { poll: 30_000 });
  const others = (data?.items ?? []).filter(({ id }) => id !== but).slice(0, 10);
  if (others.length === 0) return null;
  return (
    <>
      <h3 className={styles.others}>Other tickets</h3>
      <ul className={styles.sources}>
        {others.map(({ id, subject, ticketId, decision }) => (
          <li key={id}>
            <Link to="/inbox/$id" params={{ id }} dir="auto">
              #{ticketId} {subject.slice(0, 80)}
            </Link>
            <div className="small">
              <Decision decision={decision} />
            </div>
          </li>
        ))}
      </ul>
      <Link className="small" to="/inbox" search={{ contact, connection }}>
        All of them
      </Link>
    </>
  );
}
