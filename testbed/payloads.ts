/** Everything that a history, or a part of one, holds of inputs, results, summaries and search attributes, as text. */
export function payloadsIn(events: unknown): string[] {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('data' in value && 'metadata' in value) texts.push(textOf(value));
    else Object.values(value).forEach(collect);
  };
  collect(events);
  return texts;
}

export function textOf(payload: { data?: unknown }): string {
  return payload.data instanceof Uint8Array ? Buffer.from(payload.data).toString('utf8') : '';
}
