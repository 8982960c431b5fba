import { z } from 'zod';
import { flag, id, ids, orNull, text, textOrNull, usable } from './tolerant.ts';

/** Both addresses of each mailbox: the one Freshdesk receives at, and the one its mails leave from. */
export const emailConfigsPayload = z
  .array(z.object({ id, to_email: textOrNull, reply_email: textOrNull }))
  .transform((configs) =>
    configs.map(({ id: mailbox, to_email, reply_email }) => ({
      id: mailbox,
      toEmail: to_email,
      replyEmail: reply_email,
    })),
  );

export const mePayload = z
  .object({
    id,
    type: textOrNull,
    ticket_scope: z.number().int().nullish().catch(null).transform(orNull),
    role_ids: ids,
    group_ids: ids,
    deactivated: flag,
    contact: z
      .object({ name: text, email: text, time_zone: textOrNull })
      .nullish()
      .catch(null)
      .transform((value) => value ?? { name: '', email: '', time_zone: null }),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.contact.name,
    email: raw.contact.email,
    timeZone: raw.contact.time_zone,
    /** `support_agent`, `field_agent` or `collaborator`. */
    type: raw.type,
    /** 1 every ticket, 2 those of the agent's groups, 3 the agent's own. */
    ticketScope: raw.ticket_scope,
    roleIds: raw.role_ids,
    groupIds: raw.group_ids,
    deactivated: raw.deactivated,
  }));
export type Me = z.output<typeof mePayload>;

/** Only read one by one do groups tell who is in them. */
export const groupPayload = z
  .object({ id, name: text, agent_ids: ids, auto_ticket_assign: z.number().int().nullish().catch(null) })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    agentIds: raw.agent_ids,
    /** Freshdesk itself gives the group's tickets to its agents: in turn, by skill or by load. */
    assignsTickets: (raw.auto_ticket_assign ?? 0) !== 0,
  }));
export type Group = z.output<typeof groupPayload>;

export const ticketFieldsPayload = usable(
  z.object({ name: text, label: text, type: text, required_for_closure: flag }).transform((raw) => ({
    /** As in the API: `cf_…` for the account's own. */
    name: raw.name,
    label: raw.label,
    type: raw.type,
    requiredForClosure: raw.required_for_closure,
  })),
);
export type TicketField = z.output<typeof ticketFieldsPayload>[number];

/** Statuses come as `{"2": ["Open", "Being Processed"]}`: the agents' label, then the customers'. */
export const statusFieldsPayload = z
  .array(
    z.object({
      type: text,
      choices: z
        .record(z.string(), z.union([z.array(z.string()), z.string()]))
        .nullish()
        .catch(null),
    }),
  )
  .transform((fields) =>
    fields
      .filter((field) => field.type === 'default_status')
      .flatMap((field) => Object.entries(field.choices ?? {}))
      .map(([key, labels]) => ({ id: Number(key), label: (typeof labels === 'string' ? labels : labels[0]) ?? key }))
      .filter((status) => Number.isSafeInteger(status.id)),
  );

/** Groups come as `{"Billing": 42}`: readable without admin rights. */
export const groupFieldsPayload = choicesOf('default_group');
export const productFieldsPayload = choicesOf('default_product');

/** The choices of a field that come as `{name: id}`: two with one name are one choice. */
function choicesOf(type: string) {
  return z
    .array(z.object({ type: text, choices: z.record(z.string(), z.unknown()).nullish().catch(null) }))
    .transform((fields) =>
      fields
        .filter((field) => field.type === type)
        .flatMap((field) => Object.entries(field.choices ?? {}))
        .flatMap(([name, value]) => (typeof value === 'number' ? [{ id: value, name }] : [])),
    );
}

/** As the list has them, two with one name apart. */
export const groupsPayload = z.array(z.object({ id, name: text }));

/** Those who can be given tickets. */
export const agentsPayload = z
  .array(z.object({ id, deactivated: flag, contact: z.object({ name: text, email: text }).nullish().catch(null) }))
  .transform((agents) =>
    agents
      .filter((agent) => !agent.deactivated)
      .map((agent) => ({ id: agent.id, name: agent.contact?.name ?? '', email: agent.contact?.email ?? '' })),
  );
