/** The one thing taken from a webhook (W1). */
const IN_BROKEN_JSON = /"ticket_id"\s*:\s*"?(\d+)(?![\d.])/g;

/**
 * The ticket id in a webhook's body: our own `{"ticket_id":"123"}`, Freshdesk's simple `{"freshdesk_webhook":{…}}`, or
 * what can still be found in JSON that unescaped placeholders broke. null when there is no usable one (W3).
 */
export function ticketIdIn(body: string): number | null {
  const parsed = parse(body);
  if (parsed === BROKEN) {
    for (const [, digits] of body.matchAll(IN_BROKEN_JSON)) {
      const id = usable(digits);
      if (id !== null) return id;
    }
    return null;
  }
  return usable(field(parsed, 'ticket_id')) ?? usable(field(field(parsed, 'freshdesk_webhook'), 'ticket_id'));
}

const BROKEN = Symbol('broken JSON');

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return BROKEN;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** Beyond 2^53 two ids would become one number. */
function usable(value: unknown): number | null {
  const id = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : null;
}
