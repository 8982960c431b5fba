import { z } from 'zod';
import { ok } from '../errors.ts';
import { SOURCES } from '../rules.ts';
import { DOMAIN } from '../seed.ts';
import { nowStamp, type State } from '../state.ts';
import { pageOf, paging } from './pages.ts';
import { noBody, noQuery, route, type Route } from './route.ts';

type Field = {
  name: string;
  label: string;
  type: string;
  choices?: unknown;
  requiredForClosure?: boolean;
  id?: number;
};

/** Choices come in three shapes: `{id: [labels]}`, `{label: id}` and a plain list. */
function fieldsOf(state: State): Field[] {
  const statuses = state.statuses.map((status) => [status.id, [status.label, status.customerLabel]]);
  const agents = [...state.agents.values()].filter((agent) => agent.active).map((agent) => [agent.name, agent.id]);
  const groups = [...state.groups.values()].map((group) => [group.name, group.id]);
  return [
    { name: 'requester', label: 'Search a requester', type: 'default_requester' },
    { name: 'subject', label: 'Subject', type: 'default_subject' },
    {
      name: 'ticket_type',
      label: 'Type',
      type: 'default_ticket_type',
      choices: ['Question', 'Incident', 'Problem', 'Feature Request', 'Refund'],
    },
    {
      name: 'source',
      label: 'Source',
      type: 'default_source',
      choices: Object.fromEntries(Object.entries(SOURCES).map(([id, label]) => [label, Number(id)])),
    },
    { name: 'status', label: 'Status', type: 'default_status', choices: Object.fromEntries(statuses) },
    {
      name: 'priority',
      label: 'Priority',
      type: 'default_priority',
      choices: { Low: 1, Medium: 2, High: 3, Urgent: 4 },
    },
    { name: 'group', label: 'Group', type: 'default_group', choices: Object.fromEntries(groups) },
    { name: 'agent', label: 'Agent', type: 'default_agent', choices: Object.fromEntries(agents) },
    {
      name: 'product',
      label: 'Product',
      type: 'default_product',
      choices: Object.fromEntries(state.products.map((product) => [product.name, product.id])),
    },
    { name: 'description', label: 'Description', type: 'default_description' },
    ...state.fields.map((field) => ({
      id: field.id,
      name: field.name,
      label: field.label,
      type: field.type,
      requiredForClosure: field.requiredForClosure,
      ...(field.type === 'custom_dropdown' ? { choices: field.choices } : {}),
    })),
  ];
}

function fieldView(state: State, field: Field, position: number) {
  const at = nowStamp(state);
  const custom = field.type.startsWith('custom_');
  return {
    id: field.id ?? 150_014_800_000 + position,
    name: field.name,
    label: field.label,
    description: null,
    position,
    required_for_closure: field.requiredForClosure ?? false,
    required_for_agents: !custom && ['requester', 'subject', 'status', 'priority'].includes(field.name),
    type: field.type,
    default: !custom,
    customers_can_edit: !custom,
    customers_can_filter: false,
    label_for_customers: field.label,
    required_for_customers: !custom && ['requester', 'subject'].includes(field.name),
    displayed_to_customers: !custom,
    created_at: at,
    updated_at: at,
    ...(field.choices === undefined ? {} : { choices: field.choices }),
  };
}

const ticketFields = route('get', '/ticket_fields', {
  query: z.strictObject({ ...paging, type: z.string().optional() }),
  body: noBody,
  run({ state, query }) {
    const fields = fieldsOf(state).map((field, index) => fieldView(state, field, index + 1));
    return ok(fields.filter((field) => query.type === undefined || field.type === query.type));
  },
});

const emailConfigs = route('get', '/email_configs', {
  admin: true,
  query: z.strictObject(paging),
  body: noBody,
  run({ state, query, href }) {
    return pageOf(state.emailConfigs, query, href, query, (config) => ({
      id: config.id,
      name: config.name,
      product_id: config.productId,
      to_email: config.toEmail,
      reply_email: config.email,
      group_id: config.groupId,
      primary_role: config.primary,
      active: true,
      created_at: nowStamp(state),
      updated_at: nowStamp(state),
    }));
  },
});

const account = route('get', '/account', {
  admin: true,
  query: noQuery,
  body: noBody,
  run: ({ state }) =>
    ok({
      account_id: 1_490_512,
      account_name: 'Acme',
      account_domain: DOMAIN,
      organisation_id: 2_090_098_017_290_600_000,
      organisation_name: 'acme',
      contact_person: { firstname: 'Ada', lastname: 'Assistant', email: 'ada@acme.example' },
      tier_type: 'Enterprise',
      hipaa_compliant: false,
      timezone: 'Eastern Time (US & Canada)',
      data_center: 'US',
      total_agents: { full_time: state.agents.size, occasional: 0, field_service: 0, collaborators: 0 },
    }),
});

export const settingsRoutes: Route[] = [ticketFields, emailConfigs, account];
