/** An image inside a message's HTML, which is not among its attachments. */
export type InlineImage = { id: number; name: string; url: string };

/** More HTML than this is not read, and no message has so many images. */
const MAX_HTML_LENGTH = 500_000;
const MOST_IMAGES = 50;

/**
 * The images that a message's HTML shows out of Freshdesk's own store (F1). Images of other hosts are left alone: fetching
 * them would tell their sender that the mail was read, and lead wherever the sender likes.
 */
export function inlineImages(html: string, baseUrl: string): InlineImage[] {
  const images = new Map<number, InlineImage>();
  for (const [tag] of html.slice(0, MAX_HTML_LENGTH).matchAll(/<img\s[^<>]{1,8000}>/gi)) {
    const url = URL.parse(attribute(tag, 'src'));
    if (url === null || !isFreshdesks(url, baseUrl)) continue;
    const id = idOf(tag, url);
    if (id === null || images.size >= MOST_IMAGES) continue;
    if (url.hostname.endsWith('.freshdesk.com')) url.protocol = 'https:';
    images.set(id, { id, name: nameOf(tag, url), url: url.href });
  }
  return [...images.values()];
}

function attribute(tag: string, name: string): string {
  const [, , quoted = '', bare = ''] =
    new RegExp(`\\s${name}\\s*=\\s*(?:(["'])(.*?)\\1|([^\\s"'>]+))`, 'is').exec(tag) ?? [];
  return (quoted === '' ? bare : quoted).replaceAll('&amp;', '&').trim();
}

function isFreshdesks(url: URL, baseUrl: string): boolean {
  if (!/^https?:$/.test(url.protocol)) return false;
  const ofStore = url.pathname.startsWith('/inline/attachment') || FILE_PATH.test(url.pathname);
  const byAmazon = S3_HOST.test(url.hostname) && STORE_PATH.test(url.pathname);
  return (
    byAmazon || (ofStore && (url.hostname.endsWith('.freshdesk.com') || url.origin === URL.parse(baseUrl)?.origin))
  );
}

/** Where the bucket is part of the path: in front of the host, or further down in the path, it could be anybody's. */
const S3_HOST = /^s3(?:[.-][a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com$/;
/** Freshdesk's buckets, one for each data centre. */
const STORE_PATH = /^\/(?:(?:aus|euc|ind)-)?cdn\.freshdesk\.com\/data\//;
const FILE_PATH = /\/data\/helpdesk\/attachments\/production\/(\d{1,16})\//;

/** From the tag, else out of the link: the token is a JWT whose payload names the attachment. */
function idOf(tag: string, url: URL): number | null {
  const said = attribute(tag, 'data-id') || FILE_PATH.exec(url.pathname)?.[1] || idInToken(url);
  const id = /^\d{1,16}$/.test(said) ? Number(said) : Number.NaN;
  return Number.isSafeInteger(id) ? id : null;
}

function idInToken(url: URL): string {
  const payload = url.searchParams.get('token')?.split('.')[1] ?? '';
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : '';
  } catch {
    return '';
  }
}

/** Links to inline images say no name; older ones end in it. */
function nameOf(tag: string, url: URL): string {
  const last = FILE_PATH.test(url.pathname) ? (url.pathname.split('/').at(-1) ?? '') : '';
  try {
    return decodeURIComponent(last) || attribute(tag, 'alt') || 'image';
  } catch {
    return 'image';
  }
}
