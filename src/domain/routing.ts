import type { Routing } from './settings.ts';
import { OPEN } from './ticket.ts';

/** The checkbox that marks a ticket as handed off (H3, H4). */
export const MARKER_FIELD = 'cf_opencx_handed_off';
/** Stands in for the marker where the account has no such field (H4). */
export const MARKER_TAG = 'opencx_handed_off';

export type RoutingStep = {
  /** What is tried, for the record. */
  step: 'routed' | 'unassigned_with_marker' | 'unassigned_with_tag' | 'unassigned';
  status: number | null;
  responderId: number | null | undefined;
  groupId: number | undefined;
  marker: boolean;
  tag: boolean;
};

/**
 * H3, H4: the updates that give a ticket to people, in the order they are tried: what is configured, then what is less and
 * less likely to be refused. None of them leaves the ticket with the AI.
 * @param takenFromId the person the AI took the ticket from, who gets it back; null when there was none
 */
export function routingSteps(routing: Routing, takenFromId: number | null): RoutingStep[] {
  const base = { status: OPEN, responderId: null, groupId: undefined, marker: false, tag: false };
  const first: RoutingStep = { ...base, step: 'routed', ...target(routing, takenFromId) };
  const marked: RoutingStep = { ...base, step: 'unassigned_with_marker', marker: true };
  const tagged: RoutingStep = { ...base, step: 'unassigned_with_tag', tag: true };
  const bare: RoutingStep = { ...base, step: 'unassigned', status: null };
  return routing.kind === 'unassign_with_marker' ? [first, tagged, bare] : [first, marked, tagged, bare];
}

function target(routing: Routing, takenFromId: number | null): Partial<RoutingStep> {
  switch (routing.kind) {
    case 'unassign':
      return { responderId: takenFromId };
    case 'unassign_with_marker':
      return { marker: true };
    case 'agent':
      return { responderId: routing.agentId };
    case 'group':
      return { groupId: routing.groupId };
  }
}
