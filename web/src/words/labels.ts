import type { Me } from '../../../src/contract/sign-in.ts';
import type { Session } from '../api/wire.ts';

type Labels<Key extends string> = Readonly<Record<Key, string>>;

export const STATUS: Labels<Session['status']> = {
  open: 'Open',
  handed_off: 'With people',
  closed_resolved: 'Resolved',
  closed_unresolved: 'Ended unsolved',
};

export const OWNER: Labels<Session['owner']> = { ai: 'AI', human: 'A person', none: 'Nobody' };

export const CHANNEL: Labels<Session['channel']> = { email: 'E-mail', web: 'Portal', phone: 'Phone', other: 'Other' };

export const MODE: Labels<Session['mode']> = { autopilot: 'autopilot', assist: 'drafting', off: 'reading along' };

export const FATE = {
  open: 'Waiting for a person',
  sent: 'Sent as it was',
  edited: 'Sent, edited',
  ignored: 'Not used',
  superseded: 'Overtaken',
} as const;

export const SORT = {
  changed: 'Last changed first',
  unchanged: 'First changed first',
  began: 'Newest ticket first',
  waiting: 'Longest waiting first',
} as const;

export const ROLE: Labels<Me['role']> = { admin: 'Admin', viewer: 'Reader' };

export const OUTCOME: Readonly<Record<string, string>> = {
  planned: 'Decided, under way',
  replied: 'Replied',
  drafted: 'Drafted',
  no_reply: 'No reply needed',
  handed_off: 'Handed off',
  resolved: 'Resolved',
  resolve_refused: 'Could not resolve',
  dropped: 'Not sent',
};

export const WRITE: Readonly<Record<string, string>> = {
  pending: 'to be written',
  sending: 'under way',
  sent: 'written',
  rejected: 'refused by Freshdesk',
  unknown: 'not known whether written',
};

export const ATTENTION: Readonly<Record<string, string>> = {
  unknown_outbound: 'Not known whether sent',
  broken_connection: 'Freshdesk refuses the key',
  model_refused: 'The AI model refuses',
  refused_resolve: 'Could not resolve',
  refused_handoff: 'Could not hand over',
  failed_copy: 'Files not copied',
  failing_workflow: 'Workflow fails',
  temporal_unreachable: 'Temporal does not answer',
  webhook_rules: 'Automation rules in Freshdesk',
  missed_webhooks: 'Webhooks missing',
  disk_space: 'Disk nearly full',
  clock_off: 'Clock is off',
  autopilot_closed: 'Autopilot closed',
};

/** A word of the API that no table has, as a person would write it. */
export function plain(word: string): string {
  const spaced = word.replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** Of a code such as "de": its name; a code that none can have is shown as it is. */
export function languageName(code: string): string {
  try {
    return LANGUAGES.of(code) ?? code;
  } catch {
    return code;
  }
}
