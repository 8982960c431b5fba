/** What a setting is called, what it does, and in what it is given. */
export type Explained = {
  label: string;
  about?: string;
  unit?: string;
  choices?: Readonly<Record<string, string>>;
  /** Of an empty one: what is to be entered. */
  kind?: 'text' | 'number' | 'id';
};

export const GROUPS: Readonly<Record<string, string>> = {
  channels: 'Channels',
  intake: 'Which tickets',
  rollout: 'Share of the tickets',
  reply: 'Replies',
  assist: 'Drafts',
  handoff: 'Handing over',
  autopilot: 'Autopilot',
  autoResolve: 'Resolving',
  limits: 'Limits',
  blocklist: 'Who is never answered',
  ai: 'Cost',
  reports: 'Reports',
  attachments: 'Files',
  backfill: 'Backfill',
  reconcile: 'What webhooks missed',
  retention: 'Retention',
  paused: 'Pause',
};

const hours = { unit: 'hours' };
const seconds = { unit: 'seconds' };
const text = { kind: 'text' as const };

const CHANNEL: Readonly<Record<string, Explained>> = {
  mode: {
    label: 'What the AI does',
    choices: { autopilot: 'Replies to the customer', assist: 'Leaves drafts for people', off: 'Only reads along' },
  },
  firstReplyDelaySeconds: {
    label: 'Wait before the first answer',
    about: "After the customer's last message, so that a burst of messages gets one answer.",
    ...seconds,
  },
  burstSeconds: { label: 'Wait before later answers', ...seconds },
  autoResolveAfterHours: {
    label: 'Resolve after silence of',
    about: "On autopilot, after the AI's public reply, when nobody has written since.",
    ...hours,
  },
  greeting: { label: 'Text before the answer', ...text },
  signature: { label: 'Text below the answer', ...text },
  disclosure: { label: 'Last line', about: 'In italics, such as "Written by an AI".', ...text },
  handoffMessage: {
    label: 'What the customer is told at a handoff',
    about: 'On autopilot, in public.',
    ...text,
  },
};

const SETTINGS: Readonly<Record<string, Explained>> = {
  'intake.autoHandleAll': {
    label: 'Take every new ticket',
    about: "Off: only those that are assigned to the AI's agent or are in the default group.",
  },
  'intake.defaultGroupId': { label: 'Default group', about: 'New tickets in this group are taken, too.', kind: 'id' },
  'intake.onReassign': {
    label: 'A ticket that a person gives back',
    choices: {
      next_message: "is answered from the customer's next message on",
      waiting: 'is answered at once, with what has come since the last reply',
    },
  },
  'intake.maxAnswerAgeHours': {
    label: 'No public answer to what has waited for',
    about: 'Older messages go to people.',
    ...hours,
  },
  'intake.exclude.groupIds': { label: 'Groups that are never taken' },
  'intake.exclude.productIds': { label: 'Products that are never taken' },
  'intake.exclude.tags': { label: 'Tags that are never taken', about: 'One a line.' },
  'rollout.percent': {
    label: 'Share that is taken',
    about: "Of the tickets that come in by themselves; those assigned to the AI's agent are always taken.",
    unit: '%',
  },
  'reply.statusAfterReply': {
    label: 'Status after a reply',
    about: 'None leaves the status as it is.',
    kind: 'id',
  },
  'reply.cc': {
    label: 'Who is in copy',
    choices: { keep: 'gets a copy of the reply', none: 'gets none' },
  },
  'reply.allowedLinkHosts': {
    label: 'Hosts that answers may link to',
    about: 'Beside those that the cited articles link to; one a line.',
  },
  'reply.wording': {
    label: 'Wording on autopilot',
    choices: { quotes: "the articles' own sentences", free: 'worded by the model, checked' },
  },
  'reply.inboxLink': {
    label: 'Link the Inbox in notes',
    about: 'In private notes alone, and only where PUBLIC_URL is set.',
  },
  'assist.footer': { label: 'Last line of a draft', ...text },
  'assist.whenHumanOwned': { label: 'Draft also on tickets that people own' },
  'handoff.routing': { label: 'Where a ticket goes' },
  'handoff.topics.allow': {
    label: 'Only these topics',
    about: 'Unless empty, everything else goes to people. A line of words each.',
  },
  'handoff.topics.deny': {
    label: 'Topics for people',
    about: 'A line of words each; all words of a line have to be there.',
  },
  'handoff.confidenceThreshold': {
    label: 'Confidence an answer needs',
    about:
      'From 0 to 1; what is below goes to people. “earned”: as much as the drafts that people have graded show to be right; until then, and below it, autopilot leaves drafts.',
    kind: 'number',
  },
  'handoff.triggers.explicitRequest': { label: 'Hand over when the customer asks for a person' },
  'handoff.triggers.frustration': { label: 'Hand over when the customer is angry' },
  'handoff.triggers.lowConfidence': { label: 'Hand over what is below the confidence' },
  'handoff.officeHours': { label: 'Office hours' },
  'autopilot.sampleShare': {
    label: 'Share of the answers that is left as drafts',
    about: 'From 0 to 1: they go on being graded, while the confidence is “earned”.',
  },
  autoResolve: { label: 'The AI resolves tickets' },
  'limits.repliesPerTicketPerHour': { label: 'Replies on a ticket', unit: 'an hour' },
  'limits.repliesPerTicketPerDay': { label: 'Replies on a ticket', unit: 'a day' },
  'limits.repliesPerRequesterPerDay': { label: 'Replies to one customer', unit: 'a day' },
  'limits.repliesPerConnectionPerHour': { label: 'Replies in all', unit: 'an hour' },
  'blocklist.emails': { label: 'Addresses', about: 'One a line.' },
  'blocklist.domains': { label: 'Domains', about: 'With their sub-domains; one a line.' },
  'ai.dailyTokenBudget': { label: 'Budget of tokens', unit: 'a day', about: 'Empty: none.', kind: 'number' },
  'ai.dailyMoneyBudget': {
    label: 'Budget of money',
    unit: 'a day',
    about: "In the currency of the model's price. Empty: none.",
    kind: 'number',
  },
  'reports.returnWindowDays': { label: 'A customer comes back within', unit: 'days' },
  'reports.minutesPerTicket': {
    label: 'Minutes that a solved ticket saves',
    about: 'Empty: no time saved is reported.',
    unit: 'minutes',
    kind: 'number',
  },
  'attachments.maxFileBytes': { label: 'Largest file that is copied', unit: 'bytes' },
  'attachments.maxTicketBytes': { label: 'All files of a ticket', unit: 'bytes' },
  'backfill.rateShare': {
    label: "Share of the account's rate limit",
    about: 'For backfill, reconcile and the reading of Solutions.',
  },
  'reconcile.everySeconds': { label: 'Ask the account what changed every', ...seconds },
  'retention.closedSessionsDays': {
    label: 'Remove closed tickets from our side after',
    about: 'Empty keeps them.',
    unit: 'days',
    kind: 'number',
  },
  paused: { label: 'Paused: nothing is written to Freshdesk' },
};

/** Of a path such as `channels.email.mode`; one that is not known yet is called by its name. */
export function explainedSetting(path: string): Explained {
  const channel = /^channels\.\w+\.(\w+)$/.exec(path)?.[1];
  const known = channel === undefined ? SETTINGS[path] : CHANNEL[channel];
  return known ?? { label: path };
}
