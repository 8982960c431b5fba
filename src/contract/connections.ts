import { z } from 'zod';
import { API_KEY, CONNECTION_ID } from '../domain/connecting.ts';
import { settingsSchema } from './settings.ts';
import { time } from './values.ts';

export const connectionId = z
  .string('must be given as text')
  .regex(CONNECTION_ID, 'must be lower-case letters, digits, - and _, at most 63, such as "shop"');

const domain = z.string('must be given as text').trim().min(1, 'must be given, such as acme.freshdesk.com').max(500);
const apiKey = z
  .string('must be given as text')
  .trim()
  .regex(API_KEY, 'must be the key as Freshdesk shows it: plain ASCII without spaces');

export const accountBody = z.strictObject({ domain, apiKey });

export const newConnectionBody = z.strictObject({
  id: connectionId,
  domain,
  apiKey,
  settings: z.unknown().optional(),
  backfill: z.boolean().default(true),
});

/** `id` and `domain` may stand there as they are, so that what was read can be sent back. */
export const connectionPatch = z
  .strictObject({
    id: z.string('must be given as text').optional(),
    domain: domain.optional(),
    apiKey: apiKey.optional().meta({ description: 'A new key of the same account; it is verified first' }),
    settings: z.unknown().optional().meta({ description: 'Any part of `Settings`, merged as by PATCH …/settings' }),
    rotateSecret: z
      .literal(true, 'must be true, or left out')
      .optional()
      .meta({ description: 'Makes a new webhook secret, which the answer shows. The rules in Freshdesk need it' }),
  })
  .refine(
    ({ apiKey: key, settings: patch, rotateSecret }) =>
      key !== undefined || patch !== undefined || rotateSecret === true,
    { message: 'give an apiKey, settings, or rotateSecret: true' },
  );

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

export const connectionList = z.object({ items: z.array(connectionView) });

const webhookSecret = z
  .string()
  .meta({ description: 'Shown this once; the automation rules in Freshdesk have to send it' });
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
export const settingsPatch = z.record(z.string(), z.unknown()).meta({ description: 'Any part of `Settings`' });
