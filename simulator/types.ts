/** Freshdesk's times: UTC, whole seconds, e.g. `2026-03-01T09:00:00Z`. They compare as strings. */
export type Stamp = string;

/** Who did something; automation rules select on it. */
export type Performer = { type: 'agent'; id: number } | { type: 'requester'; id: number } | { type: 'system' };

export type Role = { id: number; name: string; description: string; default: boolean; agentType: 1 | 3 };

export type Agent = {
  id: number;
  name: string;
  email: string;
  roleIds: number[];
  groupIds: number[];
  ticketScope: 1 | 2 | 3;
  /** A deactivated agent keeps its tickets but its key is refused. */
  active: boolean;
  apiKey: string | null;
  createdAt: Stamp;
  updatedAt: Stamp;
};

export type Group = {
  id: number;
  name: string;
  description: string;
  agentIds: number[];
  /** 0 none, 1 round robin, 2 skill, 3 load, 12 omniroute. */
  autoTicketAssign: 0 | 1 | 2 | 3 | 12;
  createdAt: Stamp;
  updatedAt: Stamp;
};

export type Contact = {
  id: number;
  name: string;
  email: string | null;
  phone: string | null;
  mobile: string | null;
  uniqueExternalId: string | null;
  createdAt: Stamp;
  updatedAt: Stamp;
};

export type Status = { id: number; label: string; customerLabel: string };
export type Product = { id: number; name: string };

export type EmailConfig = {
  id: number;
  name: string;
  /** What customers see, and replies leave from. */
  email: string;
  /** Where mail to it is taken in; the same address unless the mailbox forwards. */
  toEmail: string;
  productId: number | null;
  groupId: number | null;
  primary: boolean;
};

export type FieldType =
  | 'custom_checkbox'
  | 'custom_text'
  | 'custom_paragraph'
  | 'custom_number'
  | 'custom_decimal'
  | 'custom_date'
  | 'custom_dropdown';

export type CustomField = {
  id: number;
  name: string;
  label: string;
  type: FieldType;
  requiredForClosure: boolean;
  choices: string[];
};

/** One content entry of a web-chat message. */
export type StructuredContent = { type: string; data: { content?: string | undefined } };

export type Attachment = {
  id: number;
  name: string;
  contentType: string;
  bytes: Uint8Array;
  /** An image inside the HTML; not listed among the attachments. */
  inline: boolean;
  createdAt: Stamp;
  updatedAt: Stamp;
};

type TicketStats = {
  agentRespondedAt: Stamp | null;
  requesterRespondedAt: Stamp | null;
  firstRespondedAt: Stamp | null;
  statusUpdatedAt: Stamp;
  reopenedAt: Stamp | null;
  resolvedAt: Stamp | null;
  closedAt: Stamp | null;
  pendingSince: Stamp | null;
};

export type CustomValue = string | number | boolean | null;

export type Ticket = {
  id: number;
  subject: string;
  description: string;
  structuredDescription: StructuredContent[] | null;
  status: number;
  priority: number;
  source: number;
  type: string | null;
  requesterId: number;
  responderId: number | null;
  groupId: number | null;
  productId: number | null;
  emailConfigId: number | null;
  supportEmail: string | null;
  toEmails: string[] | null;
  ccEmails: string[];
  replyCcEmails: string[];
  tags: string[];
  customFields: Record<string, CustomValue>;
  attachments: Attachment[];
  spam: boolean;
  deleted: boolean;
  isEscalated: boolean;
  dueBy: Stamp | null;
  frDueBy: Stamp | null;
  /** Freshdesk computes the due dates seconds after the creation; until then they read null. */
  dueReadyAt: Stamp;
  stats: TicketStats;
  createdAt: Stamp;
  updatedAt: Stamp;
};

export type Conversation = {
  id: number;
  ticketId: number;
  body: string;
  structuredBody: StructuredContent[] | null;
  incoming: boolean;
  private: boolean;
  userId: number;
  /** 0 reply, 2 note, 8 forward. */
  source: number;
  category: number;
  supportEmail: string | null;
  fromEmail: string | null;
  toEmails: string[];
  ccEmails: string[];
  bccEmails: string[];
  autoResponse: boolean;
  attachments: Attachment[];
  createdAt: Stamp;
  updatedAt: Stamp;
  lastEditedAt: Stamp | null;
  lastEditedUserId: number | null;
};

/** What an update rule can listen to. */
export type EventName =
  | 'created'
  | 'reply_sent'
  | 'note_public'
  | 'note_private'
  | 'status'
  | 'priority'
  | 'responder_id'
  | 'group_id'
  | 'tags'
  | 'type'
  | 'deleted'
  | 'spam'
  | 'restored'
  | 'updated';

export type AccountEvent = {
  ticketId: number;
  performer: Performer;
  names: EventName[];
  /** Text of `{{triggered_event}}`: the first change only, and not JSON. */
  triggered: string;
};

export type SolutionCategory = { id: number; name: string; createdAt: Stamp; updatedAt: Stamp };

export type SolutionFolder = {
  id: number;
  categoryId: number;
  /** The folder it lies in; null directly below the category. */
  parentId: number | null;
  name: string;
  /** 1 everybody, 2 logged-in users, 3 agents, 4 selected companies. */
  visibility: number;
  createdAt: Stamp;
  updatedAt: Stamp;
};

export type SolutionArticle = {
  id: number;
  folderId: number;
  title: string;
  html: string;
  /** 1 draft, 2 published. */
  status: number;
  updatedAt: Stamp;
  createdAt: Stamp;
};

/** The knowledge base of the account. What is in `hidden` is listed and answers 403 when it is asked for. */
export type Solutions = {
  categories: Map<number, SolutionCategory>;
  folders: Map<number, SolutionFolder>;
  articles: Map<number, SolutionArticle>;
  hidden: Set<number>;
  /** Whether lists of articles carry the text; some accounts' do not. */
  listsCarryText: boolean;
};
