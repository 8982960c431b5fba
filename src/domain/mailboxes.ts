/** An address customers write to, with the one that answers leave from. */
export type Mailbox = {
  id: number;
  /** Where Freshdesk takes mail in: often a forwarding address that nobody outside has seen. */
  toEmail: string | null;
  /** What customers see. Only such an address is taken as the sender of a reply. */
  replyEmail: string | null;
};

/** The account's own addresses, in lower case, each once (E8). */
export function ownAddresses(mailboxes: readonly Mailbox[]): string[] {
  const all = mailboxes.flatMap(({ toEmail, replyEmail }) => [folded(toEmail), folded(replyEmail)]);
  return [...new Set(all.filter((address) => address !== ''))];
}

/**
 * A8: the address a reply leaves from: that of the ticket's mailbox, by its id, else by the address the ticket came to. An
 * address that belongs to no known mailbox stays as it is; null where the ticket names none.
 */
export function replyAddress(
  mailboxes: readonly Mailbox[],
  { emailConfigId, supportEmail }: { emailConfigId: number | null; supportEmail: string | null },
): string | null {
  const usable = mailboxes.filter(({ replyEmail }) => folded(replyEmail) !== '');
  const cameTo = folded(supportEmail);
  const mailbox =
    usable.find(({ id }) => id === emailConfigId) ??
    usable.find(({ replyEmail }) => folded(replyEmail) === cameTo) ??
    usable.find(({ toEmail }) => cameTo !== '' && folded(toEmail) === cameTo);
  return mailbox?.replyEmail ?? supportEmail;
}

function folded(address: string | null): string {
  return (address ?? '').trim().toLowerCase();
}
