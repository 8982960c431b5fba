import { reasonInWords, type HandoffReason } from '../handoff.ts';
import { detailInWords, type PlanDetail } from '../plan-detail.ts';
import type { Meaning } from './meaning.ts';

const AFTER_REASON: Record<HandoffReason, string> = {
  user_requested_human_assistance: 'Answer in person.',
  prohibited_topic: 'Answer it. Which topics are for people: handoff.topics.',
  insufficient_knowledge: 'Answer it, and write an article; "knowledge search" shows what the question finds.',
  insufficient_tools: 'Do what the customer asks for; the AI can only answer.',
  based_on_instructions: 'Answer it. Which topics are for people: handoff.topics.',
  instructions_not_clear: 'Answer it, and say under handoff.topics whether the AI may.',
  low_confidence:
    'Answer it. "knowledge search" shows what was found and how far it was from handoff.confidenceThreshold; an article that says it plainly helps most.',
  outside_office_hours: 'Answer it when the office opens. handoff.officeHours says whether the AI answers meanwhile.',
  frustrated_customer: 'Answer in person, and soon. handoff.triggers.frustration switches this reason off.',
  loop_suspected: 'See whether a machine writes at the other end: block it (blocklist), or raise the limits.',
  safety: 'Read it at once. Self-harm, threats, legal action, card numbers and stolen accounts always go to people.',
  inference_failed: 'Answer it. The log and "doctor" say what failed.',
  delivery_failed: 'Look at the thread in Freshdesk first: the answer may be there. If it is not, answer.',
  too_old: 'Answer it. How old is too old: intake.maxAnswerAgeHours.',
};

const CHECKED = 'Answer it. The guards have kept back what the articles do not say: an article that says it helps.';

const LOOK = 'Look at it: nothing was answered, because it was not certain.';

const AFTER_DETAIL: Record<PlanDetail, string> = {
  empty: CHECKED,
  too_long: CHECKED,
  citation: CHECKED,
  internal: 'Answer it, or make the article public: what is internal is for drafts only.',
  link: 'Answer it. reply.allowedLinkHosts names hosts that answers may link to.',
  email: CHECKED,
  phone: CHECKED,
  secret: CHECKED,
  amount: CHECKED,
  percentage: CHECKED,
  date: CHECKED,
  time: CHECKED,
  number: CHECKED,
  ungrounded: CHECKED,
  unquoted: 'Answer it. reply.wording says whether a model may put answers in words of its own.',
  altered: CHECKED,
  language: "Answer it. An article in the customer's language helps.",
  check_failed: CHECKED,
  unreadable: 'Answer it. Choose another AI_MODEL if it happens often.',
  embedder_down: 'Answer it. "doctor" says whether the embedding server answers now.',
  model_down: 'Answer it. "doctor" says whether the model answers now.',
  model_key_refused: 'Correct AI_API_KEY and restart.',
  model_refused: 'Correct AI_MODEL and AI_BASE_URL and restart.',
  maybe_safety: LOOK,
  maybe_person: LOOK,
  maybe_automatic: LOOK,
  maybe_thanks: LOOK,
  automatic_mail: 'Nothing. Wake the ticket if a person wrote it.',
  many_questions: 'Answer it: one answer to more than five questions is seldom right.',
  said_before: 'Answer it: what the articles say did not help.',
  token_budget: 'Answer it, or raise ai.dailyTokenBudget. Tomorrow counts anew.',
  money_budget: 'Answer it, or raise ai.dailyMoneyBudget. Tomorrow counts anew.',
};

/** Why the AI gives tickets to people (H1). */
export const REASONS = meanings(AFTER_REASON, reasonInWords);

/** What is said beside the reasons. */
export const DETAILS = meanings(AFTER_DETAIL, detailInWords);

function meanings<Term extends string>(
  after: Record<Term, string>,
  inWords: (term: Term) => string,
): Record<Term, Meaning> {
  const terms = Object.keys(after) as Term[];
  return Object.fromEntries(terms.map((term) => [term, { says: inWords(term), whatToDo: after[term] }])) as Record<
    Term,
    Meaning
  >;
}
