import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import type { LocalLog } from './postgres.ts';
import {
  endProcess,
  findProcesses,
  freePort,
  launchDetached,
  portAccepts,
  processInfo,
  sizeOf,
  tailOf,
  waitUntil,
} from './processes.ts';
import { joinUsers, oneAtATime } from './users.ts';

type SearchAttributeKind = 'Keyword' | 'KeywordList';

export type LocalTemporalOptions = {
  /** Everything is kept in its sub-folder `temporal`; null keeps workflows in memory only. */
  readonly dataDir: string | null;
  /** The Temporal CLI. */
  readonly cliPath: string;
  /** Wanted ports; the ones of the last start come before them, free ones after. Default 7233 and 8233, in memory any. */
  readonly port?: number;
  readonly uiPort?: number;
  readonly namespace: string;
  /** Registered at the start; a server that is adopted keeps those it has. */
  readonly searchAttributes: Readonly<Record<string, SearchAttributeKind>>;
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  readonly log: LocalLog;
};

export type LocalTemporal = {
  readonly address: string;
  readonly uiUrl: string;
  /** Gives the server up: it ends unless another running program uses it too. */
  readonly stop: () => Promise<void>;
};

type Ports = { readonly port: number; readonly uiPort: number };
type Layout = {
  readonly folder: string;
  /** null: in memory. */
  readonly database: string | null;
  readonly log: string;
  readonly ports: string;
};

/**
 * Tasks are dealt out by their fairness key, so that one account's backlog is not before everybody else's (L4). That is so
 * within a partition of a queue; what an older start has put into the others is read all the same.
 */
const FAIR = { 'matching.enableFairness': 'true', 'matching.numTaskqueueWritePartitions': '1' };
const READY_LIMIT_MS = 60_000;
/** The server takes further ports by itself, and somebody else may be faster on one of them: it is started anew then. */
const MOST_TRIES = 3;
const PORT_TAKEN = 'address already in use';
const STOP_STEPS = [
  ['SIGTERM', 10_000],
  ['SIGKILL', 3_000],
] as const;

/**
 * A Temporal dev server with Web UI on 127.0.0.1, for one machine. With a data folder its workflows survive restarts, and
 * it outlives this process when that is killed: the next start adopts it. Never two on one data file.
 * @throws when it is not ready within a minute (with the end of its log)
 */
export async function startLocalTemporal(options: LocalTemporalOptions): Promise<LocalTemporal> {
  const layout = makeLayout(options.dataDir);
  return oneAtATime(layout.folder, async () => {
    const running = await findRunning(layout, options);
    return running ?? startNew(layout, options);
  });
}

/** The address of the server that was started last on this data folder; null when none answers there. */
export async function runningTemporal(dataDir: string): Promise<string | null> {
  const ports = lastPorts(dataDir);
  return ports !== null && (await portAccepts(ports.port)) ? `127.0.0.1:${ports.port}` : null;
}

/** The same for its Web UI, as the address of its pages. */
export async function runningTemporalUi(dataDir: string): Promise<string | null> {
  const ports = lastPorts(dataDir);
  return ports !== null && (await portAccepts(ports.uiPort)) ? `http://127.0.0.1:${ports.uiPort}` : null;
}

function lastPorts(dataDir: string): Ports | null {
  const file = path.resolve(dataDir, 'temporal', 'ports.json');
  return existsSync(file) ? parsePorts(` ${readFileSync(file, 'utf8')}`) : null;
}

function makeLayout(dataDir: string | null): Layout {
  const wanted =
    dataDir === null ? mkdtempSync(path.join(tmpdir(), 'opencx-temporal-')) : path.resolve(dataDir, 'temporal');
  mkdirSync(wanted, { recursive: true });
  const folder = realpathSync(wanted);
  return {
    folder,
    database: dataDir === null ? null : path.join(folder, 'temporal.db'),
    log: path.join(folder, 'temporal.log'),
    ports: path.join(folder, 'ports.json'),
  };
}

/** A server that already works on the data file and answers. One that does not answer is ended. */
async function findRunning(layout: Layout, options: LocalTemporalOptions): Promise<LocalTemporal | null> {
  if (layout.database === null) return null;
  for (const pid of await findProcesses(`--db-filename ${layout.database}`)) {
    const command = (await processInfo(pid))?.command ?? '';
    const ports = parsePorts(command);
    const alive = async (): Promise<boolean> => (await processInfo(pid)) !== null;
    if (ports !== null && (await answers(ports, options, alive)) === null) {
      const { shared, leave } = await joinUsers(layout.folder);
      if (!shared) options.log(`Temporal (pid ${pid}) still runs on ${layout.database}: going on with it`);
      return describe(ports, () => leave(() => stop(layout, pid)));
    }
    options.log(`Temporal (pid ${pid}) on ${layout.database} does not answer: ending it`);
    await stop(layout, pid);
  }
  return null;
}

/** The ports in a server's command line. */
function parsePorts(command: string): Ports | null {
  const port = / --port (\d+)/.exec(command)?.[1];
  const uiPort = / --ui-port (\d+)/.exec(command)?.[1];
  return port === undefined || uiPort === undefined ? null : { port: Number(port), uiPort: Number(uiPort) };
}

async function startNew(layout: Layout, options: LocalTemporalOptions): Promise<LocalTemporal> {
  for (let triesLeft = MOST_TRIES - 1; ; triesLeft -= 1) {
    const ports = await choosePorts(layout, options);
    const logStart = await sizeOf(layout.log);
    const server = launchDetached(options.cliPath, commandLine(layout, options, ports), {
      logFile: layout.log,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC' },
    });
    const problem = await answers(ports, options, async () => server.runs());
    if (problem === null) {
      if (layout.database !== null) writeFileSync(layout.ports, `--port ${ports.port} --ui-port ${ports.uiPort}`);
      const { leave } = await joinUsers(layout.folder);
      return describe(ports, () => leave(() => stop(layout, server.pid)));
    }
    // All of it: where the port went after the server had looked, it panics, and what it says comes before a long trace.
    if (triesLeft > 0 && (await tailOf(layout.log, logStart, Infinity)).includes(PORT_TAKEN)) {
      await end(server.pid);
      continue;
    }
    const tail = await tailOf(layout.log, logStart);
    await stop(layout, server.pid);
    throw new Error(`Temporal (${options.cliPath}) did not start: ${problem}. The end of ${layout.log}:\n${tail}`);
  }
}

async function choosePorts(layout: Layout, options: LocalTemporalOptions): Promise<Ports> {
  const last = existsSync(layout.ports) ? parsePorts(` ${readFileSync(layout.ports, 'utf8')}`) : null;
  const usual = layout.database === null ? null : { port: 7233, uiPort: 8233 };
  const port = await freePort(last?.port, options.port, usual?.port);
  return { port, uiPort: await freePort(last?.uiPort, options.uiPort, usual?.uiPort) };
}

function commandLine(layout: Layout, options: LocalTemporalOptions, ports: Ports): string[] {
  const { database } = layout;
  const storage =
    database === null
      ? []
      : ['--db-filename', database, '--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'];
  const namespace = options.namespace === 'default' ? [] : ['--namespace', options.namespace];
  const attributes = Object.entries(options.searchAttributes).flatMap(([name, kind]) => [
    '--search-attribute',
    `${name}=${kind}`,
  ]);
  const settings = Object.entries({ ...FAIR, ...options.dynamicConfig }).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${value}`,
  ]);
  const network = ['--ip', '127.0.0.1', '--port', String(ports.port), '--ui-port', String(ports.uiPort)];
  return [
    'server',
    'start-dev',
    ...network,
    ...namespace,
    ...storage,
    ...attributes,
    ...settings,
    '--log-level',
    'warn',
  ];
}

function describe(ports: Ports, stopServer: () => Promise<void>): LocalTemporal {
  return { address: `127.0.0.1:${ports.port}`, uiUrl: `http://127.0.0.1:${ports.uiPort}`, stop: stopServer };
}

/** null once the server knows the namespace, else why it does not. */
async function answers(
  ports: Ports,
  options: LocalTemporalOptions,
  runs: () => Promise<boolean>,
): Promise<string | null> {
  let problem: string | null = 'no answer';
  await waitUntil(async () => {
    // Asked first: the client spends its whole connect timeout on a port where nobody listens.
    if (await portAccepts(ports.port)) problem = await asks(`127.0.0.1:${ports.port}`, options.namespace);
    if (await runs()) return problem === null;
    problem = 'the process has ended'; // whoever answers on the port by now is somebody else's server
    return true;
  }, READY_LIMIT_MS);
  return problem;
}

async function asks(address: string, namespace: string): Promise<string | null> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    try {
      await connection.withDeadline(Date.now() + 5_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return null;
    } finally {
      await connection.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function stop(layout: Layout, pid: number): Promise<void> {
  await end(pid);
  if (layout.database === null) rmSync(layout.folder, { recursive: true, force: true });
}

async function end(pid: number): Promise<void> {
  if (!(await endProcess(pid, STOP_STEPS)))
    throw new Error(
      `Temporal (process ${pid}) does not end, not even when it is killed: its disk may hang. End that process, or restart the machine, before the next start.`,
    );
}
