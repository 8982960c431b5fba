import { emptyState, nextId, nowStamp, type State } from './state.ts';
import type { Agent, Group, Role } from './types.ts';

export type SeedOptions = { now: () => Date; apiKey: string; plainKey: string; reopening: boolean };

/** The domain this account plays; its addresses and links carry it. */
export const DOMAIN = 'acme.freshdesk.com';

const ROLES: [string, string, 1 | 3][] = [
  ['Account Administrator', 'Has complete control over the help desk.', 1],
  ['Administrator', 'Can configure all features through the Admin tab.', 1],
  ['Supervisor', 'Can perform all agent related activities and access reports.', 1],
  ['Agent', 'Can log, view, reply, update and resolve tickets.', 1],
  ['Ticket Collaborator', 'Can view tickets and add notes.', 3],
  ['Analytics Collaborator', 'Can view analytics.', 3],
];

/** 6 and 7 carry labels of the customer's own choice, as in real accounts. */
const STATUSES: [number, string, string][] = [
  [2, 'Open', 'Being Processed'],
  [3, 'Pending', 'Awaiting your Reply'],
  [4, 'Resolved', 'This ticket has been Resolved'],
  [5, 'Closed', 'This ticket has been Closed'],
  [6, 'Waiting on Warehouse', 'Being Processed'],
  [7, 'Job Application', 'Being Processed'],
  [8, 'Monthly', 'Awaiting your Reply'],
];

/** How long after a ticket's arrival the group Returns gives it to somebody. */
const ROUND_ROBIN_MS = 2_000;

function addAgent(state: State, name: string, email: string, role: string, apiKey: string | null): Agent {
  const at = nowStamp(state);
  const roleIds = state.roles.filter((entry) => entry.name === role).map((entry) => entry.id);
  const agent: Agent = {
    id: nextId(state),
    name,
    email,
    roleIds,
    groupIds: [],
    ticketScope: 1,
    active: true,
    apiKey,
    createdAt: at,
    updatedAt: at,
  };
  state.agents.set(agent.id, agent);
  return agent;
}

function addGroup(state: State, name: string, agents: Agent[], autoTicketAssign: Group['autoTicketAssign']): Group {
  const at = nowStamp(state);
  const group: Group = {
    id: nextId(state),
    name,
    description: `${name} team`,
    agentIds: agents.map((agent) => agent.id),
    autoTicketAssign,
    createdAt: at,
    updatedAt: at,
  };
  state.groups.set(group.id, group);
  for (const agent of agents) agent.groupIds.push(group.id);
  return group;
}

function addMailbox(state: State, name: string, email: string, group: Group | null): void {
  state.emailConfigs.push({
    id: nextId(state),
    name,
    email,
    toEmail: email,
    productId: null,
    groupId: group?.id ?? null,
    primary: state.emailConfigs.length === 0,
  });
}

/** The account every simulator starts with: an AI agent with an admin key, four people, four groups, no tickets. */
export function seededState(options: SeedOptions): State {
  const state = emptyState(options.now);
  state.reopening.on = options.reopening;
  state.roles = ROLES.map(([name, description, agentType]): Role => ({
    id: nextId(state),
    name,
    description,
    default: true,
    agentType,
  }));
  state.statuses = STATUSES.map(([id, label, customerLabel]) => ({ id, label, customerLabel }));

  const ai = addAgent(state, 'Ada Assistant', 'ada@acme.example', 'Administrator', options.apiKey);
  const grace = addAgent(state, 'Grace Miller', 'grace@acme.example', 'Supervisor', null);
  const henry = addAgent(state, 'Henry Osei', 'henry@acme.example', 'Agent', null);
  const ines = addAgent(state, 'Ines Duarte', 'ines@acme.example', 'Agent', null);
  const pat = addAgent(state, 'Pat Plain', 'pat@acme.example', 'Agent', options.plainKey);

  addGroup(state, 'Customer Support', [ai, grace, henry], 0);
  const billing = addGroup(state, 'Billing', [ines, pat], 0);
  addGroup(state, 'Escalations', [grace], 0);
  const returns = addGroup(state, 'Returns', [henry, ines], 1);
  state.roundRobin.set(returns.id, { afterMs: ROUND_ROBIN_MS, agentIds: returns.agentIds, turn: 0 });

  addMailbox(state, 'Acme Support', `support@${DOMAIN}`, null);
  addMailbox(state, 'Acme Billing', 'billing@acme.example', billing);
  state.products = ['Acme Shop', 'Acme Club'].map((name) => ({ id: nextId(state), name }));
  state.fields.push({
    id: nextId(state),
    name: 'cf_opencx_handed_off',
    label: 'OpenCX handed off',
    type: 'custom_checkbox',
    requiredForClosure: false,
    choices: [],
  });
  return state;
}
