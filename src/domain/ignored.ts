/** Why a message of the customer's side is mirrored and never answered (E8, E9). */
export type IgnoredWhy =
  | 'auto_reply'
  | 'bounce'
  | 'feedback_report'
  | 'newsletter'
  | 'empty'
  | 'survey'
  | 'note'
  | 'forward'
  | 'blocked'
  | 'own_address'
  | 'thanks';
