/** A search condition; `gte` and `lte` are what Freshdesk's `:>` and `:<` mean. */
export type Condition =
  | { kind: 'compare'; field: string; operator: 'eq' | 'gte' | 'lte'; value: string | null }
  | { kind: 'and'; parts: Condition[] }
  | { kind: 'or'; parts: Condition[] };

const TOKEN = /\s*(?:(\()|(\))|(AND|OR)\b|([a-z_][a-z0-9_]*)(:>|:<|:)(?:'([^']*)'|([^\s()]+)))/y;

type Token = { kind: 'open' | 'close' } | { kind: 'word'; word: 'AND' | 'OR' } | { kind: 'term'; condition: Condition };

function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN.source, 'y');
  while (pattern.lastIndex < text.trimEnd().length) {
    const found = pattern.exec(text);
    if (found === null) return null;
    const [, open, close, word, field, operator, quoted, bare] = found;
    if (open !== undefined) tokens.push({ kind: 'open' });
    else if (close !== undefined) tokens.push({ kind: 'close' });
    else if (word === 'AND' || word === 'OR') tokens.push({ kind: 'word', word });
    else if (field !== undefined) {
      const value = quoted ?? (bare === 'null' ? null : (bare ?? ''));
      const name = operator === ':>' ? 'gte' : operator === ':<' ? 'lte' : 'eq';
      tokens.push({ kind: 'term', condition: { kind: 'compare', field, operator: name, value } });
    }
  }
  return tokens;
}

/** Parses what stands between the double quotes of `query`; AND binds closer than OR. Null when it is malformed. */
export function parseSearch(text: string): Condition | null {
  const tokens = tokensOf(text);
  if (tokens === null || tokens.length === 0) return null;
  let position = 0;

  const factor = (): Condition | null => {
    const token = tokens[position];
    position += 1;
    if (token?.kind === 'term') return token.condition;
    if (token?.kind !== 'open') return null;
    const inner = chain('OR');
    const close = tokens[position];
    position += 1;
    return close?.kind === 'close' ? inner : null;
  };

  const chain = (word: 'AND' | 'OR'): Condition | null => {
    const parts: Condition[] = [];
    for (;;) {
      const part = word === 'OR' ? chain('AND') : factor();
      if (part === null) return null;
      parts.push(part);
      const next = tokens[position];
      if (next?.kind !== 'word' || next.word !== word) break;
      position += 1;
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: word === 'OR' ? 'or' : 'and', parts };
  };

  const condition = chain('OR');
  return position === tokens.length ? condition : null;
}
