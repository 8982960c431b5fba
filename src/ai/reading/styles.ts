/** What an element's own style says about what a reader sees of it. */
export type Look = {
  /** Neither it nor anything in it is seen. */
  hidden: boolean;
  /** Whether its letters have a size; null where nothing is said, and the parent's holds. */
  tiny: boolean | null;
  /** Likewise for `visibility`. */
  invisible: boolean | null;
  /** Likewise for the colour of white paper. */
  white: boolean | null;
  /** Whether it lies on paper of another colour; likewise. */
  coloured: boolean | null;
  /** Line breaks of the source are line breaks; null where nothing is said. */
  keepsBreaks: boolean | null;
  /** No room above and below it. */
  tight: boolean;
  /** A bar at its left, as programs draw beside what they quote. */
  barred: boolean;
  /** A thin line above it, as Outlook draws above the message that is answered. */
  ruled: boolean;
};

const NOTHING: Look = {
  hidden: false,
  tiny: null,
  invisible: null,
  white: null,
  coloured: null,
  keepsBreaks: null,
  tight: false,
  barred: false,
  ruled: false,
};
/** Far outside of any screen. */
const OUTSIDE = -500;
/** What no eye tells from it is white, too. */
const WHITE =
  /^(?:white|snow|#f{3,4}|#(?:f[a-f]){3}(?:f{2})?|hsla?\([^)]*[ ,]100%(?:[ ,/]+(?:1|1\.0+|100%))?\s*\)|rgba?\(\s*(?:(?:25\d|100%)(?:[ ,]+|(?=[ ,/)]))){3}(?:[ ,/]+(?:1|1\.0+|100%))?\s*\))$/;
const SEEN_THROUGH = /^(?:transparent|rgba\([^)]*[ ,/]0*\.?0+%?\s*\)|#(?:[\da-f]{3}0|[\da-f]{6}00))$/;
const CLEAR = /^(?:transparent|none|initial|inherit|unset)$/;
const OUTLOOK_RULES =
  /border-top:\s*solid #(?:b5c4df|e1e1e1)|border-top-color:\s*rgb\(229, 229, 229\)|border-top: ?1px solid rgb\(225, ?225, ?225\)/;

/** What a mail's style sheets say of a class or an id that is seen or not, and of its line breaks: ".a" → "display:none". */
export type Sheet = Map<string, string>;
const NO_SHEET: Sheet = new Map();
const MAX_SHEET = 50_000;
const RULE = /([^{}]{1,300})\{([^{}]{0,2000})\}/g;
/** What holds for some screens, or for printers, holds for no reader. */
const CONDITION = /@[^{};]{0,200}\{(?:[^{}]{0,300}\{[^{}]{0,2000}\}){0,200}[^{}]{0,300}\}|\/\*[^*]{0,2000}\*\//g;

export function readSheet(css: string, sheet: Sheet): void {
  for (const [, selectors = '', body = ''] of css.slice(0, MAX_SHEET).replace(CONDITION, '').matchAll(RULE)) {
    const rules = body.split(';').filter((rule) => !/^\s*(?:color|background|border|margin|font-family)/i.test(rule));
    for (const selector of selectors.split(',')) {
      const name = /^\s*(?:[a-z]{1,10}\d?)?([.#][\w-]{1,100})\s*$/i.exec(selector)?.[1];
      if (name !== undefined) sheet.set(name, `${sheet.get(name) ?? ''};${rules.join(';')}`.slice(0, 2_000));
    }
  }
}

function styled(attributes: ReadonlyMap<string, string>, sheet: Sheet): string | undefined {
  const own = attributes.get('style');
  if (sheet.size === 0) return own;
  const names = [
    ...(attributes.get('class') ?? '').split(/\s+/, 20).map((one) => `.${one}`),
    `#${attributes.get('id')}`,
  ];
  const said = names.flatMap((name) => sheet.get(name) ?? []);
  return said.length === 0 ? own : [...said, own ?? ''].join(';');
}

/** Reads the attributes `style`, `hidden`, `bgcolor` and `color`, and the style sheets. */
export function lookOf(attributes: ReadonlyMap<string, string>, sheet: Sheet = NO_SHEET): Look {
  if (attributes.size === 0) return NOTHING;
  const style = styled(attributes, sheet);
  const paper = attributes.get('bgcolor');
  const ink = attributes.get('color');
  const bare = style === undefined && paper === undefined && ink === undefined;
  if (bare) return attributes.has('hidden') ? { ...NOTHING, hidden: true } : NOTHING;
  const text = (style ?? '').toLowerCase().replace(/\/\*[^]*?\*\//g, '');
  const rules = declarations(text);
  const background = paperOf(rules) ?? paper?.toLowerCase();
  const spaces = rules.get('white-space') ?? rules.get('white-space-collapse');
  const colour = rules.get('color') ?? ink?.toLowerCase();
  return {
    hidden: attributes.has('hidden') || isHidden(rules) || (colour === background && !WHITE.test(colour ?? 'white')),
    tiny: sizeOf(rules),
    invisible: rules.has('visibility') ? /hidden|collapse/.test(rules.get('visibility') ?? '') : null,
    white: colour === undefined ? null : WHITE.test(colour),
    coloured: background === undefined || CLEAR.test(background) ? null : !WHITE.test(background),
    keepsBreaks: spaces === undefined ? null : /pre|break-spaces/.test(spaces),
    tight: /^0\D*(?:$|\s)/.test(rules.get('margin') ?? rules.get('margin-bottom') ?? ''),
    barred: isBar(rules.get('border-left')),
    ruled: OUTLOOK_RULES.test(text),
  };
}

function declarations(style: string): Map<string, string> {
  const rules = new Map<string, string>();
  for (const part of style.split(';', 100)) {
    const colon = part.indexOf(':');
    if (colon === -1) continue;
    const value = part.slice(colon + 1).replace(/\s*!\s*important\s*$/, '');
    rules.set(part.slice(0, colon).trim(), value.trim());
  }
  return rules;
}

function isHidden(rules: ReadonlyMap<string, string>): boolean {
  const value = (name: string) => rules.get(name) ?? '';
  const nothing = (name: string) => /^0*\.?0+(?:px|pt|em|rem|%)?$/.test(value(name));
  const away = (name: string) => lengthOf(value(name)) <= OUTSIDE;
  const clipped = ['overflow', 'overflow-x', 'overflow-y'].some((name) => /hidden|clip/.test(value(name)));
  const dot = (name: string) => /^1px$/.test(value(name));
  return (
    value('display') === 'none' ||
    value('mso-hide') === 'all' ||
    value('content-visibility') === 'hidden' ||
    nothing('zoom') ||
    /^0*\.?0+\d?%?$/.test(value('opacity')) ||
    /opacity\(\s*0*\.?0*%?\s*\)/.test(value('filter')) ||
    ['color', '-webkit-text-fill-color'].some((name) => SEEN_THROUGH.test(value(name))) ||
    (clipped && ['height', 'max-height', 'width', 'max-width'].some(nothing)) ||
    (clipped && dot('height') && dot('width')) ||
    (/absolute|fixed/.test(value('position')) && ['left', 'top', 'right', 'bottom'].some(away)) ||
    ['text-indent', 'margin-left', 'margin-top'].some(away) ||
    /^rect\(\s*0(?:px)?[ ,]+0(?:px)?[ ,]+0/.test(value('clip')) ||
    /^(?:inset\(\s*(?:50|100)%|circle\(\s*0)/.test(value('clip-path')) ||
    /scale\(\s*0\s*[,)]|translate[xy]?\(\s*-\d{3,}/.test(value('transform'))
  );
}

function sizeOf(rules: ReadonlyMap<string, string>): boolean | null {
  const size =
    rules.get('font-size') ?? /(?:^|\s)([\d.]+(?:px|pt|em|rem|%)?)(?:\/|\s)/.exec(rules.get('font') ?? '')?.[1];
  if (size === undefined) return null;
  const length = lengthOf(size);
  if (Number.isNaN(length)) return null;
  return /px|pt|^[\d.]+$/.test(size) ? length <= 1 : length <= 0.05;
}

function lengthOf(value: string): number {
  return Number.parseFloat(value);
}

function paperOf(rules: ReadonlyMap<string, string>): string | undefined {
  const short = rules.get('background');
  if (short === undefined) return rules.get('background-color');
  return /^[\w#]+$|^rgba?\([^)]*\)$/.test(short)
    ? short
    : (/#[\da-f]{3,8}|rgba?\([^)]*\)/.exec(short)?.[0] ?? 'picture');
}

function isBar(border: string | undefined): boolean {
  return border !== undefined && /solid/.test(border) && !/(?:^|\s)0(?:px|pt)?(?:\s|$)/.test(border);
}
