import type { Evaluation } from './evaluation.ts';
import { automaticMail } from './automatic-mail.ts';
import { closingTurns } from './closing-turns.ts';
import { earned } from './earned.ts';
import { faq } from './faq.ts';
import { intents } from './intents.ts';
import { golden } from './golden.ts';
import { injection } from './bipia.ts';
import { modernMail } from './modern-mails.ts';
import { quoting } from './quoting.ts';
import { sentiment } from './sentiment.ts';
import { statements } from './statements.ts';

/** Everything that `npm run eval` measures, in the order in which it is printed. */
export const EVALUATIONS: readonly Evaluation[] = [
  quoting,
  modernMail,
  automaticMail,
  sentiment,
  closingTurns,
  golden,
  faq,
  intents,
  injection,
  statements,
  earned,
];
