import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createTestDatabase, type TestDatabase } from '../../testbed/database.ts';
import { startTestServer, type TestServer } from '../../testbed/test-server.ts';
import { missing, type Evaluation, type EvaluationTools } from './evaluation.ts';
import { reached, table, type Outcome } from './report.ts';
import { EVALUATIONS } from './sets.ts';

const USAGE = `Measures what the engine understands and answers, on data that nobody in this project wrote and on its own tickets.

  npm run eval -- [--only SET]… [--json FILE]

  --only SET    one data set (may be repeated): ${EVALUATIONS.map(({ name }) => name).join(', ')}
  --json FILE   where the figures go as JSON, data/eval.json unless given

Data that is absent is skipped, and said to be. A figure that misses its target is no failure of the command;
data that is there and cannot be read is, and so is a measurement that breaks.
`;

const options = argumentsOf();
if (options === null) {
  process.stderr.write(USAGE);
  process.exit(2);
}
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
process.exitCode = await main(options);

type Options = { only: readonly string[]; json: string; help: boolean };

function argumentsOf(): Options | null {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const only = values.only ?? [];
    if (!only.every((name) => EVALUATIONS.some((evaluation) => evaluation.name === name))) return null;
    return { only, json: values.json ?? path.join('data', 'eval.json'), help: values.help === true };
  } catch {
    return null;
  }
}

async function main({ only, json }: Options): Promise<number> {
  const chosen = EVALUATIONS.filter(({ name }) => only.length === 0 || only.includes(name));
  const tools = createTools();
  const outcomes: Outcome[] = [];
  try {
    for (const evaluation of chosen) outcomes.push(await outcomeOf(evaluation, tools));
  } finally {
    await tools.close();
  }
  process.stdout.write(`${table(outcomes)}\n`);
  writeJson(json, outcomes);
  process.stdout.write(`\nThe figures as JSON: ${json}\n`);
  return outcomes.some(({ state }) => state === 'failed') ? 1 : 0;
}

async function outcomeOf(evaluation: Evaluation, tools: EvaluationTools): Promise<Outcome> {
  const { name } = evaluation;
  const absent = missing(evaluation);
  if (absent.length > 0)
    return {
      name,
      state: 'skipped',
      why: `not beside this checkout: ${absent.map((file) => `../shared/data/${file}`).join(', ')}`,
    };
  try {
    return { name, state: 'measured', figures: await evaluation.measure(tools) };
  } catch (error) {
    return { name, state: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}

/** The database server costs seconds and is only started when a set asks for it. */
function createTools(): EvaluationTools & { close: () => Promise<void> } {
  let server: Promise<TestServer> | null = null;
  const opened: TestDatabase[] = [];
  return {
    async database() {
      server ??= startTestServer(process.env['DATABASE_URL']);
      await server;
      const database = await createTestDatabase();
      opened.push(database);
      return database;
    },
    async close() {
      for (const database of opened) await database.drop();
      await (await server)?.stop();
    },
  };
}

function writeJson(file: string, outcomes: readonly Outcome[]): void {
  const sets = outcomes.map((outcome) =>
    outcome.state === 'measured'
      ? { ...outcome, figures: outcome.figures.map((figure) => ({ ...figure, reached: reached(figure) })) }
      : outcome,
  );
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ at: new Date().toISOString(), engine: process.env['AI_PROVIDER'] ?? 'embedded', sets }, null, 2)}\n`,
  );
}
