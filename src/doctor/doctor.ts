import { type AccountProbe, accountFindings } from './account.ts';
import { noNamespace } from '../temporal/trouble.ts';
import type { AttentionItem } from '../domain/attention.ts';
import type { Space } from '../domain/machine.ts';
import { failed, ok, type Verdict, warning } from '../domain/verdict.ts';
import { type CheckName, type Finding, saidBy } from './finding.ts';
import { checkAttention, checkDisks, checkWorkers } from './machine.ts';

/** How to look at what the product stands on; each rejects when it does not work. */
export type Probes = {
  /** The migrations that the database lacks. */
  pendingMigrations(): Promise<string[]>;
  temporal: {
    address: string;
    namespace: string;
    /** False when the server answers and does not have the namespace. */
    hasNamespace(): Promise<boolean>;
    /** Those that are not registered, or not as what they should be. */
    missingSearchAttributes(): Promise<string[]>;
    /** The task queues that no worker asks for work. */
    idleQueues(): Promise<string[]>;
  };
  /** The disks of this machine that are written to. */
  disks(): Promise<{ folder: string; space: Space }[]>;
  storage: { where: string; check(): Promise<void> };
  model: { name: string; check(): Promise<void> };
  /** Or why there is none. */
  embedder: { name: string; check(): Promise<void> } | { missing: string };
  /** Whether anybody is told of problems; `send` sends a test message, where that was asked for. */
  alerts: { isSet: boolean; send: (() => Promise<void>) | null };
  /** What needs a person. */
  attention(): Promise<AttentionItem[]>;
  /** The connections to look at; rejects when the database does not answer. */
  accounts(): Promise<AccountProbe[]>;
};

/** C6: why it is not working. Every check is made, whatever the others say. */
export async function examine(probes: Probes): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (check: CheckName, verdict: Verdict) => void findings.push({ check, connection: null, ...verdict });

  const database = await checkDatabase(probes);
  add('database', database);
  const temporal = await checkTemporal(probes);
  add('temporal', temporal);
  if (temporal.status === 'ok') {
    add('search attributes', await checkSearchAttributes(probes));
    add('workers', await checkWorkers(probes.temporal.idleQueues));
  }
  add('disk', await checkDisks(probes.disks));
  add('storage', await checkStorage(probes));
  add('model', await checkModel(probes));
  add('embeddings', await checkEmbedder(probes));
  add('alerts', await checkAlerts(probes.alerts));
  if (database.status === 'failed') return findings;

  add('attention', await checkAttention(probes.attention));
  const accounts = await probes.accounts();
  if (accounts.length === 0)
    add('connections', failed('No Freshdesk account is linked.', 'Run connect, or set FRESHDESK_DOMAIN and its key.'));
  for (const account of accounts) findings.push(...(await accountFindings(account)));
  return findings;
}

async function checkDatabase({ pendingMigrations }: Probes): Promise<Verdict> {
  try {
    const pending = await pendingMigrations();
    if (pending.length === 0) return ok('The database is there and migrated.');
    return failed(
      `The database lacks ${pending.length} migrations (${pending.join(', ')}).`,
      'Start the service, which migrates it.',
    );
  } catch (error) {
    return failed(
      `The database cannot be used: ${saidBy(error)}.`,
      'Start PostgreSQL, or correct DATABASE_URL; left out, npm start starts a local one.',
    );
  }
}

async function checkTemporal({ temporal }: Probes): Promise<Verdict> {
  const { address, namespace } = temporal;
  try {
    if (await temporal.hasNamespace()) return ok(`Temporal answers at ${address}, with the namespace "${namespace}".`);
    const { reason, fix } = noNamespace(address, namespace);
    return failed(reason, fix);
  } catch {
    return failed(
      `Temporal does not answer at ${address}: webhooks are refused and no ticket is worked.`,
      'Start it, or correct TEMPORAL_ADDRESS; left out, npm start starts a local one.',
    );
  }
}

async function checkSearchAttributes({ temporal }: Probes): Promise<Verdict> {
  const missing = await temporal.missingSearchAttributes().catch((error: unknown) => error);
  if (!Array.isArray(missing))
    return failed(`Temporal does not say which search attributes it has: ${saidBy(missing)}.`, 'Run doctor again.');
  if (missing.length === 0) return ok('Temporal knows the search attributes.');
  return failed(
    `Temporal does not know the search attributes ${missing.join(', ')}: no ticket's workflow can start.`,
    'Start the service, which registers them, or make them with "temporal operator search-attribute create".',
  );
}

async function checkStorage({ storage }: Probes): Promise<Verdict> {
  try {
    await storage.check();
    return ok(`Attachments can be stored in ${storage.where}.`);
  } catch (error) {
    return failed(
      `Attachments cannot be stored in ${storage.where}: ${saidBy(error)}.`,
      'Let this process write there, or correct STORAGE_URL.',
    );
  }
}

async function checkModel({ model }: Probes): Promise<Verdict> {
  try {
    await model.check();
    return ok(`The engine ${model.name} answers.`);
  } catch (error) {
    return failed(
      `The engine ${model.name} does not answer: ${saidBy(error)}.`,
      'Correct AI_PROVIDER, AI_MODEL, AI_BASE_URL and AI_API_KEY; tickets are handed off meanwhile.',
    );
  }
}

async function checkEmbedder({ embedder, model }: Probes): Promise<Verdict> {
  if ('missing' in embedder)
    return failed(
      `${embedder.missing}: what customers mean is not understood by its meaning${model.name === 'embedded' ? ', and nothing is sent in public, only left as drafts' : ''}.`,
      'Start with npm where there is Python 3.10 or newer, or set EMBEDDING_BASE_URL and EMBEDDING_MODEL.',
    );
  try {
    await embedder.check();
    return ok(`The embeddings of ${embedder.name} answer.`);
  } catch (error) {
    return failed(
      `The embeddings of ${embedder.name} do not answer: ${saidBy(error)}.`,
      'Correct EMBEDDING_BASE_URL, EMBEDDING_MODEL and EMBEDDING_API_KEY; left out, a local server is started.',
    );
  }
}

async function checkAlerts({ isSet, send }: Probes['alerts']): Promise<Verdict> {
  const fix = 'Set ALERT_WEBHOOK_URL, and start the service again.';
  if (!isSet)
    return send === null ? warning('Nobody is told of problems.', fix) : failed('Nobody is told of problems.', fix);
  if (send === null) return ok('Problems are told to ALERT_WEBHOOK_URL; --test-alert tries it.');
  try {
    await send();
    return ok('ALERT_WEBHOOK_URL has taken a test message: see that it is there.');
  } catch (error) {
    return failed(`ALERT_WEBHOOK_URL did not take a test message: ${saidBy(error)}.`, 'Correct ALERT_WEBHOOK_URL.');
  }
}
