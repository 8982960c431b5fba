import { z } from 'zod';
import { settingsSchema } from '../db/settings-schema.ts';
import { time } from './document.ts';

/** It becomes part of addresses and of Temporal's ids. */
export const connectionId = z
  .string('must be given as text')
  .regex(/^[a-z0-9](?:[a-z0-9_-]{0,62})$/, 'must be lower-case letters, digits, - and _, at most 63, such as "shop"');

const domain = z.string('must be given as text').trim().min(1, 'must be given, such as acme.freshdesk.com').max(500);
const apiKey = z
  .string('must be given as text')
  .trim()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be the key as Freshdesk shows it: plain ASCII without spaces');

export const accountBody = z.strictObject({ domain, apiKey });

export const newConnectionBody = z.strictObject({
  id: connectionId,
  domain,
  apiKey,
  settings: z.unknown().optional(),
  backfill: z.boolean().default(true),
});

export const connectionPatch = z
  .strictObject({ apiKey: apiKey.optional(), rotateSecret: z.literal(true).optional() })
  .refine(({ apiKey: key, rotateSecret }) => key !== undefined || rotateSecret === true, {
    message: 'give an apiKey, or rotateSecret: true',
  });

export const removalQuery = z.strictObject({ data: z.enum(['keep', 'erase']).default('keep') });

const agent = z.object({ id: z.int(), name: z.string(), email: z.string() }).meta({
  id: 'Agent',
  description: 'The Freshdesk agent whose key we hold; what the AI writes, it writes as this agent',
});

export const verified = z.object({ agent, admin: z.literal(true) });

export const connectionView = z
  .object({
    id: z.string(),
    domain: z.string(),
    agent,
    state: z.enum(['active', 'broken']).meta({ description: 'broken: Freshdesk refuses the key' }),
    webhookUrl: z.string().meta({ description: "For Freshdesk's automation rules" }),
    connectedAt: time,
  })
  .meta({ id: 'Connection', description: 'One linked Freshdesk account' });

const webhookSecret = z.string().meta({ description: 'Shown this once' });
export const createdConnection = connectionView
  .extend({
    webhookSecret,
    started: z.boolean().meta({
      description:
        'false where Temporal did not answer: what runs beside the tickets starts when service and Temporal run',
    }),
  })
  .meta({ id: 'CreatedConnection' });
export const changedConnection = connectionView
  .extend({ webhookSecret: webhookSecret.optional() })
  .meta({ id: 'ChangedConnection' });

export const settings = settingsSchema.meta({ id: 'Settings' });
