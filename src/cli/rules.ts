import type { Command } from 'commander';
import type { Connector } from '../accounts/connector.ts';
import { renderAutomationSetup } from '../freshdesk/automation-rules.ts';

/** What became of the automation rules, for a person and for a program. */
type RulesReport = { text: string; data: Record<string, unknown> };

export function withRules(target: Command): Command {
  return target
    .option('--create-rules', "make the automation rules by Freshdesk's API where the account allows it", true)
    .option('--no-create-rules', 'only print them, to be pasted');
}

/** Makes the rules where that is wanted and possible, and says which it was; else prints what to paste (C4). */
export async function reportRules(
  connector: Connector,
  connectionId: string,
  webhookSecret: string,
  create: boolean,
): Promise<RulesReport> {
  const setup = connector.automationSetup(connectionId, webhookSecret);
  const outcome = create ? await connector.setUpRules(connectionId, webhookSecret) : null;
  if (outcome?.done === true) {
    const { created, changed } = outcome;
    const kept = setup.rules.length - created - changed;
    return {
      text: `The automation rules are in Freshdesk, made by its API: ${created} new, ${changed} put right, ${kept} as they were.\nThey begin with "opencx: ". "doctor" says whether another rule stands in their way.\n`,
      data: { rules: 'created', created, changed },
    };
  }
  const why = outcome === null ? '' : `The automation rules were not made by the API. ${outcome.why}\n`;
  return {
    text: `${why}Paste the automation rules by hand:\n\n${renderAutomationSetup(setup)}`,
    data: { rules: 'to_paste', ...(outcome === null ? {} : { why: outcome.why }), automation: setup },
  };
}
