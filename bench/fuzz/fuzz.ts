// npm run fuzz [-- --seed N --bodies N]: webhooks of every kind of wrong against the API, structured and raw. Ends with status 1
// when one was answered with 5xx or not at all, or when the heap has grown.
import '../../testbed/quiet.ts';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { Pool } from 'undici';
import { startTestApi, WEBHOOK_SECRET } from '../../testbed/api.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { randomFrom } from '../chaos/random.ts';
import { type Hook, randomHook, TYPES } from './bodies.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, bodies: { type: 'string', default: '100000' } },
});
const [seed, bodies] = [Number(values.seed), Number(values.bodies)];
const IN_FLIGHT = 8;
/** More than noise, after as many bodies again as had been taken in when it was first looked at. */
const MOST_GROWTH_MB = 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const server = await startTestServer(process.env['DATABASE_URL']);
process.env['TEST_DATABASE_URL'] = server.templateUrl;
process.env['TEST_RUN_DIR'] = server.runDir;
let handedOver = 0;
const api = await startTestApi({
  log: pino({ level: 'silent' }),
  temporal: { failingWorkflows: async () => [], signalTicket: async () => void (handedOver += 1) },
});
const pool = new Pool(api.url, { connections: IN_FLIGHT });
try {
  process.exitCode = await main();
} finally {
  await pool.destroy();
  await api.close();
  await server.stop();
}

async function main(): Promise<number> {
  const random = randomFrom(seed, 0);
  const statuses = new Map<number | string, number>();
  const wrong: string[] = [];
  let sent = 0;
  let heapAtHalf = 0;
  const caller = async () => {
    while (sent < bodies) {
      sent += 1;
      if (sent === Math.floor(bodies / 2)) heapAtHalf = heapMb();
      const nth = sent;
      const hook = randomHook(random);
      const status = await send(hook).catch((error: unknown) => String(error));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (typeof status === 'string' || status >= 500)
        wrong.push(`body ${nth}: ${status}: ${hook.body.toString('latin1').slice(0, 100)}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  const grown = heapMb() - heapAtHalf;
  const table = [...statuses].toSorted(([a], [b]) => String(a).localeCompare(String(b)));
  process.stdout.write(`seed ${seed}: ${table.map(([status, count]) => `${status}: ${count}`).join(', ')}\n`);
  process.stdout.write(`handed over ${handedOver}; heap ${grown.toFixed(1)} MB larger after the second half\n`);
  for (const line of wrong.slice(0, 20)) process.stdout.write(`${line}\n`);
  const took = handedOver === (statuses.get(202) ?? 0);
  if (!took) process.stdout.write('what was acknowledged is not what was handed over\n');
  return wrong.length === 0 && took && grown < MOST_GROWTH_MB ? 0 : 1;
}

async function send({ body, contentType, secret, encoding }: Hook): Promise<number> {
  const type = TYPES[contentType];
  const response = await pool.request({
    method: 'POST',
    path: '/webhooks/freshdesk/default',
    headers: {
      ...(type === null ? {} : { 'content-type': type }),
      ...(secret === 'none' ? {} : { 'x-webhook-secret': secret === 'right' ? WEBHOOK_SECRET : 'wrong' }),
      ...(encoding === null ? {} : { 'content-encoding': encoding }),
    },
    body,
  });
  await response.body.dump();
  return response.statusCode;
}

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
