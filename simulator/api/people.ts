import { z } from 'zod';
import { notFound, ok, Refusal } from '../errors.ts';
import type { Agent, Group, Role } from '../types.ts';
import { contactView } from '../views.ts';
import { nowStamp, type State } from '../state.ts';
import { pageOf, paging } from './pages.ts';
import { noBody, noQuery, route, type Route } from './route.ts';

function agentContact(agent: Agent) {
  return {
    active: true,
    email: agent.email,
    job_title: null,
    language: 'en',
    last_login_at: agent.updatedAt,
    mobile: null,
    name: agent.name,
    phone: null,
    time_zone: 'Eastern Time (US & Canada)',
    created_at: agent.createdAt,
    updated_at: agent.updatedAt,
    avatar: null,
  };
}

/** List items carry neither groups nor roles nor skills. */
function agentItem(agent: Agent) {
  return {
    available: true,
    occasional: false,
    id: agent.id,
    ticket_scope: agent.ticketScope,
    signature: null,
    created_at: agent.createdAt,
    updated_at: agent.updatedAt,
    last_active_at: agent.updatedAt,
    available_since: agent.updatedAt,
    type: 'support_agent',
    deactivated: !agent.active,
    agent_operational_status: null,
    org_agent_id: String(2_090_098_000_000_000_000n + BigInt(agent.id)),
    focus_mode: true,
    contact: agentContact(agent),
  };
}

/** Nothing in here says whether the agent is an administrator. */
function agentView(agent: Agent) {
  return {
    ...agentItem(agent),
    group_ids: agent.groupIds,
    role_ids: agent.roleIds,
    skill_ids: [],
    org_group_ids: [],
    contribution_group_ids: [],
    org_contribution_group_ids: [],
    scope: null,
    availability: [{ channel: 'chat', available: true, available_since: agent.updatedAt }],
    api_key_enabled: agent.apiKey !== null,
  };
}

function groupItem(group: Group) {
  return {
    id: group.id,
    name: group.name,
    description: group.description,
    escalate_to: null,
    unassigned_for: '30m',
    business_hour_id: null,
    group_type: 'support_agent_group',
    created_at: group.createdAt,
    updated_at: group.updatedAt,
    auto_ticket_assign: group.autoTicketAssign,
    allow_agents_to_change_availability: false,
    agent_availability_status: false,
  };
}

function roleView(state: State, role: Role) {
  const at = nowStamp(state);
  return {
    id: role.id,
    name: role.name,
    description: role.description,
    default: role.default,
    agent_type: role.agentType,
    created_at: at,
    updated_at: at,
  };
}

function found<T>(entry: T | undefined): T {
  if (entry === undefined) throw new Refusal(notFound());
  return entry;
}

const agentQuery = z.strictObject({
  ...paging,
  email: z.string().optional(),
  mobile: z.string().optional(),
  phone: z.string().optional(),
  state: z.enum(['fulltime', 'occasional']).optional(),
});

export const peopleRoutes: Route[] = [
  route('get', '/agents/me', { query: noQuery, body: noBody, run: ({ agent }) => ok(agentView(agent)) }),
  route('get', '/agents', {
    admin: true,
    query: agentQuery,
    body: noBody,
    run({ state, query, href }) {
      const agents = [...state.agents.values()].filter(
        (agent) =>
          (query.email === undefined || agent.email.toLowerCase() === query.email.toLowerCase()) &&
          query.mobile === undefined &&
          query.phone === undefined &&
          query.state !== 'occasional',
      );
      return pageOf(agents, query, href, query, agentItem);
    },
  }),
  route('get', '/agents/:id', {
    admin: true,
    query: noQuery,
    body: noBody,
    run: ({ state, id }) => ok(agentView(found(state.agents.get(id)))),
  }),
  route('get', '/roles', {
    admin: true,
    query: z.strictObject(paging),
    body: noBody,
    run: ({ state, query, href }) => pageOf(state.roles, query, href, query, (role) => roleView(state, role)),
  }),
  route('get', '/roles/:id', {
    admin: true,
    query: noQuery,
    body: noBody,
    run: ({ state, id }) => ok(roleView(state, found(state.roles.find((role) => role.id === id)))),
  }),
  route('get', '/groups', {
    admin: true,
    query: z.strictObject(paging),
    body: noBody,
    run: ({ state, query, href }) => pageOf([...state.groups.values()], query, href, query, groupItem),
  }),
  route('get', '/groups/:id', {
    admin: true,
    query: noQuery,
    body: noBody,
    run({ state, id }) {
      const group = found(state.groups.get(id));
      return ok({ ...groupItem(group), agent_ids: group.agentIds });
    },
  }),
  route('get', '/contacts/:id', {
    query: noQuery,
    body: noBody,
    run: ({ state, id }) => ok(contactView(found(state.contacts.get(id)))),
  }),
];
