import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ticketWorkflowId } from '../../../src/domain/temporal-names.ts';
import { call } from '../api/call.ts';
import { useMayWrite, useMe } from '../api/signed.ts';
import type { Trace } from '../api/wire.ts';
import { Confirm } from '../parts/Confirm.tsx';
import { Trouble } from '../parts/Loaded.tsx';

/** What can be done on a ticket: look at it in Freshdesk, have it read again, let the AI write again. */
export function TicketActions({ trace }: { trace: Trace }) {
  const { session, links, writes } = trace;
  const { temporalUi } = useMe();
  const [asking, ask] = useState(false);
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: (what: 'syncSession' | 'retrySession') => call(what, { params: { id: session.id } }),
    onSuccess: () => queries.invalidateQueries(),
  });
  const stuck =
    session.resolveRefused !== null || writes.some(({ state }) => state === 'unknown' || state === 'rejected');
  return (
    <div className="row">
      <a className="button" href={links.freshdesk} target="_blank" rel="noopener noreferrer">
        Open in Freshdesk<span className="hidden"> (new tab)</span>
      </a>
      {temporalUi !== null && (
        <a
          className="button"
          href={`${temporalUi}/${encodeURIComponent(ticketWorkflowId(session.connection, session.ticketId))}`}
          target="_blank"
          rel="noopener noreferrer"
        >
          Its workflow<span className="hidden"> in Temporal (new tab)</span>
        </a>
      )}
      {mayWrite && (
        <button type="button" disabled={act.isPending} onClick={() => act.mutate('syncSession')}>
          Read again
        </button>
      )}
      {mayWrite && stuck && (
        <button type="button" disabled={act.isPending} onClick={() => ask(true)}>
          Let the AI try again
        </button>
      )}
      <output className="faint small">
        {act.isSuccess &&
          (act.variables === 'syncSession' ? 'The ticket is being read again.' : 'The AI may write again.')}
      </output>
      {act.error !== null && <Trouble error={act.error} />}
      <Confirm
        open={asking}
        title="Let the AI write again?"
        act="Let it try again"
        close={() => ask(false)}
        confirmed={() => act.mutate('retrySession')}
      >
        <p>
          Look at the ticket in Freshdesk first: what could not be confirmed is written again, unless the thread shows
          it.
        </p>
      </Confirm>
    </div>
  );
}
