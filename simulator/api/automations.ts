import { z } from 'zod';
import { created, noContent, notFound, ok, refuse, Refusal } from '../errors.ts';
import type { Rule, WebhookTarget } from '../rules.ts';
import { nextId, type State } from '../state.ts';
import type { EventName } from '../types.ts';
import { noBody, noQuery, route, type Call, type Route } from './route.ts';

/** The tabs by Freshdesk's numbers; 3, the hourly rules, has none here. */
const TABS = [
  { number: 1, type: 'creation' },
  { number: 4, type: 'update' },
] as const;

const PERFORMERS = ['agent', 'requester', 'agent_or_requester', 'system'] as const;
const ANY = '--';

type Event = { field_name: string; from?: unknown; to?: unknown; value?: unknown };

/** How the events are called in the API; those without a name are not on offer. */
const EVENTS: Partial<Record<EventName, Event>> = {
  reply_sent: { field_name: 'reply_sent', value: 'sent' },
  note_public: { field_name: 'note_type', value: 'public' },
  note_private: { field_name: 'note_type', value: 'private' },
  status: { field_name: 'status', from: ANY, to: ANY },
  priority: { field_name: 'priority', from: ANY, to: ANY },
  responder_id: { field_name: 'responder_id', from: ANY, to: ANY },
  group_id: { field_name: 'group_id', from: ANY, to: ANY },
  type: { field_name: 'ticket_type', from: ANY, to: ANY },
  tags: { field_name: 'tag_names', value: ANY },
  deleted: { field_name: 'ticket_action', value: 'delete' },
  spam: { field_name: 'ticket_action', value: 'marked_spam' },
  updated: { field_name: 'ticket_action', value: 'update' },
};

function namesOf(event: Event): EventName[] {
  const names = (Object.keys(EVENTS) as EventName[]).filter((name) => {
    const known = EVENTS[name];
    if (known?.field_name !== event.field_name) return false;
    return known.value === undefined || known.value === ANY || event.value === ANY || known.value === event.value;
  });
  if (names.length === 0) throw refuse('events', 'invalid_value', `There is no event ${event.field_name}`);
  return names;
}

function webhookAction(rule: Rule, { url, headers }: WebhookTarget) {
  return {
    field_name: 'trigger_webhook',
    request_type: 'POST',
    url,
    api_key: null,
    auth_header: null,
    custom_headers: headers,
    content: {
      content_layout: rule.content,
      content_type: 'json',
      ...(rule.content === 'advanced' ? { content: rule.template } : { placeholders: rule.placeholders }),
    },
  };
}

function view({ rules, target, agent }: Pick<Call<unknown, unknown>, 'rules' | 'target' | 'agent'>, rule: Rule) {
  const to = rule.webhook ?? target;
  const tab = TABS.find(({ type }) => type === rule.type);
  return {
    id: rule.id,
    name: rule.name,
    position: rules.filter(({ type }) => type === rule.type).indexOf(rule) + 1,
    active: rule.active,
    automation_type_id: tab?.number,
    ...(rule.type === 'creation'
      ? {}
      : {
          performer: { type: PERFORMERS.indexOf(rule.performer) + 1, members: [] },
          events: rule.events.flatMap((name) => EVENTS[name] ?? []),
        }),
    conditions: [],
    operator: null,
    actions: to === null ? [] : [webhookAction(rule, to)],
    outdated: false,
    last_updated_by: agent.id,
    affected_tickets_count: 0,
    summary: {},
  };
}

const event = z.looseObject({ field_name: z.string(), value: z.unknown().optional() });
const action = z.looseObject({
  field_name: z.string(),
  url: z.string().optional(),
  custom_headers: z.record(z.string(), z.string()).nullish(),
  content: z.looseObject({ content: z.string().optional() }).optional(),
});
const body = z.looseObject({
  name: z.string().min(1),
  active: z.boolean().default(true),
  performer: z.looseObject({ type: z.number().int().min(1).max(4) }).optional(),
  events: z.array(event).optional(),
  conditions: z.array(z.unknown()).optional(),
  actions: z.array(action).min(1),
});
type Body = z.output<typeof body>;

/** What a written rule becomes; an account may refuse, or keep less than it was given. */
function ruleOf(state: State, type: Rule['type'], given: Body): Omit<Rule, 'id'> {
  if (state.automations.writes === 'refused') {
    const message = 'The automations feature is not supported in your plan. Please upgrade your account to use it.';
    throw new Refusal({ status: 403, body: { code: 'require_feature', message } });
  }
  const webhook = given.actions.find(({ field_name: name }) => name === 'trigger_webhook');
  if (webhook?.url === undefined) throw refuse('actions', 'invalid_value', 'The action is not a webhook');
  if ((given.conditions ?? []).length === 0) throw refuse('conditions', 'missing_field', 'It should be a/an Array');
  if (type === 'update' && (given.performer === undefined || (given.events ?? []).length === 0)) {
    throw refuse(given.performer === undefined ? 'performer' : 'events', 'missing_field', 'It should be given');
  }
  const keepsHeaders = state.automations.writes === 'allowed';
  return {
    name: given.name,
    type,
    performer: PERFORMERS[(given.performer?.type ?? 3) - 1] ?? 'agent_or_requester',
    events: (given.events ?? []).flatMap(namesOf),
    active: given.active,
    content: 'advanced',
    template: webhook.content?.content ?? '',
    placeholders: [],
    escapes: true,
    webhook: { url: webhook.url, headers: keepsHeaders ? (webhook.custom_headers ?? {}) : {} },
  };
}

function tabRoutes({ number, type }: (typeof TABS)[number]): Route[] {
  const path = `/automations/${number}/rules`;
  const found = ({ rules, id }: Pick<Call<unknown, unknown>, 'rules' | 'id'>): Rule => {
    const rule = rules.find((entry) => entry.id === id && entry.type === type);
    if (rule === undefined) throw new Refusal(notFound());
    return rule;
  };
  return [
    route('get', path, {
      admin: true,
      query: noQuery,
      body: noBody,
      run: (call) => {
        const rules = call.rules.filter((rule) => rule.type === type).map((rule) => view(call, rule));
        return ok({ rules, meta: { count: rules.length, cascading_rules: call.state.automations.cascading } });
      },
    }),
    route('post', path, {
      admin: true,
      query: noQuery,
      body,
      run: (call) => {
        const rule = { ...ruleOf(call.state, type, call.body), id: nextId(call.state) };
        call.rules.push(rule);
        return created(view(call, rule), `${call.href}/${rule.id}`);
      },
    }),
    route('get', `${path}/:id`, {
      admin: true,
      query: noQuery,
      body: noBody,
      run: (call) => ok(view(call, found(call))),
    }),
    route('put', `${path}/:id`, {
      admin: true,
      query: noQuery,
      body,
      run: (call) => ok(view(call, Object.assign(found(call), ruleOf(call.state, type, call.body)))),
    }),
    route('delete', `${path}/:id`, {
      admin: true,
      query: noQuery,
      body: noBody,
      run: (call) => {
        call.rules.splice(call.rules.indexOf(found(call)), 1);
        return noContent();
      },
    }),
  ];
}

/** The automation rules, which are the ones that send the webhooks. */
export const automationRoutes: Route[] = TABS.flatMap(tabRoutes);
