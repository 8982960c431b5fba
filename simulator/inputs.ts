/** A file with a message: its content as text, base64 or bytes. Inline ones are images inside the HTML. */
export type FileInput = {
  name: string;
  contentType?: string | undefined;
  text?: string | undefined;
  base64?: string | undefined;
  bytes?: Uint8Array | undefined;
  inline?: boolean | undefined;
};

/** Typed text, or HTML as a mail program sends it, and files. */
export type Words = { text?: string | undefined; html?: string | undefined; files?: FileInput[] | undefined };

export type CustomerTicket = Words & {
  email?: string | undefined;
  name?: string | undefined;
  phone?: string | undefined;
  subject?: string | undefined;
  source?: number | undefined;
  groupId?: number | null | undefined;
  responderId?: number | null | undefined;
  productId?: number | null | undefined;
  status?: number | undefined;
  priority?: number | undefined;
  tags?: string[] | undefined;
  cc?: string[] | undefined;
  /** Mailbox the mail was sent to; the global support address unless given. */
  to?: string | undefined;
};

export type CustomerReply = Words & {
  /** Someone other than the requester. */
  from?: { email: string; name?: string | undefined } | undefined;
  cc?: string[] | undefined;
  autoResponse?: boolean | undefined;
};

export type AgentWords = Words & { agentId?: number | undefined; cc?: string[] | undefined };

/** Whose act it is; an agent's unless it says `system`. */
export type By = 'agent' | 'system';
