// Prisma's schema engine as WebAssembly: compares schemas without the native engine, which is downloaded from elsewhere.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import * as bridge from '@prisma/schema-engine-wasm/schema_engine_bg';

type Closer = () => Promise<void>;
type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** PostgreSQL's internal one-byte type "char"; its catalogues are full of it. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/** Runs `use` with an engine whose scratch databases live on the server of `databaseUrl`. */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  schema: { name: string; text: string },
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await loadEngine();
  const closers: Closer[] = [];
  try {
    const factory = adapterFactory(new URL(databaseUrl), closers);
    const engine = await bridge.SchemaEngine.new(
      { datamodels: [[schema.name, schema.text]] },
      () => undefined,
      factory,
    );
    try {
      return await use(engine);
    } finally {
      engine.free();
    }
  } finally {
    for (const close of closers) await close();
  }
}

/** Instantiated by hand, because the engine never clears its 10 s lock timer, and that would keep the process alive. */
async function loadEngine(): Promise<void> {
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = await WebAssembly.compile(await readFile(glue.replace(/\.js$/, '.wasm')));
  const unrefTimer = (callback: () => void, ms: number): NodeJS.Timeout => setTimeout(callback, ms >>> 0).unref();
  const imports = Object.fromEntries(
    Object.entries(bridge).map(([name, value]) => [name, name.startsWith('__wbg_setTimeout_') ? unrefTimer : value]),
  );
  const instance = await WebAssembly.instantiate(module, { './schema_engine_bg.js': imports });
  bridge.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') start();
}

function adapterFactory(url: URL, closers: Closer[]): ReturnType<typeof bindMigrationAwareSqlAdapterFactory> {
  const database = url.pathname.slice(1);
  return bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(url, database, closers),
    connectToShadowDb: async () => {
      const shadow = `prisma_shadow_${crypto.randomUUID()}`;
      const main = await connect(url, database, closers);
      await main.executeScript(`CREATE DATABASE "${shadow}"`);
      return connect(url, shadow, closers);
    },
  });
}

/** Given in parts, since a connection string wins over `database`; the pool is ours to end, the engine leaves some open. */
async function connect(url: URL, database: string, closers: Closer[]): Promise<Adapter> {
  const adapter = await new PrismaPg({
    host: url.hostname,
    port: Number(url.port || 5432),
    database,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  }).connect();
  const pool = adapter.underlyingDriver();
  closers.unshift(async () => {
    if (!pool.ending) await adapter.dispose();
  });
  // The adapter cuts scripts at every semicolon, also inside $$ function bodies; PostgreSQL takes them whole.
  adapter.executeScript = async (script) => {
    await pool.query(script);
  };
  showCharAsCharacter(adapter);
  return adapter;
}

/** The adapter refuses "char": its columns are read as text and declared Character, which the engine expects. */
function showCharAsCharacter(adapter: Adapter): void {
  const pool = adapter.underlyingDriver();
  const query = pool.query.bind(pool) as (config: unknown) => Promise<{ fields?: { dataTypeID: number }[] }>;
  let charColumns: number[] = []; // the engine asks one thing after the other
  Object.assign(pool, {
    query: async (config: unknown) => {
      const result = await query(config);
      const fields = result.fields ?? [];
      charColumns = fields.flatMap((field, index) => (field.dataTypeID === CHAR_OID ? [index] : []));
      for (const field of fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
      return result;
    },
  });
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (request) => {
    const result = await queryRaw(request);
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
}
