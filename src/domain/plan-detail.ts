/** What in an answer kept it from being given (N5). */
export const ANSWER_PROBLEMS = [
  'empty',
  'too_long',
  'citation',
  'internal',
  'link',
  'email',
  'phone',
  'secret',
  'amount',
  'percentage',
  'date',
  'time',
  'number',
  'ungrounded',
  'unquoted',
  'altered',
  'language',
] as const;
export type AnswerProblem = (typeof ANSWER_PROBLEMS)[number];

/** What a plan that hands off says beside its reasons: fixed words, so that nothing of an answer gets into notes or logs. */
export type PlanDetail =
  | AnswerProblem
  | 'check_failed'
  | 'unreadable'
  | 'model_down'
  | 'model_key_refused'
  | 'model_refused'
  | 'embedder_down'
  | 'maybe_safety'
  | 'maybe_person'
  | 'maybe_automatic'
  | 'maybe_thanks'
  | 'automatic_mail'
  | 'said_before'
  | 'many_questions'
  | 'token_budget'
  | 'money_budget';

const IN_WORDS: Record<PlanDetail, string> = {
  empty: 'The answer the AI worked out had no text.',
  too_long: 'The answer the AI worked out was far too long.',
  citation: 'The answer the AI worked out named no source, or one it was not given.',
  internal: 'The answer the AI worked out rested on internal knowledge.',
  link: 'The answer the AI worked out held a link that its sources do not.',
  email: 'The answer the AI worked out held an e-mail address that its sources do not.',
  phone: 'The answer the AI worked out held a phone number that its sources do not.',
  secret: 'The answer the AI worked out held something like a key or a card number.',
  amount: 'The answer the AI worked out named an amount that its sources do not.',
  percentage: 'The answer the AI worked out named a percentage that its sources do not.',
  date: 'The answer the AI worked out named a date that its sources do not.',
  time: 'The answer the AI worked out named a time of day that its sources do not.',
  number: 'The answer the AI worked out named a number that its sources do not.',
  ungrounded: 'The answer the AI worked out said something that its sources do not.',
  unquoted: 'The answer the AI worked out was not in the words of its sources.',
  altered: 'The answer the AI worked out did not say what its sources say: a value, a condition or a negation differs.',
  language: "The answer the AI worked out was not in the customer's language.",
  check_failed: 'The answer the AI worked out did not pass its own check.',
  unreadable: 'The AI model gave no usable answer.',
  model_down: 'The AI model could not be reached for a while.',
  model_key_refused: 'The AI model refused the key: AI_API_KEY has to be looked at.',
  model_refused: 'The AI model refused the request: AI_MODEL and AI_BASE_URL have to be looked at.',
  embedder_down: 'The embedding server could not be reached for a while, or refused: EMBEDDING_* have to be looked at.',
  maybe_safety: 'It may be about harm, a threat, legal action or a stolen account.',
  maybe_person: 'The customer may be asking for a person.',
  maybe_automatic: 'It may be an automatic mail.',
  maybe_thanks: 'It may be thanks alone, or consent to something.',
  automatic_mail: 'It is an automatic mail: nobody waits for an answer.',
  many_questions: 'The customer asks more than the AI answers at once.',
  said_before: 'The customer has been given this answer already, and has written again.',
  token_budget: "The day's token budget is used up.",
  money_budget: "The day's money budget is used up.",
};

export const PLAN_DETAILS = Object.keys(IN_WORDS) as [PlanDetail, ...PlanDetail[]];

/** The detail as a sentence for the handoff note, and as it is fed back to a model that shall try again. */
export function detailInWords(detail: PlanDetail): string {
  return IN_WORDS[detail];
}
