/** Who is never answered, and who we are. */
export type UnwantedSenders = {
  blocklist: { emails: readonly string[]; domains: readonly string[] };
  /** The account's support addresses, and the ticket's own. */
  ownAddresses: readonly string[];
};

/** The address in what mail programs and Freshdesk give: plain, `"Name" <address>` or `address (Name)`; in lower case. */
export function addressOf(from: string): string {
  const bare = from.replace(/\([^()]*\)\s*$/, '');
  return (/<([^<>]+)>\s*$/.exec(bare)?.[1] ?? bare).trim().toLowerCase();
}

/**
 * E8: why a sender is not answered, or null. Upper and lower case are the same, and a blocked domain's sub-domains are
 * blocked with it. Our own address comes first: answering it would be talking to ourselves.
 */
export function unwantedSender(
  from: string | null,
  { blocklist, ownAddresses }: UnwantedSenders,
): 'blocked' | 'own_address' | null {
  const address = addressOf(from ?? '');
  if (address === '') return null;
  if (ownAddresses.some((own) => addressOf(own) === address)) return 'own_address';
  const host = address.slice(address.lastIndexOf('@') + 1);
  const blocked =
    blocklist.emails.some((email) => addressOf(email) === address) ||
    blocklist.domains.some((domain) => isWithin(host, domain.trim().toLowerCase()));
  return blocked ? 'blocked' : null;
}

/**
 * A8: who of these gets a copy of a reply, each once: not the one it goes to anyway, nor ourselves, which would be a loop,
 * nor whom the blocklist names.
 */
export function keptCopies(addresses: readonly string[], to: string | null, unwanted: UnwantedSenders): string[] {
  const kept = addresses
    .map(addressOf)
    .filter((address) => /^[^@\s]+@[^@\s]+$/.test(address) && unwantedSender(address, unwanted) === null);
  return [...new Set(kept)].filter((address) => address !== addressOf(to ?? ''));
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
