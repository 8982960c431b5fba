import sanitizeHtml from 'sanitize-html';

const FONT =
  'font-family:-apple-system, BlinkMacSystemFont, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif; font-size:14px';

const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: [...sanitizeHtml.defaults.allowedTags.filter((tag) => tag !== 'p'), 'img', 'font', 'center'],
  allowedAttributes: {
    '*': ['style', 'dir', 'align', 'class'],
    a: ['href', 'target', 'rel', 'title'],
    img: ['src', 'alt', 'width', 'height', 'style', 'class'],
    font: ['color', 'face', 'size'],
    td: ['colspan', 'rowspan'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel', 'cid'],
  transformTags: {
    p: 'div',
    a: (_tag, attributes) => ({ tagName: 'a', attribs: { ...attributes, rel: 'noreferrer', target: '_blank' } }),
  },
};

/**
 * HTML as Freshdesk keeps it, which is not the HTML it was given: comments, `data-` attributes, scripts and ids go,
 * paragraphs become divs, links get attributes, and space between tags is squeezed.
 */
export function storeHtml(html: string): string {
  return sanitizeHtml(html, OPTIONS)
    .replace(/>\s+</g, '><')
    .replace(/<br \/>/g, '<br>')
    .trim();
}

/** The body of a reply sent by an agent or through the API: stored HTML inside Freshdesk's own font wrapper. */
export function storeReply(html: string): string {
  return `<div style="${FONT}">${storeHtml(html)}</div>`;
}

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function decode(text: string): string {
  return text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole;
    const hex = name[1] === 'x' || name[1] === 'X';
    const code = Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** `body_text` and `description_text`: the stored HTML without its tags, one line per block. */
export function textOf(html: string): string {
  const lines = html
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/(div|p|li|tr|h[1-6]|blockquote|ul|ol|table)>/gi, '\n')
    .replace(/<[^>]*>/g, '');
  return decode(lines)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);
}

/** What a mail program makes of typed text. */
export function htmlOfText(text: string): string {
  return `<div dir="ltr">${escape(text).replace(/\r?\n/g, '<br>')}</div>`;
}
