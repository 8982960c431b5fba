import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Per folder of `src`: imports that the linter must refuse, and some that it must let pass. */
const RULES: Record<string, { refused: string[]; allowed: string[] }> = {
  workflows: {
    refused: [
      "import { x } from 'node:fs/promises'",
      "import { x } from 'crypto'",
      "import { x } from 'zod'",
      "import { x } from '@temporalio/client'",
      "import { x } from '@prisma/client'",
      "import { x } from '../activities/sync.ts'",
      "import { x } from '../db/sessions.ts'",
      "import type { x } from '../freshdesk/client.ts'",
      "import { x } from '../config.ts'",
    ],
    allowed: [
      "import { x } from '@temporalio/workflow'",
      "import { x } from '@temporalio/common'",
      "import { x } from '../domain/engagement.ts'",
      "import type { x } from '../activities/sync.ts'",
      "import { x } from './inbox.ts'",
    ],
  },
  domain: {
    refused: [
      "import { x } from 'node:crypto'",
      "import { x } from 'zod'",
      "import type { x } from '@temporalio/common'",
      "import type { x } from '../freshdesk/payloads.ts'",
    ],
    allowed: ["import { x } from './channel.ts'"],
  },
  activities: {
    refused: [
      "import { x } from '../workflows/ticket.ts'",
      "import { x } from '../api/app.ts'",
      "import { x } from '../cli/verify.ts'",
      "import { x } from '../config.ts'",
      "import { x } from '../generated/prisma/client.ts'",
      "import x from 'got'",
      "import { x } from 'pg'",
      "import { x } from '@temporalio/workflow'",
    ],
    allowed: [
      "import { x } from '../domain/channel.ts'",
      "import { x } from '../freshdesk/errors.ts'",
      "import { x } from '../ai/render.ts'",
      "import { x } from '../db/sessions.ts'",
      "import { x } from '../storage/folder.ts'",
      "import { x } from '@temporalio/activity'",
    ],
  },
  api: {
    refused: [
      "import { x } from '../activities/sync.ts'",
      "import { x } from '../workflows/ticket.ts'",
      "import { x } from '../cli/verify.ts'",
      "import { x } from '../freshdesk/client.ts'",
      "import { x } from '../db/client.ts'",
      "import { x } from '../main.ts'",
      "import { x } from 'pg'",
      "import { x } from '@temporalio/worker'",
    ],
    allowed: [
      "import type { x } from '../freshdesk/client.ts'",
      "import type { x } from '../db/client.ts'",
      "import { x } from '../db/cursor.ts'",
      "import x from 'express'",
      "import { x } from '@temporalio/client'",
    ],
  },
  cli: {
    refused: [
      "import { x } from '../activities/sync.ts'",
      "import { x } from '../api/app.ts'",
      "import { x } from '../freshdesk/client.ts'",
      "import { x } from '../db/client.ts'",
      "import { x } from '../main.ts'",
      "import x from 'express'",
    ],
    allowed: [
      "import type { x } from '../freshdesk/client.ts'",
      "import { x } from '../freshdesk/domain-name.ts'",
      "import { x } from 'commander'",
    ],
  },
  freshdesk: {
    refused: [
      "import { x } from '../db/connections.ts'",
      "import type { x } from '../ai/port.ts'",
      "import { x } from '../../../src/storage/folder.ts'",
      "import { x } from '../config.ts'",
      "import { x } from 'pg'",
    ],
    allowed: ["import { x } from '../domain/rate-limit.ts'", "import x from 'got'", "import { x } from 'zod'"],
  },
  ai: {
    refused: [
      "import { x } from '../db/knowledge.ts'",
      "import { x } from '../freshdesk/client.ts'",
      "import type { x } from '../storage/folder.ts'",
      "import x from 'got'",
    ],
    allowed: ["import { x } from '../domain/handoff.ts'", "import { x } from './port.ts'"],
  },
  db: {
    refused: [
      "import { x } from '../freshdesk/payloads.ts'",
      "import { x } from '../ai/port.ts'",
      "import type { x } from '../activities/sync.ts'",
      "import { x } from '../config.ts'",
      "import x from 'got'",
    ],
    allowed: [
      "import { x } from '../domain/session.ts'",
      "import { x } from '../generated/prisma/client.ts'",
      "import { x } from '@prisma/adapter-pg'",
      "import { x } from 'pg'",
    ],
  },
  storage: {
    refused: [
      "import { x } from '../db/sessions.ts'",
      "import { x } from '../freshdesk/client.ts'",
      "import type { x } from '../ai/port.ts'",
      "import { x } from 'pg'",
    ],
    allowed: ["import { x } from '../domain/session.ts'", "import { x } from 'node:fs/promises'"],
  },
  doctor: {
    refused: [
      "import { x } from '../api/health.ts'",
      "import { x } from '../ai/port.ts'",
      "import { x } from '../db/client.ts'",
      "import { x } from '../config.ts'",
      "import { x } from '@temporalio/client'",
      "import x from 'got'",
    ],
    allowed: [
      "import { x } from '../domain/routing.ts'",
      "import { x } from '../db/secrets.ts'",
      "import { x } from '../temporal/trouble.ts'",
      "import type { x } from '../freshdesk/client.ts'",
    ],
  },
  loops: {
    refused: [
      "import { x } from '../activities/deps.ts'",
      "import { x } from '../api/app.ts'",
      "import { x } from '../temporal/signal-ticket.ts'",
      "import { x } from '../db/client.ts'",
      "import { x } from '../service.ts'",
      "import { x } from 'pg'",
    ],
    allowed: [
      "import { x } from '../domain/backfill.ts'",
      "import { x } from '../connect.ts'",
      "import type { x } from '../activities/deps.ts'",
      "import type { x } from '../accounts.ts'",
      "import type { x } from '../temporal/signal-ticket.ts'",
      "import { x } from '../freshdesk/errors.ts'",
    ],
  },
  temporal: {
    refused: [
      "import { x } from '../api/app.ts'",
      "import { x } from '../freshdesk/client.ts'",
      "import { x } from '../db/backfills.ts'",
      "import { x } from '../workflows/ticket.ts'",
      "import { x } from '../config.ts'",
      "import { x } from 'pg'",
    ],
    allowed: [
      "import { x } from '../activities/sync.ts'",
      "import { x } from '../domain/signals.ts'",
      "import type { x } from '../db/backfills.ts'",
      "import { x } from '@temporalio/worker'",
    ],
  },
  local: {
    refused: ["import { x } from '../config.ts'", "import { x } from '../domain/session.ts'", "import x from 'got'"],
    allowed: ["import { x } from 'pg'", "import { x } from '@temporalio/client'", "import { x } from './processes.ts'"],
  },
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'house-rules-'));
  const rules: Record<string, unknown> = JSON.parse(readFileSync(path.join(root, '.oxlintrc.json'), 'utf8'));
  // The probes belong to no TypeScript program, and only imports are asked about.
  writeFileSync(
    path.join(folder, '.oxlintrc.json'),
    JSON.stringify({ ...rules, options: {}, categories: {}, rules: {} }),
  );
  for (const [name, { refused, allowed }] of Object.entries(RULES)) {
    mkdirSync(path.join(folder, 'src', name), { recursive: true });
    writeFileSync(path.join(folder, 'src', name, 'probe.ts'), probe([...refused, ...allowed]));
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A module with one import a line, each under its own name. */
function probe(imports: readonly string[]): string {
  return imports
    .map((line, i) => `${line.replace('{ x }', `{ x as x${i} }`).replace('import x', `import x${i}`)};\n`)
    .join('');
}

/** The imports of the probe that the linter refuses. */
function refusedImports(name: string): string[] {
  const report = lint(path.join('src', name, 'probe.ts'));
  const numbers = [...report.matchAll(/probe\.ts:(\d+):\d+: .*no-restricted-imports/g)].map((match) =>
    Number(match[1]),
  );
  const imports = [...(RULES[name]?.refused ?? []), ...(RULES[name]?.allowed ?? [])];
  return numbers.toSorted((a, b) => a - b).map((number) => imports[number - 1] ?? '');
}

function lint(file: string): string {
  const program = path.join(root, 'node_modules/oxlint/bin/oxlint');
  try {
    return execFileSync(process.execPath, [program, '--format=unix', file], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    if (error !== null && typeof error === 'object' && 'stdout' in error) return String(error.stdout);
    throw error;
  }
}

test.each(Object.keys(RULES))('the import rules catch a forbidden import in %s, and only that', (name) => {
  expect(refusedImports(name)).toEqual(RULES[name]?.refused);
});
