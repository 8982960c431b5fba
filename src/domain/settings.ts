import type { Channel, Mode } from './ticket.ts';

/** Sentences of the cited articles alone, or a model's words that its check supports. */
export type Wording = 'quotes' | 'free';

/** What an operator can set on a connection. Seconds and hours may be fractions and zero. */
export type Settings = {
  intake: {
    /** Every new ticket passes the gate, whoever it is assigned to (E2). */
    autoHandleAll: boolean;
    defaultGroupId: number | null;
    /** What the AI answers when a person gives the ticket back (E4). */
    onReassign: 'next_message' | 'waiting';
    /** Older waiting messages go to people instead of getting a public answer (E1). */
    maxAnswerAgeHours: number;
    exclude: { groupIds: number[]; productIds: number[]; tags: string[] };
  };
  rollout: { percent: number };
  channels: Record<Channel, ChannelSettings>;
  reply: {
    statusAfterReply: number | null;
    cc: 'keep' | 'none';
    allowedLinkHosts: string[];
    /** What goes out unattended (N9). */
    wording: Wording;
    /** Private notes end with a link to their ticket in the Inbox. */
    inboxLink: boolean;
  };
  assist: {
    footer: string | null;
    /** Draft also where a person owns the ticket (E7). */
    whenHumanOwned: boolean;
  };
  handoff: {
    routing: Routing;
    topics: { allow: string[]; deny: string[] };
    /** What an answer's confidence has to reach, 0–1; `earned`: what people's grades of this connection's drafts support (N11). */
    confidenceThreshold: number | 'earned';
    triggers: { explicitRequest: boolean; frustration: boolean; lowConfidence: boolean };
    officeHours: OfficeHours | null;
  };
  autopilot: {
    /** The share of the answers that is left as drafts to be graded, 0–1, while the threshold is earned (N11). */
    sampleShare: number;
  };
  autoResolve: boolean;
  limits: {
    repliesPerTicketPerHour: number;
    repliesPerTicketPerDay: number;
    repliesPerRequesterPerDay: number;
    repliesPerConnectionPerHour: number;
  };
  blocklist: { emails: string[]; domains: string[] };
  attachments: { maxFileBytes: number; maxTicketBytes: number };
  ai: { dailyTokenBudget: number | null; dailyMoneyBudget: number | null };
  backfill: { rateShare: number };
  reconcile: { everySeconds: number };
  reports: {
    /** How long after its end a conversation that comes back was none that lasted (G9). */
    returnWindowDays: number;
    /** What a ticket costs a person; null: nobody has said. */
    minutesPerTicket: number | null;
  };
  retention: { closedSessionsDays: number | null };
  /** The kill switch: nothing is written to Freshdesk (E12). */
  paused: boolean;
};

type ChannelSettings = {
  mode: Mode;
  /** Wait before the first answer on a ticket (A1). */
  firstReplyDelaySeconds: number;
  /** Wait before later answers (A1). */
  burstSeconds: number;
  autoResolveAfterHours: number;
  greeting: string | null;
  signature: string | null;
  disclosure: string | null;
  handoffMessage: string | null;
};

export type Routing =
  | { kind: 'unassign' }
  | { kind: 'unassign_with_marker' }
  | { kind: 'agent'; agentId: number }
  | { kind: 'group'; groupId: number };

export type OfficeHours = {
  timezone: string;
  outside: 'answer' | 'handoff';
  shifts: { days: Weekday[]; start: string; end: string }[];
  holidays: string[];
};

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** A partial setting: objects may leave out keys, arrays and routing are whole. */
export type SettingsPatch = DeepPartial<Settings>;
type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends Routing
    ? T
    : T extends object
      ? { [K in keyof T]?: DeepPartial<T[K]> }
      : T;

const channel = (mode: Mode, firstReplyDelaySeconds: number, burstSeconds: number, autoResolveAfterHours: number) =>
  ({
    mode,
    firstReplyDelaySeconds,
    burstSeconds,
    autoResolveAfterHours,
    greeting: null,
    signature: null,
    disclosure: null,
    handoffMessage: null,
  }) satisfies ChannelSettings;

/** A new connection: nothing reaches a customer until someone chooses autopilot (C7). */
export const DEFAULT_SETTINGS: Settings = {
  intake: {
    autoHandleAll: false,
    defaultGroupId: null,
    onReassign: 'next_message',
    maxAnswerAgeHours: 24,
    exclude: { groupIds: [], productIds: [], tags: [] },
  },
  rollout: { percent: 100 },
  channels: {
    email: channel('assist', 30, 8, 72),
    web: channel('assist', 4, 2, 24),
    phone: channel('assist', 30, 8, 72),
    other: channel('off', 30, 8, 72),
  },
  reply: { statusAfterReply: null, cc: 'keep', allowedLinkHosts: [], wording: 'quotes', inboxLink: true },
  assist: { footer: 'Drafted by OpenCX AI. Review before sending.', whenHumanOwned: false },
  handoff: {
    routing: { kind: 'unassign' },
    topics: { allow: [], deny: [] },
    confidenceThreshold: 'earned',
    triggers: { explicitRequest: true, frustration: true, lowConfidence: true },
    officeHours: null,
  },
  autopilot: { sampleShare: 0.1 },
  autoResolve: true,
  limits: {
    repliesPerTicketPerHour: 6,
    repliesPerTicketPerDay: 20,
    repliesPerRequesterPerDay: 40,
    repliesPerConnectionPerHour: 600,
  },
  blocklist: { emails: [], domains: [] },
  attachments: { maxFileBytes: 20_971_520, maxTicketBytes: 104_857_600 },
  ai: { dailyTokenBudget: null, dailyMoneyBudget: null },
  backfill: { rateShare: 0.5 },
  reconcile: { everySeconds: 300 },
  reports: { returnWindowDays: 7, minutesPerTicket: null },
  retention: { closedSessionsDays: null },
  paused: false,
};
