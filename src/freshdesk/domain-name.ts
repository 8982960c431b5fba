import { ConnectError } from './errors.ts';

export type FreshdeskAddress = { domain: string; baseUrl: string };

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const bareAccount = new RegExp(`^${label}$`, 'i');
const accountHost = new RegExp(`^${label}\\.freshdesk\\.com$`);

/**
 * The account meant by `acme`, `acme.freshdesk.com` or any address pasted from the browser (C2), and where its API is.
 * `overrideUrl` is the operator's FRESHDESK_URL, which then carries every request. Throws ConnectError (wrong_domain).
 */
export function freshdeskAddress(input: string, overrideUrl?: string): FreshdeskAddress {
  if (overrideUrl === undefined) {
    const domain = normaliseDomain(input);
    return { domain, baseUrl: `https://${domain}` };
  }
  const base = new URL(overrideUrl);
  return { domain: ownDomain(input) ?? base.host, baseUrl: `${base.origin}${base.pathname.replace(/\/+$/, '')}` };
}

/** `acme.freshdesk.com` in lower case, or ConnectError (wrong_domain) saying why the input cannot be an account. */
export function normaliseDomain(input: string): string {
  const given = input.trim();
  if (given === '') throw refused('No Freshdesk domain was given.');
  if (bareAccount.test(given)) return `${given.toLowerCase()}.freshdesk.com`;
  const url = parsed(given);
  if (url === null) throw refused(`This is not an address: ${shown(given)}.`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused(`${url.protocol} is not a web address.`);
  if (url.username !== '' || url.password !== '')
    throw refused('The address must not contain a user name or password.');
  if (url.port !== '') throw refused(`The address must not name a port (${url.port}).`);
  if (!accountHost.test(url.hostname)) throw refused(`${shown(url.hostname)} is not of the form name.freshdesk.com.`);
  return url.hostname;
}

/** With an override any name will do for the connection; a real account's is normalised all the same. */
function ownDomain(input: string): string | null {
  try {
    return normaliseDomain(input);
  } catch {
    return null;
  }
}

function parsed(given: string): URL | null {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(given);
  return URL.parse(hasScheme ? given : `https://${given}`);
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function refused(what: string): ConnectError {
  return new ConnectError('wrong_domain', what, 'Give the address agents sign in at, such as acme.freshdesk.com.');
}
