import { z } from 'zod';
import { oneOf, pageOf, paging, text, time } from './values.ts';

/** What an operator has had done over the API. */
export const WORK = [
  'ticket_synced',
  'ticket_retried',
  'connection_linked',
  'key_changed',
  'secret_rotated',
  'connection_removed',
  'backfill_started',
  'backfill_paused',
  'backfill_resumed',
  'reconciled',
  'solutions_asked_for',
  'gap_dismissed',
  'gap_opened',
  'turn_graded',
  'grade_taken_back',
] as const;
/** What the grades of answers have brought about (N11). */
const EARNED = ['autopilot_earned', 'autopilot_closed'] as const;
export const AUDITED = ['settings_changed', 'contact_erased', 'sessions_expired', ...EARNED, ...WORK] as const;

export const auditQuery = z.strictObject({
  ...paging,
  connection: text.optional(),
  what: oneOf(AUDITED).optional(),
  setting: text.optional().meta({ description: 'Changes of this setting or below it, such as `channels.email`' }),
});

const auditEntry = z
  .object({
    id: z.uuid(),
    at: time,
    connection: z.string(),
    what: z.enum(AUDITED),
    ticketId: z.int().nullable().meta({ description: 'Of what was done to one ticket' }),
    who: z.string().meta({ description: '`admin` over the API, `cli`, `retention`, or `grades` of answers' }),
    changes: z.array(z.object({ path: z.string(), old: z.unknown(), new: z.unknown() })).meta({
      description: 'Of settings, and of the threshold that is earned: which, as they were and as they are since',
    }),
    counts: z.record(z.string(), z.int()).meta({ description: 'Of removals: how much' }),
  })
  .meta({ id: 'AuditEntry', description: 'What was changed or removed on our side, and by whom' });

export const auditPage = pageOf(auditEntry);

export type Work = (typeof WORK)[number];
export type AuditEntry = z.output<typeof auditEntry>;
export type AuditFilter = Omit<z.output<typeof auditQuery>, 'cursor' | 'limit'>;
