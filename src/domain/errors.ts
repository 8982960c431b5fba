/** What may be logged of an error whose message could hold anything. */
export function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : 'unknown';
}

/** What Node, PostgreSQL or gRPC has numbered or named an error by; undefined where it has not. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
