import { z } from 'zod';
import type { Calls } from './calls.ts';
import { usable } from './tolerant.ts';

/** Where a rule is found in Freshdesk, and the number of that tab in its API. */
export type RuleTab = 'creation' | 'update';
const TABS: Record<RuleTab, number> = { creation: 1, update: 4 };

export type Actor = 'agent' | 'requester' | 'system';

/** An automation rule as far as its webhooks go. */
export type AccountRule = {
  id: number;
  tab: RuleTab;
  name: string;
  active: boolean;
  /** From 1; the rules of a tab run from top to bottom. */
  position: number;
  /** Whose acts it listens to; empty where the tab does not ask. */
  actors: Actor[];
  /** Names of its events, such as `reply_sent`; of those with a value also `note_type:public`. */
  events: string[];
  webhooks: RuleWebhook[];
};

export type RuleWebhook = {
  url: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Whether it sends basic auth, whose password may be the secret as well. */
  basicAuth: boolean;
  /** The text it sends; null where the answer does not hold it in a way we know. */
  body: string | null;
};

export type AccountRules = {
  rules: AccountRule[];
  /** Whether every rule that matches runs; null where the account does not say. */
  cascading: boolean | null;
};

/** A rule to be written, in Freshdesk's names. */
export type RuleBody = Record<string, unknown>;

/** The automation rules. All of it needs admin rights; which plans have it, the documentation does not say. */
export type AutomationCalls = {
  /** The rules of a tab, from the top. */
  automationRules(tab: RuleTab): Promise<AccountRules>;
  /** Returns the new rule's id. */
  createAutomationRule(tab: RuleTab, rule: RuleBody): Promise<number>;
  updateAutomationRule(tab: RuleTab, id: number, rule: RuleBody): Promise<void>;
  deleteAutomationRule(tab: RuleTab, id: number): Promise<void>;
};

export function automationCalls({ get, call }: Calls): AutomationCalls {
  const path = (tab: RuleTab, id?: number) => `/automations/${TABS[tab]}/rules${id === undefined ? '' : `/${id}`}`;
  return {
    automationRules: async (tab) => {
      const { rules, cascading } = (await get(path(tab), rulesPayload)).value;
      const named = rules.map((rule, index) => accountRule(tab, rule, index + 1));
      return { rules: named.toSorted((one, other) => one.position - other.position), cascading };
    },
    createAutomationRule: async (tab, body) =>
      (await call({ method: 'POST', path: path(tab), body, payload: idPayload, credits: 1 })).value.id,
    updateAutomationRule: async (tab, id, body) => {
      await call({ method: 'PUT', path: path(tab, id), body, payload: z.unknown(), credits: 1 });
    },
    deleteAutomationRule: async (tab, id) => {
      await call({ method: 'DELETE', path: path(tab, id), payload: z.unknown(), credits: 1 });
    },
  };
}

const idPayload = z.object({ id: z.number().int() });
const loose = z.record(z.string(), z.unknown());
const looseList = usable(loose);

const rulePayload = z.object({
  id: z.number().int(),
  name: z.string().catch(''),
  active: z.boolean().catch(true),
  position: z.number().nullish().catch(null),
  performer: z.object({ type: z.coerce.number() }).nullish().catch(null),
  events: looseList,
  actions: looseList,
});
type RulePayload = z.output<typeof rulePayload>;

const usableRules = usable(rulePayload);

/** The documentation shows the list bare in one place, and beside a `meta` in another. */
const rulesPayload = z
  .union([
    z.array(z.unknown()),
    z.object({
      rules: z.array(z.unknown()),
      meta: z
        .object({ cascading_rules: z.boolean().nullish().catch(null) })
        .nullish()
        .catch(null),
    }),
  ])
  .transform((answer) =>
    Array.isArray(answer)
      ? { rules: usableRules.parse(answer), cascading: null }
      : { rules: usableRules.parse(answer.rules), cascading: answer.meta?.cascading_rules ?? null },
  );

const ACTORS: Record<number, Actor[]> = { 1: ['agent'], 2: ['requester'], 3: ['agent', 'requester'], 4: ['system'] };

function accountRule(tab: RuleTab, rule: RulePayload, place: number): AccountRule {
  return {
    id: rule.id,
    tab,
    name: rule.name,
    active: rule.active,
    position: rule.position ?? place,
    actors: ACTORS[rule.performer?.type ?? 0] ?? [],
    events: rule.events.flatMap(eventNames),
    webhooks: rule.actions.flatMap(webhookOf),
  };
}

function eventNames(event: Record<string, unknown>): string[] {
  const { field_name: name, value } = event;
  if (typeof name !== 'string') return [];
  return typeof value === 'string' ? [name, `${name}:${value}`] : [name];
}

/** Known by its address alone: what the action is called, the documentation does not say. */
function webhookOf(action: Record<string, unknown>): RuleWebhook[] {
  const { url, custom_headers: headers, auth_header: auth, content } = action;
  if (typeof url !== 'string') return [];
  return [{ url, headers: headersOf(headers), basicAuth: loose.safeParse(auth).success, body: bodyIn(content) }];
}

/** `{"X-Webhook-Secret": "…"}`, or a list of names and values. */
function headersOf(given: unknown): Record<string, string> {
  const list = z.array(loose).safeParse(given);
  const pairs = list.success
    ? list.data.map((entry) => [entry['name'] ?? entry['key'], entry['value']])
    : Object.entries(loose.catch({}).parse(given));
  return Object.fromEntries(
    pairs.flatMap(([name, value]) =>
      typeof name === 'string' && typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
    ),
  );
}

/** The first text with a placeholder in it, however deep it is. */
function bodyIn(content: unknown): string | null {
  if (typeof content === 'string') return content.includes('{{') ? content : null;
  if (typeof content !== 'object' || content === null) return null;
  for (const inner of Object.values(content)) {
    const body = bodyIn(inner);
    if (body !== null) return body;
  }
  return null;
}
