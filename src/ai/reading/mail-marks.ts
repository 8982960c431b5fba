import type { Look } from './styles.ts';

/**
 * What a mail program says of an element by its name, class or id: a `quote`; a `wrapper` around one, and around the answers
 * between its parts; the `introduction` of one; a `signature`; a `box` that looks like a quote, which people use too; `history`,
 * where another message begins.
 */
export type Mark = 'quote' | 'wrapper' | 'introduction' | 'signature' | 'box' | 'history';

/** Programs put a prefix before what they take over from others: "x_gmail_quote", "ydp1a2byahoo_quoted". */
const NAMES: readonly [Mark, RegExp][] = [
  ['history', /^(?:appendonsend|divRplyFwdMsg|zwchr)$/],
  ['introduction', /^(?:moz-cite-prefix|gmail_attr|reply-intro)$/],
  [
    'quote',
    /yahoo_quoted(?:_\d+)?$|^(?:ms-outlook-mobile-reference-message|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION|isReplyContent|replybody1|quoted-content|__HEADERS__|__QUOTED_TEXT__|(?:front|spark|aol|hs|gorgias|intercom|zendesk|crisp|kayako)[-_](?:block)?quote)$/,
  ],
  [
    'wrapper',
    /^(?:(?:gmail|freshdesk|protonmail|tutanota|missive|moz-reply|superhuman|hey|mailbird|front)_quote(?:_container)?|zmail_extra|messageReplySection)$/,
  ],
  [
    'signature',
    /(?:^|[-_a-z])(?:[Ss]ignature)(?:_?[Ss]ection|_block(?:-\w+)?|_prefix|\d*)?$|^(?:bloop_sign.*|mail-?signature.*|mobile_?sign.*|Zm-_Id_-Sgn\d?)$/,
  ],
];
const BLOCKQUOTE_OF_PROGRAM = /(?:^|[-_])quote$|^(?:isReplyContent|qt|blockquote_zmail)$/;

/** What the mark-up says of an element; null where it says nothing. */
export function markOf(name: string, attributes: ReadonlyMap<string, string>, look: Look): Mark | null {
  if (attributes.size === 0) return name === 'blockquote' ? 'box' : null;
  const names = namesOf(attributes);
  if (name === 'blockquote') {
    const cited =
      attributes.get('type')?.toLowerCase() === 'cite' || names.some((one) => BLOCKQUOTE_OF_PROGRAM.test(one));
    return cited ? 'quote' : 'box';
  }
  for (const [mark, pattern] of NAMES) if (names.some((one) => pattern.test(one))) return mark;
  if (attributes.has('data-signatureblock')) return 'signature';
  if (name !== 'div' && name !== 'td' && name !== 'p') return null;
  if (look.ruled) return 'history';
  return look.barred && name !== 'p' ? 'box' : null;
}

function namesOf(attributes: ReadonlyMap<string, string>): string[] {
  const names = ['class', 'id', 'name', 'data-marker', 'data-smartmail'].flatMap(
    (key) => attributes.get(key)?.split(/\s+/, 20) ?? [],
  );
  return names.filter((one) => one !== '').map((one) => one.replace(/^(?:x_)+/, ''));
}
