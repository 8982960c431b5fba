import { z } from 'zod';
import { time } from './values.ts';

export const doctorBody = z.strictObject({
  connection: z
    .string('must be given as text')
    .refine((id) => !id.includes('\0'), 'must not hold a NUL')
    .nullable()
    .default(null)
    .meta({ description: 'Only this connection; null: everything' }),
});

const finding = z
  .object({
    check: z.string().meta({ description: 'What was looked at: database, temporal, key, creation rule …' }),
    connection: z.string().nullable().meta({ description: 'null where it concerns them all' }),
    status: z.enum(['ok', 'warning', 'failed']),
    reason: z.string(),
    fix: z.string().nullable().meta({ description: 'What to do; null where nothing is to be done' }),
  })
  .meta({ id: 'Finding', description: 'What one check came to' });

export const findings = z.object({ items: z.array(finding) });

export const reconciled = z
  .object({
    finished: z.boolean().meta({ description: 'false: the pass goes on; ask once more to see what it came to' }),
    looked: z.int().nullable().meta({ description: 'Tickets that the lists named' }),
    missing: z.int().nullable().meta({ description: 'Tickets of which something was missing; all were told about it' }),
    failed: z.int().nullable().meta({ description: 'Of those, still without a mirror when the pass ended' }),
    ticketIds: z.array(z.int()).meta({ description: 'The first of those of which something was missing' }),
  })
  .meta({ id: 'Reconciled', description: 'What one reconcile pass came to' });

const named = z.object({ id: z.int(), name: z.string() });

export const account = z
  .object({
    domain: z.string(),
    agent: z.object({ id: z.int(), name: z.string(), email: z.string() }),
    groups: z.array(named),
    statuses: z.array(named),
    mailboxes: z.array(z.object({ id: z.int(), toEmail: z.string().nullable(), replyEmail: z.string().nullable() })),
    supportEmails: z.array(z.string()),
    groupsReadAt: time.nullable(),
  })
  .meta({ id: 'Account', description: 'What is known of the Freshdesk account: names for its ids' });

export const directory = z
  .object({
    groups: z.array(named),
    agents: z.array(named.extend({ email: z.string() })).meta({ description: 'The active ones' }),
    statuses: z.array(named),
    products: z.array(named),
  })
  .meta({ id: 'Directory', description: 'What the account has that settings name by number' });

export type Findings = z.output<typeof findings>;
export type Reconciled = z.output<typeof reconciled>;
