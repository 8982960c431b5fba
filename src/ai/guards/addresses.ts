import type { AnswerProblem } from '../../domain/plan-detail.ts';
import { isCardNumber } from '../understanding/card-number.ts';
import { visible } from '../reading/text.ts';

type Address = { kind: Extract<AnswerProblem, 'link' | 'email' | 'phone' | 'secret'>; value: string };

/** The part of a name between two dots is never longer. */
const MAX_LABEL = 63;
const EMAIL =
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+\s?(?:@|\(at\)|\[at\]|\sat\s(?=[\w-]+\.[a-z]))\s?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,24}/giu;
const URL_LIKE = /\b(?:h[tx]{2}ps?|ftp):\/\/[^\s<>"')\]]+|\bwww\.[^\s<>"')\]]+/giu;
/** Whatever stands before it or behind: "-example.com" and "@example.com" are read as example.com. Begins where a name can begin. */
const DOMAIN =
  /(?=[\p{L}\p{N}])(?<![\p{L}\p{N}](?:-*|\.))(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(?:xn--[a-z\d-]{1,59}|\p{L}{2,24})(?:\/[^\s<>"')\]]*)?(?![\p{L}\p{N}])/giu;
/**
 * Browsers read the full stop of Chinese and Japanese as a dot. Between two sentences it is none, so that it counts behind
 * other scripts with a word in small letters to follow, or before an ending that is no word.
 */
const FULL_STOPS = [
  /(?<=[\p{L}\p{N}-])[\u3002\uFF61](?=(?:com|net|org|info|biz|xyz|io|cc|cn|jp|tw|hk|kr)(?![\p{L}\p{N}-]))/giu,
  /(?<=[\p{L}\p{N}-])(?<![\p{scx=Han}\p{scx=Hira}\p{scx=Kana}])[\u3002\uFF61](?=[\p{Ll}\p{N}]+(?![\p{L}]))/gu,
];
/** "example dot com", "example[.]com", "example . com": written so that no filter sees it, and read by people all the same. */
const SPELLED =
  /(?<![\p{L}\p{N}-])[\p{L}\p{N}-]{2,}\s?(?:\[\.\]|\(\.\)|\s\.\s|[[(\s]\s?(?:dot|punkt|point|punto|ponto)\s?[\])\s])\s?(?:com|net|org|info|biz|io|co|xyz|top|site|online|shop|app|dev|de|fr|es|br|pt|uk|ru|cn)\b/giu;
const PHONE = /(?<![\p{L}\p{N}])\+?\(?\d(?:[\s()./-]{0,2}\d){6,16}(?![\p{L}\p{N}])/gu;
const KEYS = [
  /-----BEGIN [A-Z ]+-----/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  /\b(?:sk|pk|rk|ghp|gho|ghs|xox[abprs]|glpat|AKIA|ASIA|AIza)[-_]?[A-Za-z0-9_-]{12,}/g,
];
const TOKENS = [
  /(?=\w)(?<!\w[+/-]*)(?=[A-Za-z0-9_+/-]*\d)(?=[A-Za-z0-9_+/-]*[A-Za-z])[A-Za-z0-9_+/-]{24,}={0,2}/g,
  /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b/g,
];

/**
 * The first link, address, phone number or secret of a text that its sources do not hold (N5). The whole address has to
 * stand there, not its host alone: a host one trusts serves pages of strangers too. `allowedHosts` are the operator's.
 */
export function foreignAddress(
  text: string,
  sources: readonly string[],
  allowedHosts: readonly string[],
): Address | null {
  const known = sources.map(asRead).join('\n').toLowerCase();
  const knownDigits = digitRuns(known);
  let knownAddresses: Set<string> | null = null;
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  return (
    addressesOf(asRead(text)).find(({ kind, value }) => {
      if (kind === 'phone') return !knownDigits.has(value.replace(/\D/g, ''));
      const bare = trimmed(value.toLowerCase());
      if (kind === 'link' && hosts.has(hostOf(bare))) return false;
      // "www.example.com" is shown with the "http://" that its link was given.
      if (holds(known, bare.replace(/^https?:\/\//, ''))) return false;
      knownAddresses ??= new Set(addressesOf(known).map((address) => trimmed(address.value)));
      return !knownAddresses.has(bare);
    }) ?? null
  );
}

/**
 * A stranger's words as they may be quoted: what could be followed or used is cut out. Where characters hide an address from
 * a program and not from a reader, the words are given as a reader sees them.
 */
export function withoutAddresses(text: string): string {
  const left = cut(text);
  const seen = asRead(left);
  return cut(seen) === seen ? left : cut(seen);
}

function cut(text: string): string {
  return addressesOf(text)
    .filter(({ kind }) => kind !== 'phone')
    .toSorted((a, b) => b.value.length - a.value.length)
    .reduce((left, { value }) => left.replaceAll(value, '[…]'), text);
}

/** As people and browsers read it. */
function asRead(text: string): string {
  return FULL_STOPS.reduce((read, pattern) => read.replace(pattern, '.'), visible(text));
}

function addressesOf(text: string): Address[] {
  let rest = text;
  const found: Address[] = [];
  const take = (kind: Address['kind'], pattern: RegExp): void => {
    rest = rest.replace(pattern, (value) => {
      found.push({ kind, value });
      return ' ';
    });
  };
  for (const pattern of KEYS) take('secret', pattern);
  take('email', EMAIL);
  take('link', URL_LIKE);
  take('link', SPELLED);
  take('link', DOMAIN);
  for (const pattern of TOKENS) take('secret', pattern);
  for (const [number] of rest.matchAll(/(?:\d[ -]?){13,19}/g))
    if (isCardNumber(number.replace(/\D/g, ''))) found.push({ kind: 'secret', value: number.trim() });
  take('phone', PHONE);
  return found;
}

/** As a whole: neither the beginning of a longer address nor, behind a hyphen, its end. */
function holds(known: string, value: string): boolean {
  for (let at = known.indexOf(value); at >= 0; at = known.indexOf(value, at + 1)) {
    const before = known.slice(Math.max(0, at - MAX_LABEL), at);
    const after = known.slice(at + value.length, at + value.length + 2);
    if (
      !/[\p{L}\p{N}]-*$/u.test(before) &&
      !/^(?:[\p{L}\p{N}/?&=#-]|\.[\p{L}\p{N}])/u.test(after.replace(/^\/(?=[\s)\].,]|$)/, ' '))
    )
      return true;
  }
  return false;
}

function trimmed(address: string): string {
  return address.replace(/[.,;:!?*_]+$/, '').replace(/\/$/, '');
}

function hostOf(address: string): string {
  return URL.parse(/^[a-z]+:\/\//.test(address) ? address : `https://${address}`)?.hostname ?? '';
}

function digitRuns(text: string): Set<string> {
  return new Set([...text.matchAll(PHONE)].map(([number]) => number.replace(/\D/g, '')));
}
