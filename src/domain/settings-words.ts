import { isGroup } from './settings-change.ts';
import type { Settings } from './settings.ts';

/** What a setting does, in a few words, and the unit of its number. */
export type SettingWords = { effect: string; unit: string | null };

const OF_A_CHANNEL: Record<string, [effect: string, unit?: string]> = {
  mode: ['autopilot: public replies; assist: drafts for people; off: mirrored only'],
  firstReplyDelaySeconds: ['how long the first answer waits for more of the same', 'seconds'],
  burstSeconds: ['how long later answers wait for more of the same', 'seconds'],
  autoResolveAfterHours: ['how long silence after an answer lasts before the ticket is resolved', 'hours'],
  greeting: ['above every reply'],
  signature: ['below every reply'],
  disclosure: ['below every reply: that an AI wrote it'],
  handoffMessage: ['what the customer is told when people take over; null: nothing'],
};

const WORDS: Record<string, [effect: string, unit?: string]> = {
  'intake.autoHandleAll': ['the AI takes every new ticket, whoever it is assigned to'],
  'intake.defaultGroupId': ['the AI takes tickets of this group while nobody has them', 'group'],
  'intake.onReassign': ['what is answered when a person gives a ticket back: the next message, or what waits'],
  'intake.maxAnswerAgeHours': ['what has waited longer goes to people', 'hours'],
  'intake.exclude.groupIds': ['tickets of these groups are left alone', 'groups'],
  'intake.exclude.productIds': ['tickets of these products are left alone', 'products'],
  'intake.exclude.tags': ['tickets with one of these tags are left alone', 'tags'],
  'rollout.percent': ['which share of new tickets the AI takes', 'percent'],
  'reply.statusAfterReply': ['the status of a ticket after a reply; null: unchanged', 'status'],
  'reply.cc': ['keep: whoever is in copy stays; none: replies go to the requester alone'],
  'reply.allowedLinkHosts': ['hosts that answers may link to besides those of the knowledge', 'hosts'],
  'reply.wording': [
    'who words a public reply: "quotes", the cited articles themselves; "free", a language model, whose every sentence is checked against them',
  ],
  'reply.inboxLink': ['private notes end with a link to their ticket in the Inbox; replies never do'],
  'assist.footer': ['below every draft'],
  'assist.whenHumanOwned': ['drafts also on tickets that a person has'],
  'handoff.routing': ['where a ticket goes that people shall have'],
  'handoff.topics.allow': ['whatever is about anything else goes to people; empty: nothing does', 'topics'],
  'handoff.topics.deny': ['whatever is about one of these goes to people', 'topics'],
  'handoff.confidenceThreshold': [
    'how sure the AI has to be to answer; "earned": as sure as its graded drafts show that it is right, and drafts until then',
    '0 to 1',
  ],
  'handoff.triggers.explicitRequest': ['who asks for a person gets one'],
  'handoff.triggers.frustration': ['who is frustrated gets a person'],
  'handoff.triggers.lowConfidence': ['what the AI is not sure of goes to people'],
  'handoff.officeHours': ['when people are there, and whether the AI answers outside of it'],
  'autopilot.sampleShare': [
    'which share of the answers is left as drafts to be graded, while the threshold is earned',
    '0 to 1',
  ],
  autoResolve: ['resolves tickets after silence'],
  'limits.repliesPerTicketPerHour': ['more public replies than this on one ticket look like a loop', 'replies'],
  'limits.repliesPerTicketPerDay': ['more public replies than this on one ticket look like a loop', 'replies'],
  'limits.repliesPerRequesterPerDay': ['more public replies than this to one person look like a loop', 'replies'],
  'limits.repliesPerConnectionPerHour': ['the most public replies on the whole account', 'replies'],
  'blocklist.emails': ['who is never answered', 'addresses'],
  'blocklist.domains': ['whose mail is never answered', 'domains'],
  'attachments.maxFileBytes': ['larger files are not copied', 'bytes'],
  'attachments.maxTicketBytes': ['what goes beyond it on one ticket is not copied', 'bytes'],
  'ai.dailyTokenBudget': ['what a model may use a day before tickets go to people; null: no limit', 'tokens'],
  'ai.dailyMoneyBudget': ['what a model may cost a day before tickets go to people; null: no limit', 'money'],
  'backfill.rateShare': ['which share of the rate limit a backfill may use', '0 to 1'],
  'reconcile.everySeconds': ['how often is looked for what no webhook told of', 'seconds'],
  'reports.returnWindowDays': ['who comes back within it was not helped for good', 'days'],
  'reports.minutesPerTicket': ['what a ticket costs a person; null: nothing is said of time saved', 'minutes'],
  'retention.closedSessionsDays': ['closed tickets are removed from our side after it; null: never', 'days'],
  paused: ['nothing is written to Freshdesk'],
};

/** null where nobody has written what it does. */
export function settingWords(path: string): SettingWords | null {
  const [first, , name] = path.split('.');
  const [effect, unit = null] = (first === 'channels' ? OF_A_CHANNEL[name ?? ''] : WORDS[path]) ?? [];
  return effect === undefined ? null : { effect, unit };
}

/** Every setting with its value, in order; lists, office hours and `handoff.routing` are one setting each. */
export function settingsOneByOne(settings: Settings): { path: string; value: unknown }[] {
  return leaves(settings, []);
}

function leaves(value: unknown, path: readonly string[]): { path: string; value: unknown }[] {
  if (!isGroup(value)) return [{ path: path.join('.'), value }];
  return Object.keys(value).flatMap((name) => leaves(value[name], [...path, name]));
}
