import type { Rule } from './rules.ts';
import { nextId, nowStamp, type State } from './state.ts';
import type { Timers } from './timers.ts';
import type { AccountEvent, Agent, FieldType, Group } from './types.ts';
import { updateTicket } from './writes.ts';

export type RuleChange = Partial<Omit<Rule, 'id' | 'type'>>;

export type AgentChange = {
  active?: boolean | undefined;
  apiKey?: string | null | undefined;
  role?: string | undefined;
};

export type NewField = {
  name: string;
  label?: string | undefined;
  type: FieldType;
  requiredForClosure?: boolean | undefined;
  choices?: string[] | undefined;
};

/** Round robin: a ticket that enters such a group without an agent gets the next one, by System, `afterMs` later. */
function assignInTurn(state: State, timers: Timers, event: AccountEvent): void {
  if (!event.names.includes('created') && !event.names.includes('group_id')) return;
  const ticket = state.tickets.get(event.ticketId);
  const robin = state.roundRobin.get(ticket?.groupId ?? 0);
  if (ticket === undefined || robin === undefined || ticket.responderId !== null) return;
  timers.after(robin.afterMs, () => {
    const responderId = robin.agentIds[robin.turn % robin.agentIds.length];
    if (responderId === undefined || ticket.responderId !== null || ticket.deleted || ticket.spam) return;
    robin.turn += 1;
    updateTicket(state, ticket, { responderId }, { type: 'system' });
  });
}

/** What an administrator changes in the account. */
export function createSetup(state: State, rules: Rule[], timers: Timers) {
  state.listeners.push((event) => assignInTurn(state, timers, event));

  const groupOf = (id: number): Group => {
    const group = state.groups.get(id);
    if (group === undefined) throw new Error(`there is no group ${id}`);
    return group;
  };
  const roleIds = (name: string): number[] => {
    const ids = state.roles.filter((role) => role.name === name).map((role) => role.id);
    if (ids.length === 0) throw new Error(`there is no role ${name}`);
    return ids;
  };

  return {
    /** Changes one of the automation rules: `created`, `updated`, `updated by system`, or one added later. */
    setRule(name: string, change: RuleChange): void {
      const rule = rules.find((entry) => entry.name === name);
      if (rule === undefined) throw new Error(`there is no rule ${name}`);
      Object.assign(rule, change);
    },
    addRule(rule: Pick<Rule, 'name' | 'type'> & RuleChange): void {
      const id = nextId(state);
      rules.push({
        performer: 'agent_or_requester',
        events: [],
        active: true,
        content: 'advanced',
        template: '{"ticket_id":"{{ticket.id}}"}',
        placeholders: ['ticket.id'],
        escapes: true,
        webhook: null,
        ...rule,
        id,
      });
    },
    removeRule(name: string): void {
      const index = rules.findIndex((entry) => entry.name === name);
      if (index >= 0) rules.splice(index, 1);
    },
    /** Null switches it off. Without `agentIds` the group's own agents take turns. */
    setRoundRobin(groupId: number, robin: { afterMs: number; agentIds?: number[] | undefined } | null): void {
      const group = groupOf(groupId);
      group.autoTicketAssign = robin === null ? 0 : 1;
      if (robin === null) state.roundRobin.delete(groupId);
      else
        state.roundRobin.set(groupId, { afterMs: robin.afterMs, agentIds: robin.agentIds ?? group.agentIds, turn: 0 });
    },
    setReopening(change: { on?: boolean | undefined; delayMs?: number | undefined }): void {
      state.reopening = { on: change.on ?? state.reopening.on, delayMs: change.delayMs ?? state.reopening.delayMs };
    },
    /** Deactivates an agent, changes its role or takes or gives its API key. */
    setAgent(id: number, change: AgentChange): void {
      const agent = state.agents.get(id);
      if (agent === undefined) throw new Error(`there is no agent ${id}`);
      if (change.active !== undefined) agent.active = change.active;
      if (change.apiKey !== undefined) agent.apiKey = change.apiKey;
      if (change.role !== undefined) agent.roleIds = roleIds(change.role);
      agent.updatedAt = nowStamp(state);
    },
    addAgent(person: {
      name: string;
      email: string;
      role?: string | undefined;
      apiKey?: string | null | undefined;
    }): Agent {
      const at = nowStamp(state);
      const agent: Agent = {
        id: nextId(state),
        name: person.name,
        email: person.email,
        roleIds: roleIds(person.role ?? 'Agent'),
        groupIds: [],
        ticketScope: 1,
        active: true,
        apiKey: person.apiKey ?? null,
        createdAt: at,
        updatedAt: at,
      };
      state.agents.set(agent.id, agent);
      return agent;
    },
    /** Puts an agent into a group. */
    joinGroup(groupId: number, agentId: number): void {
      const group = groupOf(groupId);
      const agent = state.agents.get(agentId);
      if (agent === undefined) throw new Error(`there is no agent ${agentId}`);
      if (!group.agentIds.includes(agentId)) group.agentIds.push(agentId);
      if (!agent.groupIds.includes(groupId)) agent.groupIds.push(groupId);
    },
    renameGroup(groupId: number, name: string): void {
      Object.assign(groupOf(groupId), { name, updatedAt: nowStamp(state) });
    },
    /** A deleted group's id is refused from then on. */
    removeGroup(groupId: number): void {
      groupOf(groupId);
      state.groups.delete(groupId);
      for (const agent of state.agents.values()) agent.groupIds = agent.groupIds.filter((id) => id !== groupId);
    },
    addTicketField(field: NewField): void {
      state.fields = state.fields.filter((entry) => entry.name !== field.name);
      state.fields.push({
        id: nextId(state),
        name: field.name,
        label: field.label ?? field.name,
        type: field.type,
        requiredForClosure: field.requiredForClosure ?? false,
        choices: field.choices ?? [],
      });
    },
    removeTicketField(name: string): void {
      state.fields = state.fields.filter((field) => field.name !== name);
    },
    /** What the automations' API does with a rule that is to be created or changed. */
    setAutomationApi(writes: State['automations']['writes']): void {
      state.automations.writes = writes;
    },
    /** False: of the creation rules only the first that matches runs. */
    setCascadingRules(cascading: boolean): void {
      state.automations.cascading = cascading;
    },
    /** The whole account answers 403 `account_suspended`. */
    setSuspended(suspended: boolean): void {
      state.suspended = suspended;
    },
  };
}
