import { failed, ok, type Verdict, warning } from '../domain/verdict.ts';
import { markIn } from './automation-rules.ts';
import type { AccountRule, AccountRules, Actor, AutomationCalls, RuleTab, RuleWebhook } from './automations.ts';
import { isOfProduct, shownUrl } from './rules-of-others.ts';

/** What the rules are compared with. */
export type RulesExpected = {
  connectionId: string;
  webhookUrl: string;
  /** Of this installation. */
  mark: string;
  /** Whether webhooks with this secret are taken in; its hash alone is known. */
  secretFits(secret: string): Promise<boolean>;
};

export type RuleCheck = 'creation rule' | 'update rule' | 'system rule';

type Wanted = { tab: RuleTab; tabName: string; actors: readonly Actor[]; unnoticed: string; events: readonly string[] };

const CHANGES = ['note_type', 'status', 'responder_id', 'group_id'];
const WANTED: Record<RuleCheck, Wanted> = {
  'creation rule': {
    tab: 'creation',
    tabName: 'Ticket Creation',
    actors: [],
    unnoticed: 'new tickets go unnoticed',
    events: [],
  },
  'update rule': {
    tab: 'update',
    tabName: 'Ticket Updates',
    actors: ['agent', 'requester'],
    unnoticed: 'what customers and agents do on a ticket goes unnoticed',
    events: ['reply_sent', ...CHANGES],
  },
  'system rule': {
    tab: 'update',
    tabName: 'Ticket Updates',
    actors: ['system'],
    unnoticed: 'what other rules do, such as assigning a ticket, goes unnoticed',
    events: CHANGES,
  },
};

export const RULE_CHECKS = Object.keys(WANTED) as RuleCheck[];

/** The tabs that our rules are on. */
export async function readRules(freshdesk: Pick<AutomationCalls, 'automationRules'>): Promise<AccountRules[]> {
  return [await freshdesk.automationRules('creation'), await freshdesk.automationRules('update')];
}

/** The first thing that keeps Freshdesk from telling us of tickets; null when nothing does. */
export async function ruleTrouble(all: readonly AccountRule[], expected: RulesExpected): Promise<Verdict | null> {
  for (const check of RULE_CHECKS) {
    const verdict = await checkRule(check, all, expected);
    if (verdict.status === 'failed') return verdict;
  }
  return null;
}

/** C6: the rule is there, is on, sends here with our secret and the ticket's id, and listens to what matters. */
export async function checkRule(
  check: RuleCheck,
  all: readonly AccountRule[],
  expected: RulesExpected,
): Promise<Verdict> {
  const wanted = WANTED[check];
  const candidates = all.filter(
    ({ tab, actors }) =>
      tab === wanted.tab && (wanted.actors.length === 0 || wanted.actors.some((actor) => actors.includes(actor))),
  );
  const here = candidates.filter((rule) => webhookTo(rule, expected) !== undefined);
  const problems: Verdict[] = [];
  const covered = new Set<Actor>();
  for (const rule of here) {
    const problem = await problemOf(rule, wanted, expected);
    if (problem?.status === 'failed') problems.push(problem);
    else for (const actor of rule.actors) covered.add(actor);
    if (problem?.status === 'warning') problems.push(problem);
  }
  const uncovered = wanted.actors.filter((actor) => !covered.has(actor));
  const worst = problems.find(({ status }) => status === 'failed') ?? problems[0];
  if (here.length > problems.length && uncovered.length === 0) return ok(`"${here[0]?.name}" sends to this service.`);
  if (worst !== undefined) return worst;
  if (here.length > 0) return notFor(uncovered, here, expected);
  return missing(candidates, wanted, expected);
}

function webhookTo(rule: AccountRule, { webhookUrl }: RulesExpected): RuleWebhook | undefined {
  return rule.webhooks.find(({ url }) => url === webhookUrl);
}

const WHERE = 'Admin → Workflows → Automations';

async function problemOf(rule: AccountRule, { events }: Wanted, expected: RulesExpected): Promise<Verdict | null> {
  const webhook = webhookTo(rule, expected);
  if (webhook === undefined) return null;
  const remake = `Run "connections rotate-secret ${expected.connectionId}", which puts the rules right or prints them.`;
  if (!rule.active) return failed(`The rule "${rule.name}" is switched off.`, `Switch it on under ${WHERE}.`);
  const mark = markIn(webhook.body);
  if (mark !== null && mark !== expected.mark) {
    return failed(
      `The rule "${rule.name}" sends here, and belongs to another installation (${mark}), with its secret.`,
      `If that one is gone, "connections rotate-secret ${expected.connectionId} --take-over-rules" makes it this one's; two must not share PUBLIC_URL.`,
    );
  }
  const secret = webhook.headers['x-webhook-secret'];
  if (secret === undefined && !webhook.basicAuth) {
    return failed(`The rule "${rule.name}" sends no secret: its webhooks are refused.`, remake);
  }
  // Where Freshdesk shows stars instead of the secret, there is nothing to compare.
  if (secret !== undefined && !/^[*•.x]+$/i.test(secret) && !(await expected.secretFits(secret))) {
    return failed(`The rule "${rule.name}" sends another secret: its webhooks are refused.`, remake);
  }
  if (webhook.body !== null && !/\{\{\s*ticket\.id\s*\}\}/.test(webhook.body)) {
    return failed(
      `The content of the rule "${rule.name}" does not hold the ticket's id: its webhooks are refused.`,
      'Set its content to Advanced, exactly {"ticket_id":"{{ticket.id}}"}.',
    );
  }
  const deaf = events.filter((event) => !rule.events.includes(event));
  if (deaf.includes('reply_sent')) {
    return failed(
      `The rule "${rule.name}" does not listen to replies: a customer who writes again gets no answer.`,
      `Add the event "Reply is sent" to it under ${WHERE}.`,
    );
  }
  return deaf.length === 0
    ? null
    : warning(
        `The rule "${rule.name}" does not listen to ${deaf.join(', ')}: such changes are seen late.`,
        `Add these events to it under ${WHERE}.`,
      );
}

function notFor(actors: readonly Actor[], here: readonly AccountRule[], { connectionId }: RulesExpected): Verdict {
  const names = here.map(({ name }) => `"${name}"`).join(', ');
  return failed(
    `${names} does not listen to what is done by ${actors.join(' and ')}.`,
    `Set "Performed by" to Agent or Requester, or run "connections rotate-secret ${connectionId}", which makes the rules.`,
  );
}

/** Ours by name or path, but not to this address; else there is none. */
function missing(candidates: readonly AccountRule[], wanted: Wanted, expected: RulesExpected): Verdict {
  for (const rule of candidates) {
    const other = rule.webhooks.find((webhook) => isOfProduct(rule, webhook));
    if (other !== undefined) {
      return failed(
        `The rule "${rule.name}" sends to ${shownUrl(other.url)} instead of ${expected.webhookUrl}: ${wanted.unnoticed}.`,
        `If another installation is there, one of the two has to go. Else correct PUBLIC_URL, or run "connections rotate-secret ${expected.connectionId} --take-over-rules".`,
      );
    }
  }
  const by = wanted.actors.length === 0 ? '' : ` for what is done by ${wanted.actors.join(' or ')}`;
  return failed(
    `No rule on the tab "${wanted.tabName}"${by} sends to ${expected.webhookUrl}: ${wanted.unnoticed}.`,
    `Run "connections rotate-secret ${expected.connectionId}", which makes the rules or prints them to be pasted.`,
  );
}

/** C6: where only the first rule that matches runs, a rule above ours keeps it from running. */
export function checkOrder(tabs: readonly AccountRules[], { webhookUrl }: RulesExpected): Verdict {
  for (const { rules, cascading } of tabs) {
    const first = rules.find(({ webhooks }) => webhooks.some(({ url }) => url === webhookUrl));
    const above = rules.filter(({ active, position }) => active && first !== undefined && position < first.position);
    if (first === undefined || above.length === 0 || cascading === true) continue;
    const names = above.map(({ name }) => `"${name}"`).join(', ');
    return warning(
      cascading === false
        ? `Only the first rule that matches runs, and ${names} stands above "${first.name}".`
        : `${names} stands above "${first.name}", and Freshdesk does not say whether it stops that one.`,
      `Move "${first.name}" to the top, or choose "Execute all matching rules", under ${WHERE}.`,
    );
  }
  return ok('No rule stands in the way of ours.');
}
