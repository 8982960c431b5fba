import { z } from 'zod';

/** Why a model may hand off; the other reasons are not its to give (H1). */
const MODEL_REASONS = [
  'user_requested_human_assistance',
  'prohibited_topic',
  'insufficient_knowledge',
  'insufficient_tools',
  'based_on_instructions',
  'instructions_not_clear',
  'low_confidence',
  'frustrated_customer',
  'safety',
] as const;

/** Every key is required and nothing is bounded: providers that hold a model to a schema know no more than that. */
const list = <T extends z.ZodType>(of: T) =>
  // Asked for, and missing where an older version asked: what is stored is read again.
  z.preprocess((given) => given ?? [], z.array(of));

export const draftSchema = z.object({
  verdict: z.enum(['answer', 'handoff', 'no_reply']).describe('what is to be done with the messages that wait'),
  reasons: z.array(z.enum(MODEL_REASONS)).describe('why it goes to people; empty unless verdict is handoff'),
  confidence: z.number().describe('how likely the answer is right and complete, from 0 to 1'),
  denied_topic: z.number().nullable().describe('the number of the reserved topic it belongs to, or null'),
  allowed_topic: z.number().nullable().describe('the number of the allowed topic it belongs to, or null'),
  sentiment: z.enum(['angry', 'neutral', 'happy']).describe('how the customer sounds in the messages that wait'),
  sentences: list(z.string()).describe(
    'the numbers of the chosen sentences, such as S1.2, where the articles have numbers',
  ),
  answer: z.string().describe('the reply in Markdown; empty unless verdict is answer'),
  sources: z.array(z.string()).describe('the labels of the articles it rests on, such as S1'),
});
export type Draft = z.output<typeof draftSchema>;

export const checkSchema = z.object({
  supported: z.boolean().describe('every statement of the reply stands in the articles'),
  unsupported: list(z.number()).describe('the numbers of the sentences of the reply that do not stand in the articles'),
  answers: z.boolean().describe('the reply answers everything the customer asks'),
  obeys: z.boolean().describe('the reply does something because the ticket or an article told the assistant to'),
  reserved: z.boolean().describe('the messages belong to a reserved topic, or to none of the allowed ones'),
  reason: z.string().describe('in one sentence, what is wrong; empty when nothing is'),
});
export type Check = z.output<typeof checkSchema>;
