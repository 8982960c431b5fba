/** Why the AI gives a ticket to people (H1). Several may apply. */
export type HandoffReason =
  | 'user_requested_human_assistance'
  | 'prohibited_topic'
  | 'insufficient_knowledge'
  | 'insufficient_tools'
  | 'based_on_instructions'
  | 'instructions_not_clear'
  | 'low_confidence'
  | 'outside_office_hours'
  | 'frustrated_customer'
  | 'loop_suspected'
  | 'safety'
  | 'inference_failed'
  | 'delivery_failed'
  | 'too_old';

export type Sentiment = 'angry' | 'neutral' | 'happy';

const IN_WORDS: Record<HandoffReason, string> = {
  user_requested_human_assistance: 'The customer asked for a person.',
  prohibited_topic: 'The topic is reserved for people.',
  insufficient_knowledge: 'The knowledge holds no answer to this.',
  insufficient_tools: 'Answering needs an action the AI cannot take.',
  based_on_instructions: 'The instructions ask for a handoff here.',
  instructions_not_clear: 'The instructions do not say what to do here.',
  low_confidence: 'The best answer found is not certain enough to send.',
  outside_office_hours: 'It is outside office hours.',
  frustrated_customer: 'The customer is frustrated.',
  loop_suspected: 'The conversation looks like a mail loop.',
  safety: 'The message needs a person for safety reasons.',
  inference_failed: 'The AI failed to work out an answer.',
  delivery_failed: 'The answer could not be delivered to Freshdesk.',
  too_old: 'The message had waited too long for an automatic answer.',
};

const IN_SHORT: Record<HandoffReason, string> = {
  user_requested_human_assistance: 'asked for a person',
  prohibited_topic: 'topic for people',
  insufficient_knowledge: 'no answer in the knowledge',
  insufficient_tools: 'needs an action',
  based_on_instructions: 'by instruction',
  instructions_not_clear: 'instructions unclear',
  low_confidence: 'low confidence',
  outside_office_hours: 'outside office hours',
  frustrated_customer: 'frustrated customer',
  loop_suspected: 'mail loop suspected',
  safety: 'safety',
  inference_failed: 'the AI failed',
  delivery_failed: 'not delivered',
  too_old: 'too old',
};

export const HANDOFF_REASONS = Object.keys(IN_SHORT) as [HandoffReason, ...HandoffReason[]];

/** The reason in a few words, for a list or a filter. */
export function shortReason(reason: HandoffReason): string {
  return IN_SHORT[reason];
}

/** The reason as a sentence for the handoff note. */
export function reasonInWords(reason: HandoffReason): string {
  return IN_WORDS[reason];
}

const ROUTING_STEPS: Readonly<Record<string, string>> = {
  unassigned_with_marker: 'the target was refused, so the ticket was unassigned and marked',
  unassigned_with_tag: 'target and marker field were refused, so the ticket was unassigned and tagged',
  unassigned: 'all else was refused, so the AI agent was only taken off the ticket',
};

/** What became of the ticket at a handoff, from what was recorded of its routing (H3, H4, H8). */
export function routedInWords({ kind, step }: Record<string, unknown>): string {
  if (typeof step !== 'string') return 'a note; the ticket stays where it is';
  if (step !== 'routed') return ROUTING_STEPS[step] ?? step;
  switch (kind) {
    case 'group':
      return 'the ticket went to the group of handoff.routing';
    case 'agent':
      return 'the ticket went to the agent of handoff.routing';
    case 'unassign_with_marker':
      return 'the ticket was unassigned and marked';
    default:
      return 'the ticket was unassigned, or went back to whom the AI had it from';
  }
}
