/** What an engine decided about what waits. */
export type Verdict = 'answer' | 'handoff' | 'no_reply';

/** What became of a turn. */
export type TurnOutcome =
  'planned' | 'replied' | 'drafted' | 'no_reply' | 'handed_off' | 'resolved' | 'resolve_refused' | 'dropped';
