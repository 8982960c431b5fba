import { OUTCOMES } from './episode.ts';

/** What a list of conversations can be asked for: the parts that the figures of reports are made of. */
export const FIGURES = [
  'all',
  'counted',
  ...OUTCOMES,
  'involved',
  'not_involved',
  'involved_autopilot',
  'involved_assist',
  'mature',
  'mature_durable',
  'resolved_autopilot',
  'settled',
  'came_back',
  'came_back_here',
  'came_back_elsewhere',
  'durable',
  'too_early',
  'handed_off_autopilot',
  'handed_off_assist',
  'handed_off_wished',
  'handed_off_fixable',
  'drafts_closed',
  'drafts_used',
  'drafts_sent',
  'drafts_edited',
  'drafts_ignored',
  'drafts_superseded',
  'drafts_open',
] as const;
export type Figure = (typeof FIGURES)[number];

export const TILES = [
  'involvement',
  'resolved_durably',
  'resolved_at_first_sight',
  'came_back',
  'handed_off_autopilot',
  'handed_off_assist',
  'blocked',
  'drafts_used',
  'drafts_as_is',
] as const;
export type TileName = (typeof TILES)[number];

/** Each tile is a part of a whole; autopilot and assist are never in one (G4). */
export const TILE_OF: Record<TileName, { hits: Figure; n: Figure }> = {
  involvement: { hits: 'involved', n: 'counted' },
  resolved_durably: { hits: 'mature_durable', n: 'mature' },
  resolved_at_first_sight: { hits: 'resolved_autopilot', n: 'involved_autopilot' },
  came_back: { hits: 'came_back', n: 'settled' },
  handed_off_autopilot: { hits: 'handed_off_autopilot', n: 'involved_autopilot' },
  handed_off_assist: { hits: 'handed_off_assist', n: 'involved_assist' },
  blocked: { hits: 'blocked', n: 'counted' },
  drafts_used: { hits: 'drafts_used', n: 'drafts_closed' },
  drafts_as_is: { hits: 'drafts_sent', n: 'drafts_closed' },
};
