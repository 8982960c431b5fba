import type { Answer } from '../api/call.ts';
import { count } from './numbers.ts';

export type Tile = Answer<'reportOutcomes'>['tiles'][number];

/** Of every tile its name and its formula. */
export const TILE: Readonly<Record<Tile['name'], readonly [name: string, formula: string]>> = {
  resolved_durably: [
    'Resolved by the AI, for good',
    'Durable ÷ all conversations that the AI had a part in on autopilot, the open ones too, that are old enough to tell.',
  ],
  resolved_at_first_sight: [
    'Resolved at first sight',
    'Confirmed and assumed ÷ all conversations that the AI had a part in on autopilot: what others call the resolution rate.',
  ],
  came_back: [
    'Came back',
    'Reopened, or another ticket of the same person ÷ what the AI has closed and is old enough to tell.',
  ],
  handed_off_autopilot: [
    'Handed off, autopilot',
    'Handed off ÷ all conversations that the AI had a part in on autopilot.',
  ],
  handed_off_assist: [
    'Handed off, assist',
    'Handed off ÷ all conversations that the AI had a part in where it drafts.',
  ],
  blocked: ['Blocked', 'Failed for a budget, or a model that is down or refuses ÷ all that are counted.'],
  involvement: [
    'The AI had a part in',
    'Conversations with a reply, a draft or a handoff of the AI ÷ all that are counted.',
  ],
  drafts_used: ['Drafts used', 'Sent or edited ÷ sent, edited or ignored.'],
  drafts_as_is: ['Drafts sent as they were', 'Sent ÷ sent, edited or ignored.'],
};

type Outcome = Answer<'reportOutcomes'>['rows'][number]['outcome'];

export const OUTCOME_NAME: Readonly<Record<Outcome, string>> = {
  not_counted: 'Not counted',
  blocked: 'Blocked',
  handed_off: 'Handed off',
  confirmed: 'Resolved, confirmed',
  assumed: 'Resolved, assumed',
  closed_with_team: 'Closed with the team',
  answered_with_draft: 'Answered with the draft',
  answered_without_draft: 'Answered without it',
  open: 'Open',
};

/** Below so many a percentage says more than is known. */
const FEW = 20;

export function shareInWords({ hits, n, share }: Pick<Tile, 'hits' | 'n' | 'share'>): string {
  if (n === 0 || share === null) return 'none yet';
  return n < FEW ? `${count(hits)} of ${count(n)}` : percent(share);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** In the largest unit that fits. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  return minutes < 48 * 60 ? `${(minutes / 60).toFixed(1)} h` : `${(minutes / 60 / 24).toFixed(1)} days`;
}
