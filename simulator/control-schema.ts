import { z } from 'zod';
import type { Account } from './account.ts';
import type { FaultSpec } from './faults.ts';

const by = { by: z.enum(['agent', 'system']).default('agent'), byAgentId: z.number().int().optional() };
const file = z.strictObject({
  name: z.string(),
  contentType: z.string().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
  inline: z.boolean().optional(),
});
const words = { text: z.string().optional(), html: z.string().optional(), files: z.array(file).optional() };
const agentWords = { ...words, agentId: z.number().int().optional(), cc: z.array(z.string()).optional() };
const idOrNull = z.number().int().nullable();

/** One thing a person can do to a ticket, as an endpoint. `ticketId` is 0 where the path has none. */
export type TicketAction = {
  path: string;
  /** @throws z.ZodError when the body is not what the action takes */
  run: (account: Account, ticketId: number, body: unknown) => unknown;
};

function action<T>(
  path: string,
  body: z.ZodType<T>,
  run: (account: Account, ticketId: number, body: T) => unknown,
): TicketAction {
  return { path, run: (account, ticketId, value) => run(account, ticketId, body.parse(value)) };
}

const customerTicket = z.strictObject({
  ...words,
  email: z.string().optional(),
  name: z.string().optional(),
  phone: z.string().optional(),
  subject: z.string().optional(),
  source: z.number().int().optional(),
  groupId: idOrNull.optional(),
  responderId: idOrNull.optional(),
  productId: idOrNull.optional(),
  status: z.number().int().optional(),
  priority: z.number().int().optional(),
  tags: z.array(z.string()).optional(),
  cc: z.array(z.string()).optional(),
  to: z.string().optional(),
});

const customerReply = z.strictObject({
  ...words,
  from: z.strictObject({ email: z.string(), name: z.string().optional() }).optional(),
  cc: z.array(z.string()).optional(),
  autoResponse: z.boolean().optional(),
});

const nothing = z.strictObject({ byAgentId: z.number().int().optional() });

const ticketActions: TicketAction[] = [
  action('/tickets', customerTicket, (account, _id, body) => account.customerCreatesTicket(body)),
  action('/tickets/:id/customer-replies', customerReply, (account, id, body) => account.customerReplies(id, body)),
  action('/tickets/:id/agent-replies', z.strictObject(agentWords), (account, id, body) =>
    account.agentReplies(id, body),
  ),
  action(
    '/tickets/:id/agent-notes',
    z.strictObject({ ...agentWords, private: z.boolean().optional() }),
    (account, id, body) => account.agentNotes(id, body),
  ),
  action('/tickets/:id/assign', z.strictObject({ agentId: idOrNull, ...by }), (account, id, body) =>
    account.assign(id, body.agentId, body.by, body.byAgentId),
  ),
  action('/tickets/:id/group', z.strictObject({ groupId: idOrNull, ...by }), (account, id, body) =>
    account.setGroup(id, body.groupId, body.by, body.byAgentId),
  ),
  action('/tickets/:id/status', z.strictObject({ status: z.number().int(), ...by }), (account, id, body) =>
    account.setStatus(id, body.status, body.by, body.byAgentId),
  ),
  action('/tickets/:id/priority', z.strictObject({ priority: z.number().int(), ...by }), (account, id, body) =>
    account.setPriority(id, body.priority, body.by, body.byAgentId),
  ),
  action('/tickets/:id/tags', z.strictObject({ tags: z.array(z.string()), ...by }), (account, id, body) =>
    account.setTags(id, body.tags, body.by, body.byAgentId),
  ),
  action('/tickets/:id/product', z.strictObject({ productId: idOrNull, ...by }), (account, id, body) =>
    account.setProduct(id, body.productId, body.by, body.byAgentId),
  ),
  action('/tickets/:id/spam', nothing, (account, id, body) => account.markSpam(id, body.byAgentId)),
  action('/tickets/:id/delete', nothing, (account, id, body) => account.deleteTicket(id, body.byAgentId)),
  action('/tickets/:id/restore', nothing, (account, id, body) => account.restore(id, body.byAgentId)),
  action('/tickets/:id/touch', z.strictObject({}), (account, id) => account.touchUpdatedAt(id)),
  action(
    '/tickets/:id/merge',
    z.strictObject({ otherIds: z.array(z.number().int()), byAgentId: z.number().int().optional() }),
    (account, id, body) => account.merge(id, body.otherIds, body.byAgentId),
  ),
];

const knowledgeActions: TicketAction[] = [
  action('/solutions/categories', z.strictObject({ name: z.string() }), (account, _id, { name }) =>
    account.addSolutionCategory(name),
  ),
  action(
    '/solutions/folders',
    z.strictObject({
      categoryId: z.number().int(),
      name: z.string(),
      parentId: idOrNull.optional(),
      visibility: z.number().int().optional(),
    }),
    (account, _id, body) => account.addSolutionFolder(body),
  ),
  action(
    '/solutions/articles',
    z.strictObject({
      folderId: z.number().int(),
      title: z.string(),
      text: z.string().optional(),
      html: z.string().optional(),
      status: z.number().int().optional(),
    }),
    (account, _id, body) => account.addArticle(body),
  ),
  action(
    '/solutions/articles/:id',
    z.strictObject({
      title: z.string().optional(),
      html: z.string().optional(),
      status: z.number().int().optional(),
    }),
    (account, id, body) => account.editArticle(id, body),
  ),
  action('/solutions/articles/:id/delete', z.strictObject({}), (account, id) => account.deleteArticle(id)),
  action('/solutions/:id/hide', z.strictObject({}), (account, id) => account.hideSolution(id)),
];

/** Everything that can be posted. */
export const actions: TicketAction[] = [...ticketActions, ...knowledgeActions];

const common = {
  match: z
    .strictObject({
      method: z.string().optional(),
      path: z.string().optional(),
      /** Source of a regular expression on the full path. */
      pathPattern: z.string().optional(),
      ticketId: z.number().int().optional(),
      nth: z.number().int().positive().optional(),
      rule: z.string().optional(),
    })
    .optional(),
  times: z.number().int().positive().nullable().optional(),
};

const answer = { body: z.unknown().optional(), headers: z.record(z.string(), z.string()).optional() };
const ms = z.number().nonnegative();

const anyFault = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('lose_request') }),
  z.strictObject({ ...common, kind: z.literal('lose_response') }),
  z.strictObject({ ...common, ...answer, kind: z.literal('status'), status: z.number().int().min(200).max(599) }),
  z.strictObject({
    ...common,
    ...answer,
    kind: z.literal('apply_then_status'),
    status: z.number().int().min(200).max(599).optional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('stall'),
    ms: ms.optional(),
    when: z.enum(['before', 'after']).optional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('refuse_field'),
    field: z.string(),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
  z.strictObject({ ...common, kind: z.literal('drop') }),
  z.strictObject({ ...common, kind: z.literal('duplicate') }),
  z.strictObject({ ...common, kind: z.literal('delay'), ms }),
  z.strictObject({ ...common, kind: z.literal('reorder'), ms: ms.optional() }),
]);

function withPath({ match, ...fault }: z.infer<typeof anyFault>): FaultSpec {
  if (match === undefined) return fault as FaultSpec;
  const { pathPattern, ...rest } = match;
  return {
    ...fault,
    match: pathPattern === undefined ? rest : { ...rest, path: new RegExp(pathPattern) },
  } as FaultSpec;
}

/** A fault as JSON; a pattern for the path is given as `pathPattern`. */
export const faultSpec: z.ZodType<FaultSpec> = anyFault.transform(withPath);
