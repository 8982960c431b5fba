/**
 * The whole product, or one half of it, in a process of its own, to be killed: takes its configuration as JSON (keys in hex) and prints one line
 * when it is ready. `npm start` without the parts that a test shares between two of them.
 */
import './quiet.ts';
import { pino } from 'pino';
import type { Config } from '../src/app/config.ts';
import { startService } from '../src/app/serve.ts';
import { workflowBundle } from './workflow-bundle.ts';

const [given = '{}', half] = process.argv.slice(2);
const only = half === 'api' || half === 'worker' ? half : null;
const parsed = JSON.parse(given) as Omit<Config, 'encryptionKeys'> & { encryptionKeys: string[] };
const config: Config = { ...parsed, encryptionKeys: parsed.encryptionKeys.map((key) => Buffer.from(key, 'hex')) };
const log = pino({ level: 'error' }, pino.destination(2));
const service = await startService(config, { log, only, workflowBundle: await workflowBundle() });
process.once('SIGTERM', () => void service.close().then(() => process.exit()));
process.stdout.write(`${service.url}\n`);
