import { Tokenizer } from 'htmlparser2';

/** What stands in some HTML, in order. Names are in lower case, and everything is decoded. */
export type HtmlEvents = {
  open(name: string, attributes: ReadonlyMap<string, string>): void;
  close(name: string): void;
  text(text: string): void;
};

/** Longer values are pictures; nobody asks for them here. */
const MAX_VALUE = 2_000;
const SILENT = () => undefined;
const NONE = new Map<string, string>();

/**
 * Goes through HTML tag by tag. Its time grows with the length alone: a parser that keeps the tree takes minutes over some
 * hundred thousand elements in one another, so that who reads keeps what they need.
 */
export function readHtml(html: string, events: HtmlEvents): void {
  let name = '';
  let attribute = '';
  let value = '';
  let attributes = NONE;
  const cut = (start: number, end: number) => html.slice(start, Math.min(end, start + MAX_VALUE));
  const opened = () => events.open(name, attributes);
  new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname(start, end) {
        name = html.slice(start, end).toLowerCase();
        attributes = NONE;
      },
      onattribname(start, end) {
        attribute = cut(start, end).toLowerCase();
        value = '';
      },
      onattribdata(start, end) {
        if (value.length < MAX_VALUE) value += cut(start, end);
      },
      onattribentity(codePoint) {
        if (value.length < MAX_VALUE) value += String.fromCodePoint(codePoint);
      },
      onattribend() {
        if (attributes === NONE) attributes = new Map();
        if (!attributes.has(attribute)) attributes.set(attribute, value);
      },
      onopentagend: opened,
      onselfclosingtag: opened,
      onclosetag: (start, end) => events.close(html.slice(start, end).toLowerCase()),
      ontext: (start, end) => events.text(html.slice(start, end)),
      ontextentity: (codePoint) => events.text(String.fromCodePoint(codePoint)),
      oncdata: SILENT,
      oncomment: SILENT,
      ondeclaration: SILENT,
      onprocessinginstruction: SILENT,
      onend: SILENT,
    },
  ).write(html);
}

/** What a person's HTML leaves open as often as it closes it. */
const OFTEN_OPEN = /^(?:br|hr|img|input|meta|link|wbr|col|area|source|embed|p|li|td|th|tr|dt|dd|option)$/;

/** How many elements some HTML has, and how many of them stand in one another at most. */
export function shapeOf(html: string): { tags: number; depth: number } {
  let tags = 0;
  let deep = 0;
  let depth = 0;
  readHtml(html, {
    open(name) {
      tags += 1;
      if (!OFTEN_OPEN.test(name)) deep += 1;
      depth = Math.max(depth, deep);
    },
    close(name) {
      if (!OFTEN_OPEN.test(name)) deep = Math.max(0, deep - 1);
    },
    text: SILENT,
  });
  return { tags, depth };
}
