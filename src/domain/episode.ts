/** What became of a conversation (G9); of these it has exactly one, and the first that fits. */
export const OUTCOMES = [
  'not_counted',
  'blocked',
  'handed_off',
  'confirmed',
  'assumed',
  'closed_with_team',
  'answered_with_draft',
  'answered_without_draft',
  'open',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What followed on a conversation that the AI has closed. */
export const RETURNS = ['came_back_here', 'came_back_elsewhere', 'durable', 'too_early'] as const;

/** Whom an open conversation waits for; `went_on` where the next one on its ticket began before it had an end. */
export const OPEN_STATES = [
  'waits_for_customer',
  'waits_for_ai',
  'held',
  'draft_waits',
  'with_people',
  'went_on',
] as const;

/** Handoffs that are wished for; the reasons that are left are for somebody to mend. */
export const WISHED_REASONS = [
  'user_requested_human_assistance',
  'prohibited_topic',
  'safety',
  'outside_office_hours',
  'based_on_instructions',
] as const;

/** How a conversation began. */
export const TRIGGERS = ['new', 'reopened_by_customer', 'reopened_by_person', 'given_back', 'backfill'] as const;

/** Why a conversation is not counted, beside that a backfill found it. */
export const VOIDS = ['spam', 'deleted', 'erased', 'nothing_to_answer'] as const;

/** Why the AI had no part in a conversation; `other`: not assigned to it, paused, or its channel is off. */
export const NOT_INVOLVED = [
  'blocked',
  'answered_by_person',
  'taken_by_person',
  'closed_in_freshdesk',
  'other',
] as const;
