import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import ipaddr from 'ipaddr.js';
import { codeOf, nameOf } from '../domain/errors.ts';
import { FileHostUnreachable, FileRefused, LinkExpired } from './errors.ts';

/** What messages carry besides words. The store that keeps the files knows no key: none is sent (F1). */
export type FileCalls = {
  /**
   * The bytes behind a link out of a ticket or conversation. Throws LinkExpired, FileRefused (`too_large` beyond
   * `maxBytes`, `unsafe_address` where it leads into a private network, `gone`), or FileHostUnreachable. Costs no credit.
   */
  download(link: string, limits: { maxBytes: number }): Promise<Buffer>;
};

const CONNECT_MS = 10_000;
/** Between two pieces of the file. */
const SILENCE_MS = 15_000;
/** For the whole file: 20 MB on a slow line. */
const WHOLE_MS = 90_000;
const MOST_REDIRECTS = 3;

const timeouts = { headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS };
/** Asks the resolver when it connects, so that a name cannot point elsewhere between a check and the connection. */
const guarded = new Agent({ ...timeouts, connect: { timeout: CONNECT_MS, lookup: publicAddresses() } });
const unguarded = new Agent({ ...timeouts, connect: { timeout: CONNECT_MS } });

export function fileCalls(baseUrl: string): FileCalls {
  const own = ownOrigin(baseUrl);
  return {
    async download(link, { maxBytes }) {
      const deadline = AbortSignal.timeout(WHOLE_MS);
      let url = addressOf(link);
      for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
        const next = await fetchFrom(url, { agent: agentFor(url, own), maxBytes, deadline });
        if (Buffer.isBuffer(next)) return next;
        url = addressOf(next.redirect, url);
      }
      throw new FileHostUnreachable('redirects');
    },
  };
}

/** An operator's override, such as the simulator, may be in a private network, and serves its own files; no other host may. */
function ownOrigin(baseUrl: string): string | null {
  const base = URL.parse(baseUrl);
  return base === null || base.hostname.endsWith('.freshdesk.com') ? null : base.origin;
}

function addressOf(link: string, from?: URL): URL {
  const url = URL.parse(link, from?.href);
  if (url === null) throw new FileRefused('unsafe_address');
  return url;
}

function agentFor(url: URL, own: string | null): Agent {
  if (own !== null && url.origin === own) return unguarded;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const usual = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  // An address in numbers is never looked up, so it is judged here.
  if (!usual || (ipaddr.isValid(host) && !isPublic(host))) throw new FileRefused('unsafe_address');
  return guarded;
}

type Fetch = { agent: Agent; maxBytes: number; deadline: AbortSignal };

async function fetchFrom(url: URL, { agent, maxBytes, deadline }: Fetch): Promise<Buffer | { redirect: string }> {
  try {
    const headers = { 'user-agent': 'opencx-freshdesk', 'accept-encoding': 'identity' };
    const answer = await request(url, { dispatcher: agent, headers, signal: deadline });
    const { location } = answer.headers;
    if (answer.statusCode === 200) return await bounded(answer.body, maxBytes);
    answer.body.on('error', () => undefined).destroy();
    if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string')
      return { redirect: location };
    throw refusalOf(answer.statusCode);
  } catch (error) {
    if (error instanceof FileRefused || error instanceof LinkExpired || error instanceof FileHostUnreachable)
      throw error;
    throw new FileHostUnreachable(seenIn(error));
  }
}

/** Reads no further than it may, whatever the length was said to be. */
async function bounded(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new FileRefused('too_large'); // leaving the loop cuts the connection
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function refusalOf(status: number): Error {
  if (status === 404 || status === 410) return new FileRefused('gone');
  return status === 400 || status === 401 || status === 403
    ? new LinkExpired()
    : new FileHostUnreachable(`http_${status}`);
}

function publicAddresses(): LookupFunction {
  return (hostname, options, callback) => {
    dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? new Error('no address'), '');
      if (!addresses.every(({ address }) => isPublic(address))) return callback(new FileRefused('unsafe_address'), '');
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

function seenIn(error: unknown): string {
  if (nameOf(error) === 'TimeoutError') return 'timeout';
  const code = codeOf(error);
  return typeof code === 'string' && /^\w+$/.test(code) ? code : 'failed';
}
