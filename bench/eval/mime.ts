/** A mail as Freshdesk takes it in: subject, sender and body. Its headers are for comparison only. */
export type Mail = {
  headers: ReadonlyMap<string, string>;
  subject: string;
  from: string;
  /** The first part of its kind; null without one. */
  html: string | null;
  text: string | null;
};

type Part = { headers: ReadonlyMap<string, string>; body: string };

/**
 * Reads a mail from its bytes: headers with encoded words, multipart, base64, quoted-printable, character sets. As much as
 * the mails of the shared data need, and no more.
 */
export function readMail(bytes: Buffer): Mail {
  const whole = partOf(bytes.toString('latin1').replaceAll('\r\n', '\n'));
  const leaves = leavesOf(whole);
  const find = (type: string) => leaves.find((part) => typeOf(part) === type);
  const html = find('text/html');
  const text = find('text/plain');
  return {
    headers: whole.headers,
    subject: words(whole.headers.get('subject') ?? ''),
    from: words(whole.headers.get('from') ?? ''),
    html: html === undefined ? null : contentOf(html),
    text: text === undefined ? null : contentOf(text),
  };
}

/** A text mail as Freshdesk shows it: escaped, with `<br>` at the line ends. */
export function htmlOf(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<div>${escaped.replaceAll('\n', '<br>\n')}</div>`;
}

/** The body in the form in which Freshdesk keeps it. Some of these mails have had the words of their HTML taken out. */
export function bodyOf({ html, text }: Mail): string {
  const says = html !== null && /\p{L}/u.test(html.replace(/<[^>]*>/g, ''));
  return says ? html : htmlOf(text ?? '');
}

function partOf(source: string): Part {
  const end = source.search(/\n\n/);
  const head = end === -1 ? source : source.slice(0, end);
  const headers = new Map<string, string>();
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const [, name, value] = /^([^:\s]+)\s*:\s?(.*)$/.exec(line) ?? [];
    if (name !== undefined && !headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value ?? '');
  }
  return { headers, body: end === -1 ? '' : source.slice(end + 2) };
}

function leavesOf(part: Part): Part[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(part.headers.get('content-type') ?? '')?.[1];
  if (!typeOf(part).startsWith('multipart/') || boundary === undefined) return [part];
  const pieces = part.body.split(`--${boundary}`).slice(1);
  if (pieces.length === 0) return [{ headers: new Map(), body: part.body }];
  return pieces
    .filter((piece) => !piece.startsWith('--'))
    .flatMap((piece) => leavesOf(partOf(piece.replace(/^[ \t]*\n/, '\n').replace(/^\n(?=[^\n])/, ''))));
}

/** Without a type it is text; some of these mails name none. */
function typeOf({ headers }: Part): string {
  const type = (headers.get('content-type') ?? 'text/plain').split(';')[0];
  return (type ?? '').trim().toLowerCase();
}

function contentOf({ headers, body }: Part): string {
  const charset = /charset="?([^";\s]+)"?/i.exec(headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  return decoded(bytesOf(body, (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase()), charset);
}

function bytesOf(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  return encoding === 'quoted-printable' ? unquoted(body.replace(/=[ \t]*\n/g, '')) : Buffer.from(body, 'latin1');
}

function unquoted(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

function decoded(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** Encoded words of a header: `=?utf-8?B?…?=`. */
function words(value: string): string {
  return value
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_all, charset: string, kind: string, content: string) =>
      decoded(
        kind.toLowerCase() === 'b' ? Buffer.from(content, 'base64') : unquoted(content.replaceAll('_', ' ')),
        charset,
      ),
    )
    .trim();
}
