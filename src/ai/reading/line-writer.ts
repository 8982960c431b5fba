/**
 * A line of a mail, and what its mark-up says of it: the sender's `own`, `quoted` by the mail program, in a `box` that looks
 * like a quote and may be one, of a `signature` that is marked as such; `history` has no text: below it another message begins.
 */
export type Line = { text: string; kind: 'own' | 'quoted' | 'box' | 'signature' | 'history' };

/** Lays text out in lines, as a browser does: white space is one space, blocks have room around them. */
export function createLineWriter(maxLength: number) {
  const lines: Line[] = [];
  let parts: string[] = [];
  let kind: Line['kind'] = 'own';
  let length = 0;
  let blankBefore = false;
  let prefix = '';

  const flush = () => {
    const raw = parts.join('');
    const text = /^\s*-- $/.test(raw) ? '-- ' : raw.trim();
    parts = [];
    if (text === '') return;
    if (blankBefore && lines.length > 0 && lines.at(-1)?.text !== '')
      lines.push({ text: '', kind: lines.at(-1)?.kind ?? kind });
    blankBefore = false;
    lines.push({ text, kind });
  };
  const add = (text: string, of: Line['kind']) => {
    if (of !== kind) flush();
    kind = of;
    if (prefix !== '' && text.trim() !== '') {
      parts.push(prefix);
      prefix = '';
    }
    parts.push(text);
  };
  const lineBreak = (of: Line['kind']) => {
    const before = lines.length;
    flush();
    if (lines.length === before && length < maxLength) {
      length += 1;
      lines.push({ text: '', kind: of });
    }
  };

  return {
    text(text: string, of: Line['kind'], keepsBreaks: boolean): void {
      const room = text.slice(0, Math.max(0, maxLength - length));
      length += room.length;
      if (!keepsBreaks) return add(room.replace(/[ \t\r\n\f]+/g, ' '), of);
      for (const [index, line] of room.split(/\r?\n/).entries()) {
        if (index > 0) lineBreak(of);
        add(line, of);
      }
    },
    /** Where a block begins or ends: at least so many line breaks. */
    breaks(count: number): void {
      if (count === 0) return;
      flush();
      blankBefore ||= count > 1;
    },
    lineBreak,
    itemBegins(marker: string): void {
      prefix = marker;
    },
    history(): void {
      flush();
      lines.push({ text: '', kind: 'history' });
    },
    end(): Line[] {
      flush();
      return lines;
    },
  };
}
