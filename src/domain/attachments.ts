/** How often a copy is tried before it is given up and the session goes on without it (F2). */
export const COPY_ATTEMPTS = 4;

/** Why there is no copy of a file (F2). The first four are final; the others are tried again a day later. */
export type CopyReason =
  /** Larger than `attachments.maxFileBytes`. */
  | 'too_large'
  /** With it the ticket's files would be larger than `attachments.maxTicketBytes`. */
  | 'ticket_full'
  /** The link leads into a private network. */
  | 'unsafe_address'
  /** Freshdesk no longer has it. */
  | 'gone'
  | 'link_expired'
  | 'host_unreachable'
  | 'freshdesk_unreachable'
  | 'storage_unusable'
  | 'timed_out'
  /** A mistake of ours; the log has more. */
  | 'unexpected';
