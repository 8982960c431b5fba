import type { State } from './state.ts';
import type { Ticket } from './types.ts';

/** Tickets as the search sees them: minutes behind. */
export type SearchIndex = { tickets(): Ticket[] };

type Version = { at: number; ticket: Ticket };

/** Follows the account; a change can be found `lagMs` after it was made. */
export function createSearchIndex(state: State, lagMs: number): SearchIndex {
  const versions = new Map<number, Version[]>();

  state.changed.push((ticket) => {
    const now = state.now().getTime();
    const kept = visible(versions.get(ticket.id) ?? [], now - lagMs);
    versions.set(ticket.id, [...kept, { at: now, ticket: { ...ticket } }]);
  });

  return {
    tickets() {
      const horizon = state.now().getTime() - lagMs;
      const found: Ticket[] = [];
      for (const list of versions.values()) {
        const newest = list.findLast((version) => version.at <= horizon);
        if (newest !== undefined) found.push(newest.ticket);
      }
      return found;
    },
  };
}

/** Drops versions that a newer, already indexed one has replaced. */
function visible(list: Version[], horizon: number): Version[] {
  const current = list.findLastIndex((version) => version.at <= horizon);
  return current <= 0 ? list : list.slice(current);
}
