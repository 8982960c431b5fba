import { Link } from '@tanstack/react-router';
import type { Session } from '../api/wire.ts';
import { Decision } from '../parts/Decision.tsx';
import { Ago } from '../parts/When.tsx';
import { CHANNEL, OWNER, STATUS } from '../words/labels.ts';
import styles from './Inbox.module.css';

const MOST_TAGS = 6;

/** One ticket in the list. */
export function InboxRow({ session }: { session: Session }) {
  const { id, subject, contact, ticketId, channel, owner, status, tags, decision, updatedAt } = session;
  return (
    <li className={styles.row}>
      <div className={styles.first}>
        <Link to="/inbox/$id" params={{ id }} data-row={id} className={styles.subject} dir="auto">
          {subject.trim() === '' ? 'No subject' : subject}
        </Link>
        <span className={`${styles.when} faint small`}>
          <Ago at={updatedAt} />
        </span>
      </div>
      <div className={styles.second}>
        <Decision decision={decision} />
      </div>
      <div className={`${styles.third} faint small`}>
        <span>#{ticketId}</span>
        <span className={styles.who} dir="auto">
          {contact?.name ?? contact?.email ?? contact?.phone ?? 'Nobody known'}
        </span>
        <span>{CHANNEL[channel]}</span>
        <span>{STATUS[status]}</span>
        <span>{OWNER[owner]}</span>
        {tags.slice(0, MOST_TAGS).map((tag) => (
          <span key={tag} className={`tag ${styles.tag}`} dir="auto">
            {tag}
          </span>
        ))}
        {tags.length > MOST_TAGS && <span>and {tags.length - MOST_TAGS} more tags</span>}
      </div>
    </li>
  );
}
