import { z } from 'zod';

/** It becomes part of addresses and of Temporal's ids. */
export const connectionId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9_-]{0,62})$/, 'must be lower-case letters, digits, - and _, at most 63, such as "shop"');

const domain = z.string().trim().min(1, 'must be given, such as acme.freshdesk.com').max(500);
const apiKey = z
  .string()
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
