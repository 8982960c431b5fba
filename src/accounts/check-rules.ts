import type { Logger } from 'pino';
import type { Conditions } from '../db/background/conditions.ts';
import { nameOf } from '../domain/errors.ts';
import type { Freshdesk } from '../freshdesk/client.ts';
import { readRules, ruleTrouble, type RulesExpected } from '../freshdesk/rule-check.ts';

export type CheckRulesDeps = {
  conditions: Pick<Conditions, 'note'>;
  /** What the rules of a connection have to be like. */
  rulesExpected(connectionId: string): Promise<RulesExpected>;
  log: Logger;
};

/**
 * C4: notes whether Freshdesk's rules still tell this service of tickets, so that somebody learns of it when they are gone or
 * send elsewhere. An account that does not let its rules be read says nothing about them. Never throws.
 */
export async function checkRules(
  { conditions, rulesExpected, log }: CheckRulesDeps,
  connection: string,
  freshdesk: Pick<Freshdesk, 'automationRules'>,
): Promise<void> {
  try {
    const rules = (await readRules(freshdesk)).flatMap((tab) => tab.rules);
    const trouble = await ruleTrouble(rules, await rulesExpected(connection));
    await conditions.note(
      { kind: 'webhook_rules', place: connection, connection },
      trouble === null ? null : { what: trouble.reason, whatToDo: trouble.fix ?? '' },
    );
    if (trouble !== null)
      log.warn(
        { connection },
        'the automation rules in Freshdesk do not tell this service of tickets: "doctor" says why',
      );
  } catch (error) {
    log.info({ connection, reason: nameOf(error) }, 'the automation rules could not be looked at');
  }
}
