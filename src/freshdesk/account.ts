import { z } from 'zod';
import type { Directory } from '../domain/directory.ts';
import type { Mailbox } from '../domain/mailboxes.ts';
import { at, everyPage, type Calls } from './calls.ts';
import {
  agentsPayload,
  emailConfigsPayload,
  groupFieldsPayload,
  groupPayload,
  groupsPayload,
  mePayload,
  productFieldsPayload,
  statusFieldsPayload,
  ticketFieldsPayload,
  type Group,
  type Me,
  type TicketField,
} from './account-payloads.ts';
import type { At } from './payloads.ts';
import { verifyAgent, type VerifiedAgent } from './verify.ts';

/** The account itself: whose key it is, and how the account is set up. */
export type AccountCalls = {
  /** The agent who owns the key; works without admin rights. */
  me(): Promise<At<Me>>;
  /** Domain, key and admin rights, checked before anything is stored; throws ConnectError (C1). */
  verify(): Promise<VerifiedAgent>;
  /** The account's ticket statuses with the label agents see, custom ones included (S1). */
  statuses(): Promise<{ id: number; label: string }[]>;
  /** The account's groups by name; one credit, and needs no admin rights (T1). */
  groups(): Promise<{ id: number; name: string }[]>;
  /** The addresses customers write to, and what answers leave from (A8, E8). Needs admin rights. */
  mailboxes(): Promise<Mailbox[]>;
  /** Needs admin rights; throws NotFound when there is no such agent. */
  agent(id: number): Promise<Me>;
  /** Needs admin rights; throws NotFound when there is no such group. */
  group(id: number): Promise<Group>;
  /** What settings name by number; needs admin rights, and one credit per hundred groups and agents. */
  directory(): Promise<Directory>;
  /** Every field of a ticket, the account's own ones included. */
  ticketFields(): Promise<TicketField[]>;
};

/** `host` is named in what `verify` says. */
export function accountCalls({ get }: Calls, host: string): AccountCalls {
  const me = async () => at(await get('/agents/me', mePayload));
  return {
    me,
    verify: () => verifyAgent({ host, me, probeAdmin: () => get('/roles', z.array(z.unknown())) }),
    statuses: async () => (await get('/ticket_fields?type=default_status', statusFieldsPayload)).value,
    groups: async () => (await get('/ticket_fields?type=default_group', groupFieldsPayload)).value,
    agent: async (id) => (await get(`/agents/${id}`, mePayload)).value,
    group: async (id) => (await get(`/groups/${id}`, groupPayload)).value,
    directory: async () => ({
      groups: await everyPage('/groups?', (path) => get(path, groupsPayload)),
      agents: await everyPage('/agents?', (path) => get(path, agentsPayload)),
      statuses: (await get('/ticket_fields?type=default_status', statusFieldsPayload)).value.map(({ id, label }) => ({
        id,
        name: label,
      })),
      products: (await get('/ticket_fields?type=default_product', productFieldsPayload)).value,
    }),
    ticketFields: async () => (await get('/ticket_fields', ticketFieldsPayload)).value,
    mailboxes: () => everyPage('/email_configs?', (path) => get(path, emailConfigsPayload)),
  };
}
