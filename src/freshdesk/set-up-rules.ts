import { type AutomationRule, type AutomationSetup, ruleBody, type WebhookAction } from './automation-rules.ts';
import type { AccountRule, AutomationCalls } from './automations.ts';
import { readRules } from './rule-check.ts';
import { rulesOfOthers } from './rules-of-others.ts';

/** `why` is for the person who then has to paste the rules. */
export type RulesOutcome = { done: true; created: number; changed: number } | { done: false; why: string };

/**
 * Makes the account's automation rules by its API, where it allows that (C4). Rules of ours that are there already are kept
 * or put right. How Freshdesk's API names the parts of a webhook is not documented, so everything is read back: where a
 * rule does not hold address, secret and content, those made now are removed again and the outcome says why. Never throws.
 * @param takeOver whether rules that are not ours are changed as well; without it, where there are some, nothing is done
 */
export async function setUpRules(
  freshdesk: AutomationCalls,
  setup: AutomationSetup,
  { takeOver }: { takeOver: boolean },
): Promise<RulesOutcome> {
  const { rules, action } = setup;
  const before = await allRules(freshdesk).catch((error: unknown) => messageOf(error));
  if (typeof before === 'string') return { done: false, why: `The rules cannot be read: ${before}.` };
  if (!takeOver && rulesOfOthers(before, setup).length > 0)
    return { done: false, why: 'Rules of another installation are there, and stay as they are.' };
  const missing = rules.filter((rule) => find(before, rule, action) === undefined);
  const wrong = rules.filter((rule) => {
    const found = find(before, rule, action);
    return found !== undefined && !holds(found, rule, action);
  });
  try {
    for (const rule of wrong) {
      const { id } = find(before, rule, action) ?? { id: 0 };
      await freshdesk.updateAutomationRule(rule.tab, id, ruleBody(rule, action));
    }
    for (const rule of missing) await freshdesk.createAutomationRule(rule.tab, ruleBody(rule, action));
    const after = await allRules(freshdesk);
    const lost = rules.find((rule) => {
      const found = find(after, rule, action);
      return found === undefined || !holds(found, rule, action);
    });
    if (lost === undefined) return { done: true, created: missing.length, changed: wrong.length };
    await removeNew(freshdesk, before, missing);
    return { done: false, why: `Freshdesk did not keep the rule "${lost.name}" as it was sent.` };
  } catch (error) {
    const left = await removeNew(freshdesk, before, missing).then(
      () => '',
      () => ' Rules that begin with "opencx: " may be there: remove them, or make them equal to these.',
    );
    return { done: false, why: `The account does not let the rules be made by its API: ${messageOf(error)}.${left}` };
  }
}

async function allRules(freshdesk: AutomationCalls): Promise<AccountRule[]> {
  return (await readRules(freshdesk)).flatMap(({ rules }) => rules);
}

/** Ours by its name, or, where an admin named it otherwise, by where it sends and whose acts it listens to. */
function find(all: readonly AccountRule[], rule: AutomationRule, action: WebhookAction): AccountRule | undefined {
  const same = all.filter(({ tab }) => tab === rule.tab);
  const actors = rule.performer === null ? [] : rule.performer === 'System' ? ['system'] : ['agent', 'requester'];
  return (
    same.find(({ name }) => name === rule.name) ??
    same.find(
      (one) => one.webhooks.some(({ url }) => url === action.url) && one.actors.toString() === actors.toString(),
    )
  );
}

function holds(found: AccountRule, rule: AutomationRule, action: WebhookAction): boolean {
  const sends = found.webhooks.some(
    ({ url, headers, body }) =>
      url === action.url && headers[action.headerName.toLowerCase()] === action.secret && body?.trim() === action.body,
  );
  return found.active && sends && rule.events.every(({ api }) => found.events.includes(api['field_name'] ?? ''));
}

/** By name, because a lost answer may have made a rule whose id nobody knows. */
async function removeNew(
  freshdesk: AutomationCalls,
  before: readonly AccountRule[],
  made: readonly AutomationRule[],
): Promise<void> {
  const known = new Set(before.map(({ id }) => id));
  const names = new Set(made.map(({ name }) => name));
  for (const rule of await allRules(freshdesk)) {
    if (!known.has(rule.id) && names.has(rule.name)) await freshdesk.deleteAutomationRule(rule.tab, rule.id);
  }
}

/** Our errors end without a full stop; they hold paths, statuses and codes only. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'it failed';
}
