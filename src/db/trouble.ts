/** That the database could not be used. `silent`: nobody answers there. `refused`: it answers, and does not let us in. */
export type DatabaseTrouble = { kind: 'silent' | 'refused'; said: string };

/** The database could not be used, and what the operator can do. */
export class DatabaseUnusable extends Error {
  readonly kind: DatabaseTrouble['kind'];

  constructor({ kind, said }: DatabaseTrouble, cause: unknown) {
    super(
      kind === 'silent'
        ? `PostgreSQL does not answer (${said}). Start it, or correct DATABASE_URL; left out, a local one is started.`
        : `PostgreSQL answers, but does not let us in: ${said}. Correct DATABASE_URL, or make what it names.`,
      { cause },
    );
    this.name = 'DatabaseUnusable';
    this.kind = kind;
  }
}

/** Of the system, before anything was said. */
const NOT_REACHED = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** Of PostgreSQL: it stops or starts, a connection broke off, or there are too many of them. */
const NOT_NOW = /^(?:57P0[1-3]|08\w{3}|53300)$/;
/** Of PostgreSQL: user, password or database are not what it knows. */
const NOT_IN = /^(?:28\w{3}|3D000)$/;
/** What Prisma calls the same; P2028 is about more, see SAID. */
const PRISMA_SILENT = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);
const KINDS_SILENT = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
/** Where the driver and Prisma have no code for it: a connection that was not made in time, does not answer, or is gone. */
const SAID =
  /^(?:Query read timeout|timeout expired|timeout exceeded when trying to connect|Connection terminated.*|.*Unable to start a transaction in the given time\.?)$/;

/** What an error of a connection to the database says of the database itself; null when it says something else. */
export function connectionTrouble(error: unknown): DatabaseTrouble | null {
  const code = textOf(error, 'code');
  return NOT_REACHED.has(code) ? { kind: 'silent', said: code } : databaseTrouble(error);
}

/** The same of an error of whatever origin: those that other servers cause as well are left out. */
export function databaseTrouble(error: unknown): DatabaseTrouble | null {
  if (typeof error !== 'object' || error === null) return null;
  const driver = inside(inside(error, 'meta', 'driverAdapterError'), 'cause');
  const codes = [textOf(driver, 'originalCode'), textOf(error, 'code')].filter((code) => code !== '');
  const message = textOf(error, 'message').trim();
  const refused = codes.find((code) => NOT_IN.test(code));
  if (refused !== undefined) return { kind: 'refused', said: textOf(driver, 'originalMessage') || message || refused };
  const silent = codes.find((code) => NOT_NOW.test(code) || PRISMA_SILENT.has(code));
  if (silent !== undefined) return { kind: 'silent', said: silent };
  const kind = textOf(driver, 'kind');
  if (KINDS_SILENT.has(kind)) return { kind: 'silent', said: kind };
  return SAID.test(message) ? { kind: 'silent', said: 'no connection in time' } : null;
}

function inside(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
}

function textOf(value: unknown, name: string): string {
  const found = inside(value, name);
  return typeof found === 'string' ? found : '';
}
