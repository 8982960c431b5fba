import { readHtml } from './html-events.ts';
import { createLineWriter, type Line } from './line-writer.ts';
import { markOf, type Mark } from './mail-marks.ts';
import { lookOf, readSheet, type Sheet } from './styles.ts';

/** Enough for any person's mail, pictures in it aside. What stands behind is not read. */
const MAX_HTML = 8_000_000;
const MAX_TEXT = 200_000;
const PICTURE = /data:[\w.+-]{1,40}\/[\w.+-]{1,40}[\w.+;=-]{0,100},[^"'\s<>)]{100,}/gi;

const UNSEEN = new Set(
  'script style head title template noscript svg math object iframe w:worddocument w:latentstyles o:officedocumentsettings'.split(
    ' ',
  ),
);
const VOID = new Set(['br', 'hr', 'img', 'input', 'meta', 'link', 'wbr', 'area', 'base', 'col', 'embed', 'source']);
/** Blocks, with the line breaks around them. */
const BLOCKS: ReadonlyMap<string, number> = new Map([
  ...'p h1 h2 h3 h4 h5 h6 pre dl'.split(' ').map((name) => [name, 2] as const),
  ...'div section article header footer main aside nav center form fieldset address figure figcaption details summary ul ol li dt dd table caption thead tbody tfoot tr blockquote body html'
    .split(' ')
    .map((name) => [name, 1] as const),
]);
/** These end one of their own kind that nobody has closed, up to the element that holds them. */
const SIBLINGS: ReadonlyMap<string, { ends: ReadonlySet<string>; within: ReadonlySet<string> }> = new Map(
  (
    [
      ['li', 'li', 'ul ol'],
      ['tr', 'tr td th', 'table'],
      ['td', 'td th', 'tr table'],
      ['th', 'td th', 'tr table'],
      ['dt', 'dt dd', 'dl'],
      ['dd', 'dt dd', 'dl'],
    ] as const
  ).map(([name, ends, within]) => [name, { ends: new Set(ends.split(' ')), within: new Set(within.split(' ')) }]),
);
const MAX_UNCLOSED = 8;
const PICTURE_WORD = /^[\p{Extended_Pictographic}\p{Emoji_Component}\s]{1,12}$/u;

type Frame = {
  name: string;
  /** Nothing of it is seen, whatever is in it. */
  hidden: boolean;
  tiny: boolean;
  invisible: boolean;
  white: boolean;
  coloured: boolean;
  keepsBreaks: boolean;
  mark: Mark | null;
  kind: Line['kind'];
  breaks: number;
  /** In a list: the number of its next item, or null for a mark. */
  item: number | null;
};
const ROOT: Frame = {
  name: '',
  hidden: false,
  tiny: false,
  invisible: false,
  white: false,
  coloured: false,
  keepsBreaks: false,
  mark: null,
  kind: 'own',
  breaks: 0,
  item: null,
};
const KINDS: Readonly<Record<Mark, Line['kind'] | null>> = {
  quote: 'quoted',
  wrapper: 'quoted',
  introduction: 'quoted',
  signature: 'signature',
  box: 'box',
  history: null,
};

/** Pictures that stand in the HTML itself are most of its length, and no text. */
export function withoutPictures(html: string): string {
  return html.replace(PICTURE, 'data:,');
}

/** The lines of a mail's HTML as a reader sees them. With `white`, also what is written in white on white. */
export function linesOf(html: string, { white = false }: { white?: boolean } = {}): Line[] {
  const writer = createLineWriter(MAX_TEXT);
  const frames: Frame[] = [ROOT];
  const openOnes = new Map<string, number>();
  const sheet: Sheet = new Map();
  const top = () => frames.at(-1) ?? ROOT;
  const isSeen = ({ hidden, tiny, invisible, white: pale, coloured }: Frame) =>
    !hidden && !tiny && !invisible && (white || !pale || coloured);

  const push = (frame: Frame) => {
    frames.push(frame);
    openOnes.set(frame.name, (openOnes.get(frame.name) ?? 0) + 1);
    if (!frame.hidden) writer.breaks(frame.breaks);
  };
  const pop = () => {
    const frame = frames.pop();
    if (frame === undefined) return;
    openOnes.set(frame.name, (openOnes.get(frame.name) ?? 1) - 1);
    if (frame.hidden) return;
    writer.breaks(frame.breaks);
    if (frame.name === 'td' || frame.name === 'th') writer.text(' ', frame.kind, false);
    if (frame.name === 'blockquote') answersFollow(frames);
  };
  const endSiblings = (name: string) => {
    if (BLOCKS.has(name) && top().name === 'p') pop();
    const siblings = SIBLINGS.get(name);
    if (siblings === undefined) return;
    const near = frames.slice(-MAX_UNCLOSED);
    const holder = near.findLastIndex((frame) => siblings.within.has(frame.name));
    const first = near.findIndex((frame, index) => index > holder && siblings.ends.has(frame.name));
    if (first !== -1) for (let count = near.length - first; count > 0; count--) pop();
  };
  const marker = (list: Frame) => {
    if (list.item === null) return '* ';
    list.item += 1;
    return `${list.item - 1}. `;
  };

  readHtml(withoutPictures(html.slice(0, MAX_HTML)), {
    open(name, attributes) {
      if (VOID.has(name)) {
        const frame = top();
        if (!isSeen(frame)) return;
        if (name === 'br') writer.lineBreak(frame.kind);
        if (name === 'hr') writer.breaks(1);
        const alt = name === 'img' ? (attributes.get('alt') ?? '') : '';
        if (PICTURE_WORD.test(alt)) writer.text(alt, frame.kind, false);
        return;
      }
      endSiblings(name);
      const frame = frameOf(name, attributes, top(), sheet);
      push(frame);
      if (frame.mark === 'history' && !frame.hidden) writer.history();
      if (name === 'li' && isSeen(frame)) writer.itemBegins(marker(frames.at(-2) ?? ROOT));
    },
    close(name) {
      if ((openOnes.get(name) ?? 0) === 0) return;
      while (top().name !== name) pop();
      pop();
    },
    text(text) {
      const frame = top();
      if (frame.name === 'style') readSheet(text, sheet);
      if (isSeen(frame)) writer.text(text, frame.kind, frame.keepsBreaks);
    },
  });
  return writer.end();
}

function frameOf(name: string, attributes: ReadonlyMap<string, string>, parent: Frame, sheet: Sheet): Frame {
  const look = lookOf(attributes, sheet);
  const mark = markOf(name, attributes, look);
  const breaks = BLOCKS.get(name) ?? 0;
  const isTight = look.tight || attributes.get('class') === 'MsoNormal';
  return {
    name,
    hidden: parent.hidden || look.hidden || UNSEEN.has(name),
    tiny: look.tiny ?? parent.tiny,
    invisible: look.invisible ?? parent.invisible,
    white: look.white ?? parent.white,
    coloured: look.coloured ?? parent.coloured,
    keepsBreaks: look.keepsBreaks ?? (parent.keepsBreaks || name === 'pre' || name === 'textarea'),
    mark,
    kind: parent.kind !== 'own' || mark === null ? parent.kind : (KINDS[mark] ?? parent.kind),
    breaks: isTight ? Math.min(breaks, 1) : breaks,
    item: name === 'ol' ? Number.parseInt(attributes.get('start') ?? '1', 10) || 1 : null,
  };
}

/** What stands behind the first quote in a wrapper is an answer; what stands before it introduces it. */
function answersFollow(frames: readonly Frame[]): void {
  const near = frames.slice(-MAX_UNCLOSED);
  const wrapper = near.findLastIndex((frame) => frame.mark !== null);
  if (near[wrapper]?.mark !== 'wrapper') return;
  const kind = frames[frames.length - near.length + wrapper - 1]?.kind ?? 'own';
  for (const frame of near.slice(wrapper)) frame.kind = kind;
}
