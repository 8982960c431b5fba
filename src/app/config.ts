import { API_KEY } from '../domain/connecting.ts';
import type { WriteTiming } from '../domain/outbound.ts';
import type { DefaultAccount } from '../accounts/default-connection.ts';
import { freshdeskAddress } from '../freshdesk/domain-name.ts';
import { ConnectError } from '../freshdesk/errors.ts';
import { storageLocation, type StorageLocation } from '../storage/location.ts';
import {
  alertWebhookUrl,
  type Env,
  headerWord,
  hostAndPort,
  isOn,
  logLevel,
  type LogLevel,
  poolSize,
  portNumber,
  postgresUrl,
  type Read,
  type Report,
  webUrl,
} from './environment.ts';
import { ai, type AiConfig, embeddings, type EmbeddingConfig } from './model-config.ts';

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
  freshdesk: DefaultAccount | null;
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
  const read: Read = (name) => env[name]?.trim() || null;
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
    webUi: isOn('WEB_UI', read('WEB_UI'), problem),
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

function adminToken(value: string | null, problem: Report): string {
  if (value === null) problem('ADMIN_TOKEN is missing: make one with "openssl rand -hex 32"');
  return headerWord('ADMIN_TOKEN', value, problem) ?? '';
}

function viewerToken(value: string | null, admins: string | null, problem: Report): string | null {
  headerWord('VIEWER_TOKEN', value, problem);
  if (value !== null && value === admins)
    problem('VIEWER_TOKEN is the ADMIN_TOKEN: whoever has it could change everything. Make another one');
  return value;
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

function freshdesk(read: Read, overrideUrl: string | null, problem: Report): DefaultAccount | null {
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
