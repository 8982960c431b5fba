// The pages of the Inbox, built when what they are made of has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bin, cleanPath, exclusively, readOr, removeOnInterrupt, root, runStep, toolEnv } from './steps.mjs';

const built = path.join(root, 'dist', 'web');
const stamp = path.join(built, '.made-of');
/** What the pages are made of. */
const SOURCES = ['web', 'src/contract', 'src/domain', 'package-lock.json'];

/** Brings dist/web up to date. What is served meanwhile is the whole old build, or the whole new one. */
export async function buildPages() {
  if (pagesAreFresh()) return;
  const place = createHash('sha256').update(root).digest('hex').slice(0, 12);
  await exclusively(`pages-${place}`, async () => {
    if (pagesAreFresh()) return;
    const key = sourcesKey();
    const folder = path.join(root, 'dist', `.web-${process.pid}`);
    const done = removeOnInterrupt(folder);
    const env = { ...toolEnv, PATH: [bin, cleanPath].join(path.delimiter), PAGES_DIR: folder, NODE_ENV: 'production' };
    try {
      mkdirSync(path.dirname(folder), { recursive: true });
      const args = [path.join(bin, 'vite'), 'build', '--config', path.join(root, 'web', 'vite.config.mjs')];
      await runStep('building the pages of the Inbox', 'a few seconds', path.join(bin, 'node'), args, { env });
      writeFileSync(path.join(folder, path.basename(stamp)), key);
      rmSync(built, { recursive: true, force: true });
      renameSync(folder, built);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      done();
    }
  });
}

function pagesAreFresh() {
  return existsSync(path.join(built, 'index.html')) && readOr(stamp, '') === sourcesKey();
}

function sourcesKey() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((name) => filesIn(path.join(root, name))).sort((one, other) =>
    one.localeCompare(other, 'en'),
  ))
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function filesIn(file) {
  if (!existsSync(file)) return [];
  const entries = readdirOr(file);
  if (entries === null) return [file];
  return entries.flatMap((entry) => filesIn(path.join(file, entry)));
}

function readdirOr(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === 'ENOTDIR') return null;
    throw error;
  }
}
