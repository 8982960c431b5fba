import type { Element, ElementContent, Root, RootContent } from 'hast';
import { lookOf } from '../reading/styles.ts';

/**
 * Articles as editors and mail programs write them, made into what the Markdown has words for: lists directly in lists,
 * tables that only place things, merged cells, captions, accordions and icons.
 */
const UNSEEN = new Set(
  'script style iframe object embed noscript template head svg math video audio canvas form button input select textarea datalist hr map'.split(
    ' ',
  ),
);
const HEADING = /^(?:h[1-6]|summary|dt|button)$/;
/** Names that pages give to what is closed until it is clicked, and to what opens it. */
const CLICKED =
  /\b(?:accordion|collaps\w*|tab-?(?:pane|panel|content)|tabpanel|toggle|expand\w*|panel|region|spoiler|faq)\b/i;
const INLINE = new Set('a b strong em i u s del ins span font sub sup code small big mark abbr br'.split(' '));
const BLOCKS = new Set(
  'p div section article header footer main figure figcaption center dl dt dd blockquote li h1 h2 h3 h4 h5 h6 pre'.split(
    ' ',
  ),
);
/** What was the cell of a table that only places things: the table around it does, too. */
const PLACED = { placed: 'yes' };
const MAX_SPAN = 20;
/** Cells that merged ones are repeated in. */
const MAX_REPEATED = 2_000;
/** A picture among words stands for one; its file's name does not. */
const MAX_ICON = 30;

/** The tree without what cannot be seen or said. It is changed in place. */
export function readable(tree: Root): Root {
  tree.children = contentOf(tree.children, SEEN);
  return tree;
}

type Seen = { tiny: boolean; invisible: boolean; white: boolean; coloured: boolean };
const SEEN: Seen = { tiny: false, invisible: false, white: false, coloured: false };

/** With `worded`, a picture alone stands for words: a step of a list and a heading may be nothing else. */
function contentOf(nodes: readonly RootContent[], seen: Seen, worded = false): ElementContent[] {
  const said = worded || nodes.some((node) => node.type === 'text' && node.value.trim() !== '');
  return nodes.flatMap((node): ElementContent[] => {
    if (node.type === 'text')
      return isShown(seen) ? [{ type: 'text', value: node.value.replaceAll('\u00A0', ' ') }] : [];
    if (node.type !== 'element' || (UNSEEN.has(node.tagName) && !isOpener(node))) return [];
    if (node.tagName === 'img') return said ? iconOf(node) : [];
    return elementOf(node, seen, worded);
  });
}

function isShown({ tiny, invisible, white, coloured }: Seen): boolean {
  return !tiny && !invisible && (!white || coloured);
}

function elementOf(element: Element, outer: Seen, worded: boolean): ElementContent[] {
  const look = lookOf(attributesOf(element));
  if (look.hidden) return [];
  const seen = {
    tiny: look.tiny ?? outer.tiny,
    invisible: look.invisible ?? outer.invisible,
    white: look.white ?? outer.white,
    coloured: look.coloured ?? outer.coloured,
  };
  const heads = HEADING.test(element.tagName);
  const alone = heads || element.tagName === 'li' || (worded && element.tagName === 'p');
  const children = contentOf(heads ? unbuttoned(element.children) : element.children, seen, alone);
  if (heads && !children.some(saysSomething)) return [];
  if (isStruck(element)) return [{ ...element, children: [made('del', children)] }];
  switch (element.tagName) {
    case 'ul':
    case 'ol':
      return listOf(element, children);
    case 'table':
      return tableOf({ ...element, children });
    case 'summary':
    case 'button':
      return [made('h4', children)];
    case 'sup':
      return children.map(raised);
    case 'a':
      return isAddress(element) ? [{ ...element, children }] : children;
    case 's':
    case 'strike':
      return [made('del', children)];
    case 'b':
    case 'strong':
    case 'em':
    case 'i':
      return emphasised({ ...element, children });
    default:
      return [{ ...element, children }];
  }
}

/** A price that holds no more is often struck by its style alone. */
function isStruck({ tagName, properties: { style }, children }: Element): boolean {
  const plain = children.every((child) => child.type !== 'element' || INLINE.has(child.tagName));
  return plain && tagName !== 'del' && typeof style === 'string' && /text-decoration[^;]*line-through/i.test(style);
}

/** What opens a part of a page when it is clicked is that part's heading. */
function unbuttoned(nodes: readonly ElementContent[]): ElementContent[] {
  return nodes.map((node) =>
    node.type === 'element' && node.tagName === 'button' ? { ...node, tagName: 'span' } : node,
  );
}

function isOpener({ tagName, properties }: Element): boolean {
  return (
    tagName === 'button' && ('ariaExpanded' in properties || 'ariaControls' in properties || isClicked(properties))
  );
}

function isClicked({ className, role }: Element['properties']): boolean {
  return CLICKED.test([className, role].flat().join(' '));
}

/** "m²" read as "m2" is another number where one stands before it: "5²". */
function raised(node: ElementContent): ElementContent {
  if (node.type !== 'text') return node;
  return { ...node, value: node.value.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? digit) };
}

/** The attributes that say how it looks to whoever has clicked what can be clicked. */
function attributesOf({ properties }: Element): Map<string, string> {
  const style = properties['style'];
  const closed = isClicked(properties);
  const named = [
    ['style', closed && typeof style === 'string' ? style.replace(/display\s*:\s*none/i, '') : style],
    ['bgcolor', properties['bgColor'] ?? properties['bgcolor']],
    ['color', properties['color']],
    ['hidden', properties['hidden'] === true && !closed ? '' : undefined],
  ] as const;
  return new Map(named.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}

/** Marks stand directly beside words, and around no block: editors wrap whole documents. */
function emphasised(element: Element): ElementContent[] {
  const style = element.properties['style'];
  const plain = typeof style === 'string' && /font-(?:weight:\s*(?:normal|400)|style:\s*normal)/i.test(style);
  if (plain || element.children.some((child) => child.type === 'element' && !INLINE.has(child.tagName)))
    return element.children;
  const [first, last] = [element.children[0], element.children.at(-1)];
  const before = first?.type === 'text' ? (/^\s+/.exec(first.value)?.[0] ?? '') : '';
  const after = last?.type === 'text' ? (/\s+$/.exec(last.value)?.[0] ?? '') : '';
  if (first?.type === 'text') first.value = first.value.trimStart();
  if (last?.type === 'text') last.value = last.value.trimEnd();
  const space = (value: string): ElementContent[] => (value === '' ? [] : [{ type: 'text', value }]);
  return [...space(before), element, ...space(after)];
}

function isAddress({ properties }: Element): boolean {
  return typeof properties['href'] === 'string' && /^\s*(?:https?:\/\/|mailto:)[^\s<>]+\s*$/i.test(properties['href']);
}

function iconOf({ properties }: Element): ElementContent[] {
  const alt = typeof properties['alt'] === 'string' ? properties['alt'].trim() : '';
  const isWord =
    alt !== '' &&
    alt.length <= MAX_ICON &&
    !/\.\w{3,4}$|^(?:image|img|icon|picture|screenshot|bild)?[\s_-]*\d*$/i.test(alt);
  return isWord ? [{ type: 'text', value: alt }] : [];
}

/** Word, Outlook and editors put lists and text directly into lists: they belong to the item before. */
function listOf(list: Element, children: readonly ElementContent[]): ElementContent[] {
  const before: ElementContent[] = [];
  const items: Element[] = [];
  for (const child of children) {
    if (isBlank(child)) continue;
    const last = items.at(-1);
    if (child.type === 'element' && child.tagName === 'li') items.push(child);
    else if (last !== undefined) last.children.push({ type: 'text', value: ' ' }, child);
    else before.push(child);
  }
  const leading = before.length === 0 ? [] : [made('div', before)];
  return [...leading, ...numbered(list, items)];
}

/** Items that name their own number begin a list with it. */
function numbered(list: Element, items: readonly Element[]): Element[] {
  const lists: Element[] = [];
  let next = Number(list.properties['start'] ?? 1);
  for (const item of items) {
    const start = Number(item.properties['value'] ?? next);
    const jumps = list.tagName === 'ol' && Number.isInteger(start) && start !== next;
    const last = lists.at(-1);
    if (last !== undefined && !jumps) last.children.push(item);
    else lists.push({ ...list, properties: jumps ? { start } : list.properties, children: [item] });
    next = (jumps ? start : next) + 1;
  }
  return lists;
}

function tableOf(table: Element): ElementContent[] {
  const rows = rowsOf(table);
  const caption = table.children.filter((child) => child.type === 'element' && child.tagName === 'caption');
  const above = caption.flatMap((child) => (child.type === 'element' ? [made('p', child.children)] : []));
  const cells = rows.flat();
  const places = cells.some(({ children }) => holdsTable(children)) || rows.every((row) => row.length <= 1);
  if (places) return [...above, ...cells.map(({ children }) => ({ ...made('div', children), properties: PLACED }))];
  return [...above, { ...table, children: gridOf(rows).map((row) => made('tr', row)) }];
}

function rowsOf(element: Element): Element[][] {
  return element.children.flatMap((child): Element[][] => {
    if (child.type !== 'element') return [];
    if (child.tagName !== 'tr') return /^t(?:head|body|foot)$/.test(child.tagName) ? rowsOf(child) : [];
    return [child.children.filter((cell): cell is Element => cell.type === 'element' && /^t[hd]$/.test(cell.tagName))];
  });
}

/** Each value in its own column and row: one that spans rows is said in each of them. */
function gridOf(rows: readonly Element[][]): Element[][] {
  const grid: Element[][] = rows.map(() => []);
  const headed = rows.some((row) => row.some(({ tagName }) => tagName === 'th'));
  let repeated = 0;
  for (const [index, row] of rows.entries()) {
    let column = 0;
    for (const cell of row) {
      while (grid[index]?.[column] !== undefined) column += 1;
      const name = headed || index > 0 ? cell.tagName : 'th';
      const flat = made(name, flattened(cell.children));
      const wide = repeated < MAX_REPEATED ? spanOf(cell, 'colSpan') : 1;
      const high = repeated < MAX_REPEATED ? spanOf(cell, 'rowSpan') : 1;
      for (const below of grid.slice(index, index + high))
        for (let offset = 0; offset < wide; offset++) below[column + offset] = offset === 0 ? flat : made(name, []);
      repeated += wide * high - 1;
      column += wide;
    }
  }
  const width = Math.max(...grid.map((row) => row.length));
  return grid.map((row) => Array.from({ length: width }, (_, index) => row[index] ?? made('td', [])));
}

function spanOf({ properties }: Element, name: 'colSpan' | 'rowSpan'): number {
  const span = Number(properties[name] ?? properties[name.toLowerCase()] ?? 1);
  return Number.isInteger(span) && span > 0 ? Math.min(span, MAX_SPAN) : 1;
}

/** A cell is one line: its blocks stand beside each other. */
function flattened(nodes: readonly ElementContent[]): ElementContent[] {
  return nodes.flatMap((node): ElementContent[] => {
    if (node.type !== 'element') return [node];
    if (node.tagName === 'br') return [{ type: 'text', value: ' ' }];
    const inner = flattened(node.children);
    if (node.tagName === 'li') return [...inner, { type: 'text', value: '; ' }];
    if (BLOCKS.has(node.tagName) || node.tagName === 'ul' || node.tagName === 'ol')
      return [...withoutLastMark(inner), { type: 'text', value: ' ' }];
    return [{ ...node, children: inner }];
  });
}

function withoutLastMark(nodes: readonly ElementContent[]): ElementContent[] {
  const last = nodes.at(-1);
  return last?.type === 'text' && last.value === '; ' ? nodes.slice(0, -1) : [...nodes];
}

function holdsTable(nodes: readonly ElementContent[]): boolean {
  return nodes.some(
    (node) =>
      node.type === 'element' && (node.tagName === 'table' || 'placed' in node.properties || holdsTable(node.children)),
  );
}

function made(tagName: string, children: ElementContent[]): Element {
  return { type: 'element', tagName, properties: {}, children };
}

function saysSomething(node: ElementContent): boolean {
  return node.type === 'element' ? node.children.some(saysSomething) : !isBlank(node);
}

function isBlank(node: ElementContent): boolean {
  return node.type === 'comment' || (node.type === 'text' && node.value.trim() === '');
}
