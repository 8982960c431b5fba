// Finds the Temporal server (its CLI carries a dev server with Web UI) and the test server that skips time, or gets them.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { node } from './install.mjs';
import {
  ask,
  cacheDir,
  exclusively,
  removeOnInterrupt,
  root,
  runStep,
  SetupError,
  say,
  toolEnv,
  which,
} from './steps.mjs';

const cliModule = path.join(root, 'tools/setup/temporal-cli');
const testServerModule = path.join(root, 'tools/setup/temporal-test-server');
/** Older ones lack what the workflows show in the Web UI. */
const OLDEST_CLI = '1.4.0';
const PLATFORM = `${process.platform}-${process.arch}`;
/** A download that has not grown for so long is given up. */
const STALL_MS = 15_000;

// Read when they are asked for: the image is built with this file beside it, and without the two folders.
const cliVersion = () => firstMatch(path.join(cliModule, 'go.mod'), /temporalio\/cli v(\S+)/);
const goVersion = () => firstMatch(path.join(cliModule, 'go.mod'), /^go (\S+)$/m);
const testServerVersion = () =>
  firstMatch(path.join(testServerModule, 'pom.xml'), /temporal-test-server<\/artifactId>\s*<version>([^<]+)/);

function firstMatch(file, pattern) {
  return pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
}

/** The path of a Temporal CLI that runs: the user's, else a cached one, else downloaded, else built. */
export async function findTemporal() {
  const own = usersTemporal();
  if (own !== null) return own;
  const version = cliVersion();
  const cached = path.join(cacheDir(), `temporal-cli-${version}-${PLATFORM}`, 'temporal');
  if (existsSync(cached)) return cached;
  return exclusively(`temporal-cli-${version}`, async () => {
    if (existsSync(cached)) return cached;
    if (await download('cli', `v${version}`, cached)) return cached;
    await buildTemporal(version, cached);
    return cached;
  });
}

function usersTemporal() {
  const given = process.env.TEMPORAL_CLI_PATH;
  if (given !== undefined && given !== '') {
    if (ask(given, ['--version']) === null)
      throw new SetupError(`TEMPORAL_CLI_PATH is ${given}, and that does not run.`);
    return path.resolve(given);
  }
  const found = which('temporal');
  if (found === null) return null;
  const version = /version v?(\d+\.\d+\.\d+)/.exec(ask(found, ['--version']) ?? '')?.[1];
  if (version !== undefined && atLeast(version, OLDEST_CLI)) return found;
  say(
    `${found} ${version === undefined ? 'does not run' : `is ${version}, ${OLDEST_CLI} or newer is wanted`}: looking further`,
  );
  return null;
}

async function buildTemporal(version, target) {
  needGo();
  const temporary = `${target}.${process.pid}`;
  const done = removeOnInterrupt(temporary);
  mkdirSync(path.dirname(target), { recursive: true });
  const flags = `-s -w -X github.com/temporalio/cli/internal/temporalcli.Version=${version}`;
  const args = ['build', '-trimpath', '-ldflags', flags, '-o', temporary, 'github.com/temporalio/cli/cmd/temporal'];
  // Whatever the user has set for other modules: these must not be vendored, cross-compiled or part of a workspace.
  const goarch = { x64: 'amd64', arm64: 'arm64' }[process.arch] ?? process.arch;
  const own = {
    CGO_ENABLED: '0',
    GO111MODULE: 'on',
    GOFLAGS: '-mod=readonly',
    GOWORK: 'off',
    GOOS: process.platform,
    GOARCH: goarch,
  };
  say("Go's module and build caches grow by about 6 GB; once it is built, `go clean -modcache -cache` frees them");
  try {
    await runStep(`building Temporal ${version} from Go modules`, 'once, about 4 minutes on 2 cores', 'go', args, {
      cwd: cliModule,
      env: { ...toolEnv, ...own },
    });
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
    done();
  }
}

function needGo() {
  const wanted = goVersion();
  const ways = [
    'The Temporal server is missing, and so is the means to build it. One of these will do:',
    `  - Go ${wanted} or newer (https://go.dev/dl): Temporal is then built once, in about 4 minutes`,
    '  - the Temporal CLI (https://docs.temporal.io/cli) on PATH, or TEMPORAL_CLI_PATH with its path',
    '  - for npm start and the demo: TEMPORAL_ADDRESS with the address of a Temporal that runs (host:port)',
  ].join('\n');
  if (which('go') === null) throw new SetupError(`Go is not on PATH.\n${ways}`);
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(ask('go', ['env', 'GOVERSION']) ?? '')?.[1] ?? '0';
  if (atLeast(version, wanted)) return;
  // From 1.21 on Go fetches the version a module asks for, unless it was told to stay local.
  const fetches =
    atLeast(version, '1.21') && !/^(local|go[\d.]+)$/.test((ask('go', ['env', 'GOTOOLCHAIN']) ?? 'local').trim());
  if (!fetches) throw new SetupError(`Go ${version} is on PATH, and that is too old.\n${ways}`);
}

/** The path of the test server: the user's, else a cached one, else downloaded, else from Maven (needs Java to run). */
export async function findTestServer() {
  const given = process.env.TEMPORAL_TEST_SERVER_PATH;
  if (given !== undefined && given !== '') {
    if (!existsSync(given)) throw new SetupError(`TEMPORAL_TEST_SERVER_PATH is ${given}, and there is no such file.`);
    return path.resolve(given);
  }
  const version = testServerVersion();
  const native = path.join(cacheDir(), `temporal-test-server-${version}-${PLATFORM}`, 'temporal-test-server');
  const script = path.join(cacheDir(), `temporal-test-server-${version}`, 'temporal-test-server.sh');
  if (existsSync(native)) return native;
  if (existsSync(script) && ask('java', ['-version']) !== null) return script;
  return exclusively(`temporal-test-server-${version}`, async () => {
    if (existsSync(native)) return native;
    if (!existsSync(script)) {
      if (await download('temporal-test-server', `v${version}`, native)) return native;
    }
    needJava(!existsSync(script));
    if (!existsSync(script)) await fetchTestServer(path.dirname(script));
    return script;
  });
}

function needJava(alsoMaven) {
  const missing = [];
  if (ask('java', ['-version']) === null)
    missing.push('Java 11 or newer (for example apt install default-jre-headless, brew install openjdk)');
  if (alsoMaven && ask('mvn', ['--version']) === null) missing.push('Maven 3 (apt install maven, brew install maven)');
  if (missing.length === 0) return;
  throw new SetupError(
    [
      "Temporal's test server, which the tests need to skip time, is missing. Install:",
      ...missing.map((what) => `  - ${what}`),
    ].join('\n') + '\nor set TEMPORAL_TEST_SERVER_PATH to a temporal-test-server program.',
  );
}

async function fetchTestServer(folder) {
  const temporary = `${folder}.${process.pid}`;
  const done = removeOnInterrupt(temporary);
  try {
    cpSync(testServerModule, temporary, { recursive: true });
    chmodSync(path.join(temporary, 'temporal-test-server.sh'), 0o755);
    const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
    await runStep("getting Temporal's test server from Maven", 'once, about 20 seconds', 'mvn', args, {
      cwd: temporary,
    });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    done();
  }
}

/** Lets Temporal's SDK download the program, and keeps it; false when that is not possible here. */
async function download(artifact, version, target) {
  const temporary = `${path.dirname(target)}.download-${process.pid}`;
  const done = removeOnInterrupt(temporary);
  mkdirSync(temporary, { recursive: true });
  try {
    const script = path.join(root, 'tools/setup/download-temporal.mjs');
    const what = artifact === 'cli' ? 'Temporal' : "Temporal's test server";
    await runStep(
      `downloading ${what} ${version}`,
      'once, some seconds; given up where release hosts are out of reach',
      node,
      [script, artifact, version, temporary],
      {
        limit: stalled(temporary),
      },
    );
    mkdirSync(path.dirname(target), { recursive: true });
    const [file] = readdirSync(temporary);
    renameSync(path.join(temporary, file), target);
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`not downloaded: ${error.message.trimEnd().split('\n').at(-1).split(': ').slice(-3).join(': ')}`);
    return false;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    done();
  }
}

/** Says why to give up once nothing in the folder has grown for a while. */
function stalled(folder) {
  let size = 0;
  let grownAt = Date.now();
  return () => {
    const now = readdirSync(folder).reduce(
      (sum, name) => sum + (statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
    if (now > size) [size, grownAt] = [now, Date.now()];
    return Date.now() - grownAt > STALL_MS ? `nothing has arrived for ${STALL_MS / 1000} s` : undefined;
  };
}

function atLeast(version, wanted) {
  const a = version.split('.').map(Number);
  const b = wanted.split('.').map(Number);
  for (let i = 0; i < 3; i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
  return true;
}
