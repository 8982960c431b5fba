// Records what the ticket workflow does in each story anew: node tools/setup/run.mjs --test-server tools/dev/record-histories.ts
// Only when the order of its commands was changed on purpose, and no run of the order before is alive any more.
import '../../testbed/quiet.ts';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { TestTemporal } from '../../test/workflows/harness.ts';
import { STORIES } from '../../test/workflows/stories.ts';

const folder = fileURLToPath(new URL('../../test/histories', import.meta.url));

mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) if (file.endsWith('.json')) rmSync(path.join(folder, file));
const runDir = mkdtempSync(path.join(tmpdir(), 'record-histories-'));
process.env['TEST_RUN_DIR'] = runDir;
const temporal = await TestTemporal.timeSkipping(await workflowBundle());
try {
  for (const [name, { script, play }] of Object.entries(STORIES)) {
    const ticket = temporal.ticket(script);
    await play(ticket);
    const { events } = JSON.parse(historyToJSON(await ticket.handle.fetchHistory())) as { events: unknown[] };
    const lines = events.map((event) => JSON.stringify(event, withoutMachine));
    const file = `${name.replaceAll(/[^a-z]+/gi, '-').toLowerCase()}.json`;
    writeFileSync(path.join(folder, file), `{"events":[\n${lines.join(',\n')}\n]}\n`);
    process.stdout.write(`${file}\n`);
  }
} finally {
  await temporal.close();
  rmSync(runDir, { recursive: true });
}

/** Stack traces name files of the machine that recorded them, and are no part of what is replayed. */
function withoutMachine(key: string, value: unknown): unknown {
  return key === 'stackTrace' ? '' : value;
}
