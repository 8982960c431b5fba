import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { call, Refused } from '../api/call.ts';
import { POLL_MS, useAnswer } from '../api/queries.ts';
import type { Message, Trace } from '../api/wire.ts';
import { useKeys } from '../parts/keys.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { Page } from '../parts/Page.tsx';
import { CHANNEL, OWNER, STATUS } from '../words/labels.ts';
import { DecisionCard } from './DecisionCard.tsx';
import { ThreadMessage } from './ThreadMessage.tsx';
import { entriesOf } from './thread.ts';
import { TicketActions } from './TicketActions.tsx';
import { TicketBanner } from './TicketBanner.tsx';
import { TicketFacts } from './TicketFacts.tsx';
import styles from './Ticket.module.css';

/** One ticket: its thread, and below each message what the AI decided when it had read that far. */
export function Ticket() {
  const { id } = useParams({ from: '/shell/inbox/$id' });
  const navigate = useNavigate();
  const trace = useAnswer('getTrace', { params: { id } });
  const messages = useThread(id);
  useKeys({ u: () => void navigate({ to: '/inbox' }) });
  const gone = trace.data === undefined && trace.error instanceof Refused && trace.error.status === 404;
  return (
    <>
      <p className="small">
        <Link to="/inbox">Inbox</Link>
      </p>
      {gone && <Gone />}
      <Loaded query={trace} rows={4}>
        {(seen) => (
          <Page
            key={id}
            title={seen.session.subject.trim() === '' ? `Ticket ${seen.session.ticketId}` : seen.session.subject}
            beside={<TicketActions trace={seen} />}
            below={<Standing trace={seen} />}
          >
            <TicketBanner trace={seen} />
            <div className={styles.columns}>
              <Loaded query={messages} rows={4}>
                {({ pages }) => <Thread messages={pages.flatMap(({ items }) => items)} trace={seen} />}
              </Loaded>
              <TicketFacts trace={seen} messages={messages.data?.pages.flatMap(({ items }) => items) ?? []} />
            </div>
          </Page>
        )}
      </Loaded>
    </>
  );
}

function Gone() {
  return (
    <Page title="This ticket is not here">
      <p>
        It was never taken, or it was removed from our side: some time after its end, or with its account. It may still
        be in Freshdesk.
      </p>
    </Page>
  );
}

/** All of it, page by page. One that did not come is asked for again with the next round. */
function useThread(id: string) {
  const query = useInfiniteQuery({
    queryKey: ['listMessages', id],
    queryFn: ({ pageParam, signal }) =>
      call(
        'listMessages',
        { params: { id }, query: { limit: 200, ...(pageParam === null ? {} : { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => POLL_MS * Math.max(1, state.data?.pages.length ?? 1),
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return query;
}

function Standing({ trace: { session } }: { trace: Trace }) {
  return (
    <p className="row faint">
      <span>#{session.ticketId}</span>
      <span>{CHANNEL[session.channel]}</span>
      <span>{STATUS[session.status]}</span>
      <span>Assigned to: {OWNER[session.owner]}</span>
    </p>
  );
}

function Thread({ messages, trace }: { messages: readonly Message[]; trace: Trace }) {
  const byId = new Map(messages.map((message) => [message.freshdeskId, message]));
  return (
    <ol className={styles.thread} aria-label="Thread">
      {entriesOf(messages, trace).map((entry) => {
        if (entry.kind === 'episode')
          return (
            <li key={`episode ${entry.number}`} className={styles.episode}>
              Conversation {entry.number}
            </li>
          );
        if (entry.kind === 'message')
          return (
            <ThreadMessage key={entry.message.freshdeskId} message={entry.message} contact={trace.session.contact} />
          );
        const { turn } = entry.card;
        return (
          <DecisionCard
            key={turn.id}
            card={entry.card}
            connection={trace.session.connection}
            answer={byId.get(turn.draft?.closedBy ?? '') ?? null}
          />
        );
      })}
      {messages.length === 0 && <li className="empty">Nothing of the thread is mirrored.</li>}
    </ol>
  );
}
