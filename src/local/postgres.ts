import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import {
  closedFolder,
  type PostgresBinaries,
  postgresBinaries,
  type ServerUser,
  serverUser,
} from './postgres-binaries.ts';
import {
  endProcess,
  freePort,
  type Launched,
  launchDetached,
  processInfo,
  sizeOf,
  tailOf,
  waitUntil,
} from './processes.ts';
import { joinUsers, oneAtATime } from './users.ts';

/** Where the local servers say what they do; one line per call. */
export type LocalLog = (line: string) => void;

export type LocalPostgresOptions = {
  /** Everything is kept in its sub-folder `postgres`. */
  readonly dataDir: string;
  /** Whether data must survive a power cut; false (tests, demo) is faster. */
  readonly durable: boolean;
  readonly log: LocalLog;
};

export type LocalServer = {
  readonly url: string;
  /** Gives the server up: it ends unless another running program uses it too. */
  readonly stop: () => Promise<void>;
};

const DATABASE = 'opencx';
/** Crash recovery of a big database comes before the first answer. */
const READY_LIMIT_MS = 60_000;
const STOP_STEPS = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 3_000],
  ['SIGKILL', 3_000],
] as const;

type Layout = {
  readonly folder: string;
  readonly data: string;
  readonly log: string;
  readonly password: string;
  readonly port: string;
};

/**
 * A PostgreSQL of our own on 127.0.0.1, from the programs that npm installed, with a database `opencx`.
 * It outlives this process when that is killed: the next start adopts it. Never two on one data folder.
 * @throws when the data folder cannot be used, or the server is not ready within a minute (with the end of its log)
 */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalServer> {
  const layout = makeLayout(options.dataDir);
  return oneAtATime(layout.folder, async () => {
    const running = await findRunning(layout, options);
    if (running !== null) return running;
    return startNew(layout, options);
  });
}

/** Where the server on this data folder answers; null when none does. Starts, makes and writes nothing. */
export async function runningPostgres(dataDir: string): Promise<string | null> {
  const folder = path.resolve(dataDir, 'postgres');
  if (!existsSync(folder)) return null;
  const layout = layoutOf(realpathSync(folder));
  const master = readPostmaster(layout);
  if (master === null || !existsSync(layout.password)) return null;
  const info = await processInfo(master.pid);
  if (info === null || !info.command.includes(layout.data)) return null;
  const url = urlOf(layout, master.port);
  return (await canQuery(url)) ? url : null;
}

function makeLayout(dataDir: string): Layout {
  const wanted = path.resolve(dataDir, 'postgres');
  mkdirSync(wanted, { recursive: true });
  const folder = realpathSync(wanted);
  if (process.getuid?.() === 0) chmodSync(folder, 0o755); // the user PostgreSQL runs as has to pass through
  return layoutOf(folder);
}

function layoutOf(folder: string): Layout {
  const inside = (name: string): string => path.join(folder, name);
  return {
    folder,
    data: inside('db'),
    log: inside('postgres.log'),
    password: inside('password'),
    port: inside('port'),
  };
}

/** A server that already works on the data folder and answers. One that does not answer is ended. */
async function findRunning(layout: Layout, options: LocalPostgresOptions): Promise<LocalServer | null> {
  const master = readPostmaster(layout);
  if (master === null) return null;
  const info = await processInfo(master.pid);
  if (info === null || !info.command.includes(layout.data)) {
    // Left behind by a kill or a reboot; PostgreSQL would take any process with that pid for itself and refuse to start.
    rmSync(path.join(layout.data, 'postmaster.pid'), { force: true });
    return null;
  }
  const url = urlOf(layout, master.port);
  const alive = async (): Promise<boolean> => (await processInfo(master.pid)) !== null;
  if (await answers(layout, master.port, alive)) {
    const { shared, leave } = await joinUsers(layout.folder);
    if (!shared) options.log(`PostgreSQL (pid ${master.pid}) still runs on ${layout.data}: going on with it`);
    await makeDatabase(layout, master.port);
    return { url, stop: () => leave(() => stop(layout, master.pid)) };
  }
  options.log(`PostgreSQL (pid ${master.pid}) on ${layout.data} does not answer: ending it`);
  await stop(layout, master.pid);
  return null;
}

/** PostgreSQL's own note in its data folder: pid, folder, start time, port, one a line. */
function readPostmaster(layout: Layout): { pid: number; port: number } | null {
  const file = path.join(layout.data, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 1 ? { pid, port: Number(lines[3]) } : null;
}

async function startNew(layout: Layout, options: LocalPostgresOptions): Promise<LocalServer> {
  const user = serverUser(layout.data);
  const closed = closedFolder(layout.folder, user);
  if (closed !== null) {
    throw new Error(
      `Started by root, PostgreSQL runs as the user "${user?.name}", and that user may not enter ${closed}. ` +
        'Set DATA_DIR to a folder it can reach (/var/lib/opencx-freshdesk, for one), start as another user, or set DATABASE_URL.',
    );
  }
  const binaries = postgresBinaries(user);
  if (!existsSync(path.join(layout.data, 'PG_VERSION'))) await initialise(layout, binaries, user, options.durable);
  const port = await freePort(existsSync(layout.port) ? Number(readFileSync(layout.port, 'utf8')) : undefined);
  const logStart = await sizeOf(layout.log);
  const server = launch(layout, binaries, user, port, options.durable);
  writeFileSync(layout.port, String(port));
  const url = urlOf(layout, port);
  if (!(await answers(layout, port, async () => server.runs()))) {
    await stop(layout, server.pid);
    throw new Error(
      `PostgreSQL on ${layout.data} did not start. The end of ${layout.log}:\n${await tailOf(layout.log, logStart)}`,
    );
  }
  await makeDatabase(layout, port);
  const { leave } = await joinUsers(layout.folder);
  return { url, stop: () => leave(() => stop(layout, server.pid)) };
}

/** Makes the data folder in one step: an interrupted attempt leaves only a temporary name behind. */
async function initialise(
  layout: Layout,
  binaries: PostgresBinaries,
  user: ServerUser,
  durable: boolean,
): Promise<void> {
  if (existsSync(layout.data))
    throw new Error(`${layout.data} exists and is not a PostgreSQL data folder. Move it away or set DATA_DIR.`);
  if (!existsSync(layout.password))
    writeFileSync(layout.password, randomBytes(18).toString('base64url'), { mode: 0o600 });
  if (user !== null) chownSync(layout.password, user.uid, user.gid);
  const unfinished = `${layout.data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  if (user !== null) chownSync(unfinished, user.uid, user.gid);
  const flags = ['--username=postgres', `--pwfile=${layout.password}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  // The built-in locale: same order on every machine, and Unicode upper and lower case for full-text search.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const output = openSync(layout.log, 'a', 0o600);
  const logStart = await sizeOf(layout.log);
  const child = spawn(
    binaries.initdb,
    [`--pgdata=${unfinished}`, ...flags, ...locale, ...(durable ? [] : ['--no-sync'])],
    {
      ...user,
      cwd: layout.folder,
      env: serverEnv(),
      stdio: ['ignore', output, output],
    },
  );
  const failure = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === 0 ? null : `exit ${code ?? signal}`));
  });
  closeSync(output);
  if (failure !== null)
    throw new Error(
      `PostgreSQL could not make its data folder ${layout.data} (initdb: ${failure}). Give it room and rights there, set DATA_DIR to another folder, or DATABASE_URL to a server. The end of ${layout.log}:\n${await tailOf(layout.log, logStart)}`,
    );
  renameSync(unfinished, layout.data);
}

function launch(
  layout: Layout,
  binaries: PostgresBinaries,
  user: ServerUser,
  port: number,
  durable: boolean,
): Launched {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    // Customers' words are in the rows: errors (which quote values) and statements stay out of the log.
    'log_min_error_statement=panic',
    'log_min_messages=log',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  return launchDetached(
    binaries.postgres,
    ['-D', layout.data, '-p', String(port), ...settings.flatMap((s) => ['-c', s])],
    {
      logFile: layout.log,
      env: serverEnv(),
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    },
  );
}

function serverEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

function urlOf(layout: Layout, port: number, database = DATABASE): string {
  if (!existsSync(layout.password)) {
    throw new Error(
      `${layout.password} is gone, and with it the way into ${layout.data}. Put it back, or move both away.`,
    );
  }
  return `postgresql://postgres:${readFileSync(layout.password, 'utf8')}@127.0.0.1:${port}/${database}`;
}

/** True once the server has answered a query, false when it has ended or said nothing for a minute. */
async function answers(layout: Layout, port: number, runs: () => Promise<boolean>): Promise<boolean> {
  let ended = false;
  const ready = await waitUntil(async () => {
    if (await canQuery(urlOf(layout, port, 'postgres'))) return true;
    ended = !(await runs());
    return ended;
  }, READY_LIMIT_MS);
  return ready && !ended;
}

async function canQuery(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function makeDatabase(layout: Layout, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(layout, port, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end();
  }
}

async function stop(layout: Layout, pid: number): Promise<void> {
  const ended = await endProcess(pid, STOP_STEPS);
  if (!ended)
    throw new Error(
      `PostgreSQL (process ${pid}) on ${layout.data} does not end, not even when it is killed: its disk may hang. End that process, or restart the machine, before the next start.`,
    );
}
