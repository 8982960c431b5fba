import { API_KEY } from '../domain/connecting.ts';
import { priceOf, type Price } from '../domain/model-calls.ts';
import type { WriteTiming } from '../domain/outbound.ts';
import { freshdeskAddress } from '../freshdesk/domain-name.ts';
import { ConnectError } from '../freshdesk/errors.ts';
import { storageLocation, type StorageLocation } from '../storage/location.ts';

type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The account that becomes the connection `default`. */
export type FreshdeskConfig = { domain: string; baseUrl: string; apiKey: string; webhookSecret: string };

/** Which engine works out the answers (N2, N3). */
type AiConfig = { provider: 'embedded' } | ModelConfig;
type ModelConfig = {
  provider: (typeof MODEL_PROVIDERS)[number];
  model: string;
  /** null: the provider's own. */
  baseUrl: string | null;
  apiKey: string | null;
  price: Price | null;
  /** For one request to the model; below the activity's own limit of three minutes. */
  timeoutMs: number;
  /** How long a model that is down is tried again (N6). */
  patienceMs: number;
};
/** What turns call the engine in use: its model's name, where it has one. */
export function engineInUse({ ai: chosen }: Pick<Config, 'ai'>): string {
  return chosen.provider === 'embedded' ? chosen.provider : chosen.model;
}

const MODEL_PROVIDERS = ['openai', 'anthropic', 'openai-compatible'] as const;

/** Where texts become vectors (N7): a server of our own, the one that is named, or none. */
export type EmbeddingConfig =
  { kind: 'local' } | { kind: 'server'; baseUrl: string; model: string; apiKey: string | null } | { kind: 'off' };

/** The environment, checked. Holds secrets: never log it. */
export type Config = {
  /** null: start a PostgreSQL of our own below `dataDir`. */
  databaseUrl: string | null;
  /** The most connections to PostgreSQL that this process holds. */
  databasePoolSize: number;
  /** null: start a Temporal dev server of our own. */
  temporalAddress: string | null;
  temporalNamespace: string;
  port: number;
  /** Where Freshdesk reaches us, without a trailing slash. */
  publicUrl: string;
  adminToken: string;
  /** Opens what only reads; null: nobody has one. */
  viewerToken: string | null;
  /** Whether the pages of the Inbox are served. */
  webUi: boolean;
  /** The first encrypts, all decrypt. */
  encryptionKeys: Uint8Array[];
  /** null: no connection is made at start. */
  freshdesk: FreshdeskConfig | null;
  /** The operator's base URL for Freshdesk; null for the real one. */
  freshdeskUrl: string | null;
  ai: AiConfig;
  embeddings: EmbeddingConfig;
  dataDir: string;
  /** Told of problems; null: nobody is. Its path or query is often a secret: never log it. */
  alertWebhookUrl: string | null;
  /** Where copied attachments are kept (F1). */
  storage: StorageLocation;
  logLevel: LogLevel;
  /** Tests shrink it; operators do not set it. */
  timing: WriteTiming;
};

/** A text that is shorter can be found by trying. */
const SHORTEST_SECRET = 16;

/** The names of secrets that are short enough to be found by trying: for a warning, because they work. */
export function weakSecrets(config: Pick<Config, 'adminToken' | 'viewerToken' | 'freshdesk'>): string[] {
  const given = {
    ADMIN_TOKEN: config.adminToken,
    VIEWER_TOKEN: config.viewerToken,
    WEBHOOK_SECRET: config.freshdesk?.webhookSecret ?? null,
  };
  return Object.entries(given).flatMap(([name, secret]) =>
    secret === null || secret.length >= SHORTEST_SECRET ? [] : [name],
  );
}

/** One half of the product, for an installation on several machines. */
export type Half = 'api' | 'worker';

export type Env = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the environment, one line each, by name and with what to do. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The environment cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Reads the environment, where an empty variable counts as absent. Throws ConfigError with all problems at once. */
export function loadConfig(env: Env): Config {
  const problems: string[] = [];
  const read = (name: string): string | null => env[name]?.trim() || null;
  const problem = (text: string): void => void problems.push(text);

  const port = portNumber(read('PORT'), problem);
  const dataDir = read('DATA_DIR') ?? './data';
  const freshdeskUrl = webUrl('FRESHDESK_URL', read('FRESHDESK_URL'), 'http://127.0.0.1:4010', problem);
  const config = {
    databaseUrl: postgresUrl(read('DATABASE_URL'), problem),
    databasePoolSize: poolSize(read('DATABASE_POOL_SIZE'), problem),
    temporalAddress: hostAndPort(read('TEMPORAL_ADDRESS'), problem),
    temporalNamespace: read('TEMPORAL_NAMESPACE') ?? 'default',
    port,
    publicUrl:
      webUrl('PUBLIC_URL', read('PUBLIC_URL'), 'https://ai.example.com', problem) ?? `http://127.0.0.1:${port}`,
    adminToken: adminToken(read('ADMIN_TOKEN'), problem),
    viewerToken: viewerToken(read('VIEWER_TOKEN'), read('ADMIN_TOKEN'), problem),
    webUi: webUi(read('WEB_UI'), problem),
    encryptionKeys: encryptionKeys(read('ENCRYPTION_KEY'), problem),
    freshdesk: freshdesk(read, freshdeskUrl, problem),
    freshdeskUrl,
    ai: ai(read, problem),
    embeddings: embeddings(read, problem),
    alertWebhookUrl: alertWebhookUrl(read('ALERT_WEBHOOK_URL'), problem),
    dataDir,
    storage: storage(read('STORAGE_URL'), dataDir, problem),
    logLevel: logLevel(read('LOG_LEVEL'), problem),
    timing: { requestDeadlineMs: 20_000, settleMs: 60_000 },
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Takes a problem down and lets the reading go on. No value is repeated in it that could be a secret. */
type Report = (problem: string) => void;

function adminToken(value: string | null, problem: Report): string {
  if (value === null) problem('ADMIN_TOKEN is missing: make one with "openssl rand -hex 32"');
  else if (!TOKEN.test(value)) problem('ADMIN_TOKEN must be plain ASCII without spaces: it travels in a header');
  return value ?? '';
}

const TOKEN = /^[\x21-\x7e]+$/;

function viewerToken(value: string | null, admins: string | null, problem: Report): string | null {
  if (value !== null && !TOKEN.test(value))
    problem('VIEWER_TOKEN must be plain ASCII without spaces: it travels in a header');
  if (value !== null && value === admins)
    problem('VIEWER_TOKEN is the ADMIN_TOKEN: whoever has it could change everything. Make another one');
  return value;
}

function webUi(value: string | null, problem: Report): boolean {
  const chosen = value?.toLowerCase() ?? 'on';
  if (chosen !== 'on' && chosen !== 'off') problem('WEB_UI must be on or off');
  return chosen !== 'off';
}

function encryptionKeys(value: string | null, problem: Report): Uint8Array[] {
  if (value === null) {
    problem('ENCRYPTION_KEY is missing: make one with "openssl rand -base64 32", and keep it: stored API keys need it');
    return [];
  }
  return value.split(',').map((part, index, { length }) => {
    const key = part.trim();
    if (!/^[\w+/-]{43}=?$/.test(key)) {
      const which = length > 1 ? ` (key ${index + 1} of ${length})` : '';
      problem(`ENCRYPTION_KEY is not 32 bytes in base64${which}: make one with "openssl rand -base64 32"`);
    }
    return Buffer.from(key, 'base64');
  });
}

function freshdesk(
  read: (name: string) => string | null,
  overrideUrl: string | null,
  problem: Report,
): FreshdeskConfig | null {
  const given = {
    FRESHDESK_DOMAIN: read('FRESHDESK_DOMAIN'),
    FRESHDESK_API_KEY: read('FRESHDESK_API_KEY'),
    WEBHOOK_SECRET: read('WEBHOOK_SECRET'),
  };
  const names = Object.entries(given);
  if (names.every(([, value]) => value === null)) return null;
  for (const [name, value] of names) {
    if (value === null) {
      problem(
        `${name} is missing: FRESHDESK_DOMAIN, FRESHDESK_API_KEY and WEBHOOK_SECRET are set all three or not at all`,
      );
    }
  }
  if (given.FRESHDESK_API_KEY !== null && !API_KEY.test(given.FRESHDESK_API_KEY))
    problem('FRESHDESK_API_KEY must be plain ASCII without spaces: it travels in a header');
  if (/[^\x20-\x7e]/.test(given.WEBHOOK_SECRET ?? ''))
    problem('WEBHOOK_SECRET must be plain ASCII: it travels in a header');
  if (given.FRESHDESK_DOMAIN === null) return null;
  try {
    const address = freshdeskAddress(given.FRESHDESK_DOMAIN, overrideUrl ?? undefined);
    return { ...address, apiKey: given.FRESHDESK_API_KEY ?? '', webhookSecret: given.WEBHOOK_SECRET ?? '' };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    problem(`FRESHDESK_DOMAIN is wrong: ${error.message}`);
    return null;
  }
}

/** Without STORAGE_URL a folder of the data's: `file:./data/attachments` where DATA_DIR is not set either. */
function storage(value: string | null, dataDir: string, problem: Report): StorageLocation {
  const usual: StorageLocation = { kind: 'folder', path: `${dataDir.replace(/\/+$/, '')}/attachments` };
  if (value === null) return usual;
  try {
    return storageLocation(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read';
    problem(
      `STORAGE_URL is wrong: ${why}. Write file:./data/attachments, or s3://bucket?endpoint=https://s3.example.com&region=eu-central-1`,
    );
    return usual;
  }
}

function ai(read: (name: string) => string | null, problem: Report): AiConfig {
  const name = read('AI_PROVIDER') ?? 'embedded';
  if (name === 'embedded') return { provider: 'embedded' };
  const provider = MODEL_PROVIDERS.find((known) => known === name);
  if (provider === undefined) {
    problem(
      `AI_PROVIDER is "${name}": it must be one of embedded, ${MODEL_PROVIDERS.join(', ')}; embedded needs no key`,
    );
    return { provider: 'embedded' };
  }
  const [model, apiKey] = [read('AI_MODEL'), read('AI_API_KEY')];
  const baseUrl = webUrl('AI_BASE_URL', read('AI_BASE_URL'), 'http://127.0.0.1:11434/v1', problem);
  if (model === null) problem(`AI_MODEL is missing: with AI_PROVIDER=${provider}, name the model that answers`);
  if (provider === 'openai-compatible') {
    if (read('AI_BASE_URL') === null)
      problem(
        'AI_BASE_URL is missing: with AI_PROVIDER=openai-compatible, where is it? Such as http://127.0.0.1:11434/v1',
      );
  } else if (apiKey === null) problem(`AI_API_KEY is missing: with AI_PROVIDER=${provider}, its API key`);
  if (apiKey !== null && /[^\x21-\x7e]/.test(apiKey))
    problem('AI_API_KEY must be plain ASCII without spaces: it travels in a header');
  return {
    provider,
    model: model ?? '',
    baseUrl,
    apiKey,
    price: price(read, problem) ?? priceOf(model ?? ''),
    timeoutMs: 120_000,
    patienceMs: 600_000,
  };
}

function embeddings(read: (name: string) => string | null, problem: Report): EmbeddingConfig {
  const chosen = read('EMBEDDINGS')?.toLowerCase() ?? 'on';
  if (chosen !== 'on' && chosen !== 'off') problem('EMBEDDINGS must be on or off');
  const baseUrl = webUrl('EMBEDDING_BASE_URL', read('EMBEDDING_BASE_URL'), 'http://127.0.0.1:11434/v1', problem);
  const [model, apiKey] = [read('EMBEDDING_MODEL'), read('EMBEDDING_API_KEY')];
  if (apiKey !== null && /[^\x21-\x7e]/.test(apiKey))
    problem('EMBEDDING_API_KEY must be plain ASCII without spaces: it travels in a header');
  if (chosen === 'off') return { kind: 'off' };
  const given = read('EMBEDDING_BASE_URL') !== null;
  if (given && model === null)
    problem(
      'EMBEDDING_MODEL is missing: with EMBEDDING_BASE_URL, name the model that embeds, such as multilingual-e5-small',
    );
  if (!given && (model !== null || apiKey !== null))
    problem('EMBEDDING_BASE_URL is missing: where is the server of EMBEDDING_MODEL? Such as http://127.0.0.1:11434/v1');
  return baseUrl === null ? { kind: 'local' } : { kind: 'server', baseUrl, model: model ?? '', apiKey };
}

/** Per million tokens; both or none. */
function price(read: (name: string) => string | null, problem: Report): Price | null {
  const [input, output] = [read('AI_PRICE_INPUT'), read('AI_PRICE_OUTPUT')];
  if (input === null && output === null) return null;
  const valid = [input, output].every((value) => value !== null && /^\d+(?:\.\d+)?$/.test(value));
  if (!valid)
    problem(
      'AI_PRICE_INPUT and AI_PRICE_OUTPUT are set both or not at all: prices per million tokens, such as 2.5 and 10',
    );
  return { input: Number(input), output: Number(output) };
}

function logLevel(value: string | null, problem: Report): LogLevel {
  const level = LOG_LEVELS.find((name) => name === (value ?? 'info').toLowerCase());
  if (level === undefined) problem(`LOG_LEVEL is "${value}": it must be one of ${LOG_LEVELS.join(', ')}`);
  return level ?? 'info';
}

function portNumber(value: string | null, problem: Report): number {
  if (value === null) return 3000;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
  if (!(port <= 65_535)) problem(`PORT is "${value}": it must be a number from 0 to 65535 (0: any free one)`);
  return port;
}

function postgresUrl(value: string | null, problem: Report): string | null {
  if (value !== null && !/^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? '')) {
    problem(
      'DATABASE_URL must look like postgresql://user:password@host:5432/database; left out, a local one is started',
    );
  }
  return value;
}

/** Fewer than two would have a statement wait for the transaction that waits for it. */
const [USUAL_POOL, LEAST_POOL, LARGEST_POOL] = [20, 2, 1_000];

function poolSize(value: string | null, problem: Report): number {
  if (value === null) return USUAL_POOL;
  const size = /^\d{1,4}$/.test(value) ? Number(value) : NaN;
  if (!(size >= LEAST_POOL && size <= LARGEST_POOL))
    problem(`DATABASE_POOL_SIZE is "${value}": it must be a number from ${LEAST_POOL} to ${LARGEST_POOL}`);
  return size;
}

/** What Temporal listens on unless told otherwise. */
const TEMPORAL_PORT = 7233;

function hostAndPort(value: string | null, problem: Report): string | null {
  if (value !== null && !/^[\w.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i.test(value)) {
    problem(
      'TEMPORAL_ADDRESS must be host:port such as localhost:7233, without https://; left out, a local one is started',
    );
  }
  return value === null || /:\d{1,5}$/.test(value) ? value : `${value}:${TEMPORAL_PORT}`;
}

function alertWebhookUrl(value: string | null, problem: Report): string | null {
  const url = value === null ? null : URL.parse(value);
  if (value !== null && !/^https?:$/.test(url?.protocol ?? ''))
    problem('ALERT_WEBHOOK_URL must be the http or https address that problems are posted to');
  return url?.href ?? null;
}

function webUrl(name: string, value: string | null, example: string, problem: Report): string | null {
  if (value === null) return null;
  const url = URL.parse(value);
  const plain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === null || !plain || !/^https?:$/.test(url.protocol) || /\/api\/v2\/?$/.test(url.pathname)) {
    problem(`${name} must be a base address such as ${example}, without user, query or /api/v2`);
    return null;
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
