import type { Command } from 'commander';
import type { RulesMade, RulesWish } from '../accounts/connector.ts';
import { renderAutomationSetup } from '../freshdesk/automation-rules.ts';
import { type OtherRule, othersInWords } from '../freshdesk/rules-of-others.ts';
import { confirmed } from './confirm.ts';
import type { CliDeps } from './deps.ts';

export type RulesOptions = { createRules: boolean; takeOverRules?: true };

/** What became of the automation rules, for a person and for a program. */
type RulesReport = { text: string; data: Record<string, unknown> };

export function withRules(target: Command): Command {
  return target
    .option('--create-rules', "make the automation rules by Freshdesk's API where the account allows it", true)
    .option('--no-create-rules', 'only print them, to be pasted')
    .option('--take-over-rules', 'change rules of another installation, too: that one hears of no ticket any more');
}

/** C4: rules of another installation are changed where that was said to be meant, or whoever sits at the terminal says so. */
export function rulesWish(deps: CliDeps, { createRules, takeOverRules }: RulesOptions): RulesWish {
  return {
    make: createRules,
    async takeOver(others) {
      if (takeOverRules !== true && deps.terminal !== null) await confirmed(deps, false, takeOverQuestion(others));
      return takeOverRules === true || deps.terminal !== null;
    },
  };
}

function takeOverQuestion(others: readonly OtherRule[]): string {
  return `${othersInWords(others)}
If they are taken over, that installation hears of no ticket any more, and its customers are this one's.
(--no-create-rules leaves them as they are.)`;
}

/** Says whether the rules were made, and else what to paste (C4). */
export function rulesReport(made: RulesMade | null): RulesReport {
  if (made === null) return { text: '', data: {} };
  const { outcome, others, setup } = made;
  if (outcome?.done === true) {
    const { created, changed } = outcome;
    const kept = setup.rules.length - created - changed;
    return {
      text: `The automation rules are in Freshdesk, made by its API: ${created} new, ${changed} put right, ${kept} as they were.\nThey begin with "opencx: ". "doctor" says whether another rule stands in their way.\n`,
      data: { rules: 'created', created, changed },
    };
  }
  const why = outcome === null ? '' : `The automation rules were not made by the API. ${outcome.why}\n`;
  const beside =
    others.length === 0
      ? ''
      : `${othersInWords(others)}\nThey stay as they are. Two installations on one account both write to its customers: see that one of them does not.\n\n`;
  return {
    text: `${beside}${why}Paste the automation rules by hand:\n\n${renderAutomationSetup(setup)}`,
    data: {
      rules: 'to_paste',
      ...(outcome === null ? {} : { why: outcome.why }),
      ...(others.length === 0 ? {} : { others }),
      automation: setup,
    },
  };
}
