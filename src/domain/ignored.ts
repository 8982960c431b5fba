/** What about a message looks like an automatic mail's: by itself none of these drops one, and people look (N8). */
export type Suspicion = 'flag' | 'sender' | 'subject';

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
