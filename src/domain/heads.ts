/** What a message can be told to be, each by a head of its own, over how near in meaning a sentence is to labelled examples (N8). */
export const HEADS = {
  person: 'asks for a person',
  self_harm: 'self-harm',
  threat: 'a threat',
  legal_action: 'legal action',
  account_takeover: 'an account taken over',
  thanks: 'thanks only',
  automatic: 'an automatic mail',
  account: 'something of their own',
  small_talk: 'small talk',
  anger: 'anger',
  joy: 'joy',
} as const;
export type HeadName = keyof typeof HEADS;
export const HEAD_NAMES = Object.keys(HEADS) as HeadName[];
