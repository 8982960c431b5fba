import type {
  AccountEvent,
  Agent,
  Contact,
  Conversation,
  CustomField,
  EmailConfig,
  Group,
  Product,
  Role,
  Solutions,
  Stamp,
  Status,
  Ticket,
} from './types.ts';

/** Everything the account holds. Routes and actions change it through `writes.ts` only. */
export type State = {
  now: () => Date;
  roles: Role[];
  agents: Map<number, Agent>;
  groups: Map<number, Group>;
  contacts: Map<number, Contact>;
  statuses: Status[];
  fields: CustomField[];
  products: Product[];
  emailConfigs: EmailConfig[];
  tickets: Map<number, Ticket>;
  conversations: Map<number, Conversation>;
  /** Conversation ids of a ticket, oldest first. */
  threads: Map<number, number[]>;
  /** The account's own rule that opens a ticket when its customer writes again. */
  reopening: { on: boolean; delayMs: number };
  /** Groups whose new tickets System gives to the next agent in turn. */
  roundRobin: Map<number, { afterMs: number; agentIds: number[]; turn: number }>;
  suspended: boolean;
  /** Whether rules may be written by the API, and whether they all run (`cascading`) or only the first that matches. */
  automations: { writes: 'allowed' | 'refused' | 'loses_headers'; cascading: boolean };
  /** The last page of the ticket list that is answered. */
  lastListPage: number;
  solutions: Solutions;
  /** Root of the server, in links to files; empty until it listens. */
  url: string;
  linksMade: number;
  lastTicketId: number;
  lastId: number;
  listeners: ((event: AccountEvent) => void)[];
};

export function emptyState(now: () => Date): State {
  return {
    now,
    roles: [],
    agents: new Map(),
    groups: new Map(),
    contacts: new Map(),
    statuses: [],
    fields: [],
    products: [],
    emailConfigs: [],
    tickets: new Map(),
    conversations: new Map(),
    threads: new Map(),
    reopening: { on: true, delayMs: 0 },
    roundRobin: new Map(),
    suspended: false,
    automations: { writes: 'allowed', cascading: true },
    lastListPage: 300,
    solutions: {
      categories: new Map(),
      folders: new Map(),
      articles: new Map(),
      hidden: new Set(),
      listsCarryText: true,
    },
    url: '',
    linksMade: 0,
    lastTicketId: 0,
    lastId: 150_014_900_000,
    listeners: [],
  };
}

/** A time as Freshdesk prints it: UTC, cut to whole seconds. */
export function stampOf(date: Date): Stamp {
  return `${date.toISOString().slice(0, 19)}Z`;
}

export function nowStamp(state: State): Stamp {
  return stampOf(state.now());
}

/** Ids of agents, contacts, groups and conversations: 12 digits, ascending, with gaps as in a shared database. */
export function nextId(state: State): number {
  state.lastId += 1 + (state.lastId % 7);
  return state.lastId;
}

const ADMIN_ROLES = new Set(['Account Administrator', 'Administrator']);

export function isAdmin(state: State, agent: Agent): boolean {
  return state.roles.some((role) => agent.roleIds.includes(role.id) && role.default && ADMIN_ROLES.has(role.name));
}

export function agentByKey(state: State, key: string): Agent | null {
  if (key === '') return null;
  for (const agent of state.agents.values()) if (agent.apiKey === key && agent.active) return agent;
  return null;
}

/** The thread of a ticket without its description, oldest first. */
export function threadOf(state: State, ticketId: number): Conversation[] {
  const thread: Conversation[] = [];
  for (const id of state.threads.get(ticketId) ?? []) {
    const conversation = state.conversations.get(id);
    if (conversation !== undefined) thread.push(conversation);
  }
  return thread;
}

export function primaryMailbox(state: State): EmailConfig | null {
  return state.emailConfigs.find((config) => config.primary) ?? null;
}

/** By either of its addresses. */
export function mailboxByEmail(state: State, email: string): EmailConfig | null {
  const wanted = email.toLowerCase();
  return (
    state.emailConfigs.find((config) => [config.email, config.toEmail].some((one) => one.toLowerCase() === wanted)) ??
    null
  );
}

function contactByEmail(state: State, email: string): Contact | null {
  const wanted = email.toLowerCase();
  for (const contact of state.contacts.values()) if (contact.email?.toLowerCase() === wanted) return contact;
  return null;
}

/** `Name <address>`, as Freshdesk writes senders. */
export function mailAddress(name: string, email: string): string {
  return `${name} <${email}>`;
}

export function newContact(
  state: State,
  person: { name: string; email?: string | null; phone?: string | null; uniqueExternalId?: string | null },
): Contact {
  const at = nowStamp(state);
  const contact: Contact = {
    id: nextId(state),
    name: person.name,
    email: person.email ?? null,
    phone: person.phone ?? null,
    mobile: null,
    uniqueExternalId: person.uniqueExternalId ?? null,
    createdAt: at,
    updatedAt: at,
  };
  state.contacts.set(contact.id, contact);
  return contact;
}

/** Same e-mail, same contact. */
export function contactFor(state: State, person: { name?: string | undefined; email: string }): Contact {
  const known = contactByEmail(state, person.email);
  if (known !== null) return known;
  const name = person.name ?? person.email.split('@')[0] ?? person.email;
  return newContact(state, { name, email: person.email });
}
