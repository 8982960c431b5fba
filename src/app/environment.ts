/** The variables as they are given. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The value of a variable, trimmed; null where it is absent or empty. */
export type Read = (name: string) => string | null;

/** Takes a problem down and lets the reading go on. No value is repeated in it that could be a secret. */
export type Report = (problem: string) => void;

export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export function logLevel(value: string | null, problem: Report): LogLevel {
  const level = LOG_LEVELS.find((name) => name === (value ?? 'info').toLowerCase());
  if (level === undefined) problem(`LOG_LEVEL is "${value}": it must be one of ${LOG_LEVELS.join(', ')}`);
  return level ?? 'info';
}

export function portNumber(value: string | null, problem: Report): number {
  if (value === null) return 3000;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
  if (!(port <= 65_535)) problem(`PORT is "${value}": it must be a number from 0 to 65535 (0: any free one)`);
  return port;
}

export function postgresUrl(value: string | null, problem: Report): string | null {
  if (value !== null && !/^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? '')) {
    problem(
      'DATABASE_URL must look like postgresql://user:password@host:5432/database; left out, a local one is started',
    );
  }
  return value;
}

/** Fewer than two would have a statement wait for the transaction that waits for it. */
const [USUAL_POOL, LEAST_POOL, LARGEST_POOL] = [20, 2, 1_000];

export function poolSize(value: string | null, problem: Report): number {
  if (value === null) return USUAL_POOL;
  const size = /^\d{1,4}$/.test(value) ? Number(value) : NaN;
  if (!(size >= LEAST_POOL && size <= LARGEST_POOL))
    problem(`DATABASE_POOL_SIZE is "${value}": it must be a number from ${LEAST_POOL} to ${LARGEST_POOL}`);
  return size;
}

/** What Temporal listens on unless told otherwise. */
const TEMPORAL_PORT = 7233;

export function hostAndPort(value: string | null, problem: Report): string | null {
  if (value !== null && !/^[\w.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i.test(value)) {
    problem(
      'TEMPORAL_ADDRESS must be host:port such as localhost:7233, without https://; left out, a local one is started',
    );
  }
  return value === null || /:\d{1,5}$/.test(value) ? value : `${value}:${TEMPORAL_PORT}`;
}

export function alertWebhookUrl(value: string | null, problem: Report): string | null {
  const url = value === null ? null : URL.parse(value);
  if (value !== null && !/^https?:$/.test(url?.protocol ?? ''))
    problem('ALERT_WEBHOOK_URL must be the http or https address that problems are posted to');
  return url?.href ?? null;
}

export function webUrl(name: string, value: string | null, example: string, problem: Report): string | null {
  if (value === null) return null;
  const url = URL.parse(value);
  const plain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === null || !plain || !/^https?:$/.test(url.protocol) || /\/api\/v2\/?$/.test(url.pathname)) {
    problem(`${name} must be a base address such as ${example}, without user, query or /api/v2`);
    return null;
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** What travels in a header: one word of ASCII. */
export function headerWord(name: string, value: string | null, problem: Report): string | null {
  if (value !== null && !/^[\x21-\x7e]+$/.test(value))
    problem(`${name} must be plain ASCII without spaces: it travels in a header`);
  return value;
}

/** Whether something is on, as it is where nothing is said. */
export function isOn(name: string, value: string | null, problem: Report): boolean {
  const chosen = value?.toLowerCase() ?? 'on';
  if (chosen !== 'on' && chosen !== 'off') problem(`${name} must be on or off`);
  return chosen !== 'off';
}
