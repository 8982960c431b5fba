import { z } from 'zod';
import { created, ok, Refusal, refuse, validationFailed, type FieldError } from '../errors.ts';
import { storeHtml } from '../html.ts';
import type { FileInput } from '../inputs.ts';
import { contactFor, newContact, type State } from '../state.ts';
import type { TicketChanges } from '../changes.ts';
import type { Agent, Contact, CustomField, CustomValue, Ticket } from '../types.ts';
import { ticketWritten } from '../views.ts';
import { CLOSED, createTicket, OPEN, RESOLVED, updateTicket } from '../writes.ts';
import { writableTicket } from './tickets.ts';
import { noQuery, route, type Call, type Route } from './route.ts';

const SOURCE_PORTAL = 2;
const SOURCE_OUTBOUND = 10;

const id = z.number().int();
const text = z.string();

const settable = {
  name: text.optional(),
  requester_id: id.optional(),
  email: text.optional(),
  phone: text.optional(),
  facebook_id: text.optional(),
  twitter_id: text.optional(),
  unique_external_id: text.optional(),
  subject: text.optional(),
  type: text.nullable().optional(),
  status: id.optional(),
  priority: id.optional(),
  description: text.optional(),
  responder_id: id.nullable().optional(),
  custom_fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  due_by: text.optional(),
  fr_due_by: text.optional(),
  email_config_id: id.nullable().optional(),
  group_id: id.nullable().optional(),
  parent_id: id.optional(),
  product_id: id.nullable().optional(),
  source: id.optional(),
  tags: z.array(z.string()).optional(),
  company_id: id.nullable().optional(),
  internal_agent_id: id.nullable().optional(),
  internal_group_id: id.nullable().optional(),
  lookup_parameter: text.optional(),
};

const updateBody = z.strictObject(settable);
const createBody = z.strictObject({
  ...settable,
  subject: text,
  description: text,
  cc_emails: z.array(text).optional(),
});

type Fields = z.infer<typeof updateBody>;

function oneOf(field: string, value: number | undefined, allowed: number[]): FieldError[] {
  if (value === undefined || allowed.includes(value)) return [];
  return [{ field, code: 'invalid_value', message: `It should be one of these values: '${allowed.join(',')}'` }];
}

function known(field: string, value: number | null | undefined, exists: boolean, what: string): FieldError[] {
  if (value === undefined || value === null || exists) return [];
  return [{ field, code: 'invalid_value', message: `There is no ${what} matching the given ${field}` }];
}

function customFieldErrors(field: CustomField | undefined, name: string, value: CustomValue): FieldError[] {
  if (field === undefined) {
    return [{ field: name, code: 'invalid_field', message: 'Unexpected/invalid field in request' }];
  }
  if (value === null) return [];
  const mismatch = (wanted: string): FieldError[] => [
    { field: name, code: 'datatype_mismatch', message: `It should be a/an ${wanted}` },
  ];
  if (field.type === 'custom_checkbox') return typeof value === 'boolean' ? [] : mismatch('Boolean');
  if (field.type === 'custom_number' || field.type === 'custom_decimal') {
    return typeof value === 'number' ? [] : mismatch('Number');
  }
  if (typeof value !== 'string') return mismatch('String');
  if (field.type !== 'custom_dropdown' || field.choices.includes(value)) return [];
  const message = `It should be one of these values: '${field.choices.join(',')}'`;
  return [{ field: name, code: 'invalid_value', message }];
}

/** Fields that must be filled before a ticket may be resolved or closed. */
function closureErrors(state: State, status: number, values: Record<string, CustomValue>): FieldError[] {
  if (status !== RESOLVED && status !== CLOSED) return [];
  return state.fields
    .filter((field) => field.requiredForClosure && (values[field.name] ?? '') === '')
    .map((field) => ({
      field: field.name,
      code: 'missing_field',
      message: 'It should not be blank as this is a mandatory field',
    }));
}

function errorsOf(state: State, fields: Fields, current: Ticket | null): FieldError[] {
  const { responder_id: responder, group_id: group, product_id: product, email_config_id: mailbox } = fields;
  const custom = { ...current?.customFields, ...fields.custom_fields };
  return [
    ...oneOf(
      'status',
      fields.status,
      state.statuses.map((status) => status.id),
    ),
    ...oneOf('priority', fields.priority, [1, 2, 3, 4]),
    ...known('responder_id', responder, state.agents.get(responder ?? 0)?.active === true, 'agent'),
    ...known('group_id', group, state.groups.has(group ?? 0), 'group'),
    ...known(
      'product_id',
      product,
      state.products.some((entry) => entry.id === product),
      'product',
    ),
    ...known(
      'email_config_id',
      mailbox,
      state.emailConfigs.some((entry) => entry.id === mailbox),
      'email config',
    ),
    ...known('requester_id', fields.requester_id, state.contacts.has(fields.requester_id ?? 0), 'contact'),
    ...((fields.tags ?? []).some((tag) => tag.length > 32 || tag.includes(','))
      ? [
          {
            field: 'tags',
            code: 'invalid_value',
            message: 'It should only contain elements of maximum 32 characters without commas',
          },
        ]
      : []),
    ...Object.entries(fields.custom_fields ?? {}).flatMap(([name, value]) =>
      customFieldErrors(
        state.fields.find((field) => field.name === name),
        name,
        value,
      ),
    ),
    ...closureErrors(state, fields.status ?? current?.status ?? OPEN, custom),
  ];
}

/** Decimal numbers come back as strings. */
function storedCustomFields(state: State, values: Record<string, CustomValue>): Record<string, CustomValue> {
  const decimals = new Set(state.fields.filter((field) => field.type === 'custom_decimal').map((field) => field.name));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, decimals.has(name) && value !== null ? String(value) : value]),
  );
}

function requesterOf(state: State, fields: Fields): Contact | null {
  if (fields.requester_id !== undefined) return state.contacts.get(fields.requester_id) ?? null;
  if (fields.email !== undefined) return contactFor(state, { name: fields.name, email: fields.email });
  const { phone, unique_external_id: external, name } = fields;
  if (phone === undefined && external === undefined) return null;
  const found = [...state.contacts.values()].find(
    (contact) =>
      (phone !== undefined && contact.phone === phone) ||
      (external !== undefined && contact.uniqueExternalId === external),
  );
  return (
    found ??
    newContact(state, { name: name ?? phone ?? 'Unknown', phone: phone ?? null, uniqueExternalId: external ?? null })
  );
}

function changesOf(state: State, ticket: Ticket, fields: Fields): TicketChanges {
  const changes: TicketChanges = {};
  const requester = requesterOf(state, fields);
  if (requester !== null) changes.requesterId = requester.id;
  if (fields.subject !== undefined) changes.subject = fields.subject;
  if (fields.description !== undefined) changes.description = storeHtml(fields.description);
  if (fields.status !== undefined) changes.status = fields.status;
  if (fields.priority !== undefined) changes.priority = fields.priority;
  if (fields.source !== undefined) changes.source = fields.source;
  if (fields.type !== undefined) changes.type = fields.type;
  if (fields.responder_id !== undefined) changes.responderId = fields.responder_id;
  if (fields.group_id !== undefined) changes.groupId = fields.group_id;
  if (fields.product_id !== undefined) changes.productId = fields.product_id;
  if (fields.email_config_id !== undefined) changes.emailConfigId = fields.email_config_id;
  if (fields.tags !== undefined) changes.tags = [...new Set(fields.tags)];
  if (fields.due_by !== undefined) changes.dueBy = fields.due_by;
  if (fields.fr_due_by !== undefined) changes.frDueBy = fields.fr_due_by;
  if (fields.custom_fields !== undefined) {
    changes.customFields = { ...ticket.customFields, ...storedCustomFields(state, fields.custom_fields) };
  }
  return changes;
}

function runUpdate({ state, id: ticketId, agent, body }: Call<unknown, Fields>) {
  const ticket = writableTicket(state, ticketId, 'PUT');
  if (ticket.source === SOURCE_OUTBOUND && (body.subject !== undefined || body.description !== undefined)) {
    const field = body.subject === undefined ? 'description' : 'subject';
    throw refuse(field, 'incompatible_field', 'Cannot be changed for an outbound email ticket');
  }
  const errors = errorsOf(state, body, ticket);
  if (errors.length > 0) throw new Refusal(validationFailed(errors));
  updateTicket(state, ticket, changesOf(state, ticket, body), { type: 'agent', id: agent.id });
  return ok(ticketWritten(state, ticket));
}

const update = { query: noQuery, body: updateBody, bucket: 'ticketUpdate' as const, run: runUpdate };

const create = route('post', '/tickets', {
  query: noQuery,
  body: createBody,
  bucket: 'ticketCreate',
  run({ state, agent, body, files, apiUrl }) {
    const errors = errorsOf(state, body, null);
    if (errors.length > 0) throw new Refusal(validationFailed(errors));
    const requester = requesterOf(state, body);
    if (requester === null) {
      throw refuse(
        'requester_id',
        'missing_field',
        'One of these fields is mandatory: requester_id, phone, email, twitter_id, facebook_id',
      );
    }
    const ticket = createByAgent(state, agent, requester, body, files);
    return created(ticketWritten(state, ticket), `${apiUrl}/tickets/${ticket.id}`);
  },
});

function createByAgent(
  state: State,
  agent: Agent,
  requester: Contact,
  body: z.infer<typeof createBody>,
  files: FileInput[],
): Ticket {
  const mailbox = state.emailConfigs.find((config) => config.id === body.email_config_id);
  return createTicket(
    state,
    {
      subject: body.subject,
      html: storeHtml(body.description),
      files,
      requesterId: requester.id,
      source: body.source ?? SOURCE_PORTAL,
      status: body.status ?? OPEN,
      priority: body.priority ?? 1,
      type: body.type ?? null,
      responderId: body.responder_id ?? null,
      groupId: body.group_id ?? null,
      productId: body.product_id ?? null,
      supportEmail: mailbox?.toEmail ?? null,
      cc: body.cc_emails ?? [],
      tags: [...new Set(body.tags ?? [])],
      customFields: storedCustomFields(state, body.custom_fields ?? {}),
    },
    { type: 'agent', id: agent.id },
  );
}

export const ticketWriteRoutes: Route[] = [
  create,
  route('put', '/tickets/:id', update),
  route('patch', '/tickets/:id', update),
];
