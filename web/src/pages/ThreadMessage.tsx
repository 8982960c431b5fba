import { memo } from 'react';
import { IGNORED } from '../../../src/domain/glossary/outcomes.ts';
import { RULES } from '../../../src/domain/glossary/rules.ts';
import { urlOf } from '../api/call.ts';
import type { File, Message, Session } from '../api/wire.ts';
import { Html } from '../parts/Html.tsx';
import { At } from '../parts/When.tsx';
import { plain } from '../words/labels.ts';
import { bytes } from '../words/numbers.ts';
import styles from './Ticket.module.css';

const WHO = { ai: 'AI agent', agent: 'A person of the team', system: 'Freshdesk' } as const;

type Props = { message: Message; contact: Session['contact'] };

/** One entry of the thread: the customer's on the left, the team's on the right, what no customer sees tinted. */
export const ThreadMessage = memo(function ThreadMessage({ message, contact }: Props) {
  const { author, visibility, kind, html, text, ignored, attachments, createdAt } = message;
  const isPrivate = visibility === 'private';
  const side = author === 'customer' ? styles.left : styles.right;
  const look = [styles.message, side, isPrivate && styles.private, ignored !== null && styles.ignored];
  return (
    <li className={look.filter(Boolean).join(' ')} data-message={message.freshdeskId}>
      <p className={styles.byline}>
        <strong dir="auto">
          {author === 'customer' ? (contact?.name ?? contact?.email ?? 'Customer') : WHO[author]}
        </strong>
        {isPrivate && <span className="tag">Private note</span>}
        {kind === 'forward' && <span className="tag">Forwarded</span>}
        <span className="faint small">
          <At at={createdAt} />
        </span>
      </p>
      {ignored !== null && <p className="small faint">{whyIgnored(ignored)}</p>}
      <div className={styles.body}>{html.trim() === '' ? <p dir="auto">{text}</p> : <Html html={html} />}</div>
      {attachments.length > 0 && (
        <ul className={styles.files} aria-label="Files">
          {attachments.map((file) => (
            <Attachment key={file.id} file={file} />
          ))}
        </ul>
      )}
    </li>
  );
});

const FILE = {
  pending: 'is being copied',
  stored: '',
  refused: 'not copied',
  failed: 'could not be copied',
} as const;

function Attachment({ file: { id, name, size, status, reason } }: { file: File }) {
  return (
    <li className="small">
      {status === 'stored' ? (
        <a href={urlOf('getAttachmentContent', { id })} download={name} dir="auto">
          {name}
        </a>
      ) : (
        <span dir="auto">{name}</span>
      )}{' '}
      <span className="faint">
        {bytes(size)} {FILE[status]}
        {reason === undefined ? '' : `: ${plain(reason).toLowerCase()}`}
      </span>
    </li>
  );
}

function whyIgnored({ rule, why }: NonNullable<Message['ignored']>): string {
  const kind = IGNORED[why as keyof typeof IGNORED];
  const meaning = kind ?? RULES[rule as keyof typeof RULES];
  return `Never answered: ${meaning?.says ?? plain(why ?? rule)} (${rule})`;
}
