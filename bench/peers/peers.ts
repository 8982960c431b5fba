// npm run bench:peers [-- --rounds N --tickets N]: the same work as a plain pipeline on DBOS and on pg-boss, beside the
// product, against one simulated account on one PostgreSQL, in turns. What each promises is in docs/performance.md. Linux only.
import '../../testbed/quiet.ts';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../../src/local/processes.ts';
import { administer, withDatabase } from '../../testbed/test-server.ts';
import { median, printTable, writeFigures } from '../load/measure.ts';
import { openRig, type Round } from '../load/rig.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, tickets: { type: 'string', default: '100' } },
});
const [rounds, tickets] = [Number(values.rounds), Number(values.tickets)];
const IN_FLIGHT = 20;
const PEERS = ['dbos', 'pg-boss'] as const;

if (!existsSync(path.join(import.meta.dirname, 'node_modules'))) {
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('npm ci failed in bench/peers');
}

type Side = 'product' | (typeof PEERS)[number];
const rig = await openRig();
try {
  await main();
} finally {
  await rig.close();
}

async function main(): Promise<void> {
  const sides = new Map<Side, { process: string; url: string }>([['product', await rig.startProduct()]]);
  for (const peer of PEERS) sides.set(peer, await startPeer(peer));

  const measured = new Map<Side, Round[]>([...sides.keys()].map((side) => [side, []]));
  for (let round = -1; round < rounds; round += 1) {
    const order = [...sides];
    for (const [side, { process: worker, url }] of round % 2 === 0 ? order : order.toReversed()) {
      rig.sendWebhooksTo(url);
      const result = await rig.measure(worker, IN_FLIGHT, round < 0 ? IN_FLIGHT : tickets, () => rig.askAccount());
      if (round >= 0) measured.get(side)?.push(result);
    }
  }
  const of = (all: Round[], what: (round: Round) => number) => median(all.map(what));
  const cpu = ({ cpu: { worker, temporal, postgres } }: Round) => worker + temporal + postgres;
  printTable(
    ['', 'replies/s', 'each round', 'to reply ms', 'replies per CPU s', 'own', 'Temporal', 'PostgreSQL ms'],
    [...measured].map(([side, all]) => [
      side,
      of(all, ({ perSecond }) => perSecond),
      all.map(({ perSecond }) => perSecond.toFixed(1)).join(' '),
      of(all, ({ reply }) => reply),
      of(all, (round) => 1 / cpu(round)),
      1_000 * of(all, (round) => round.cpu.worker),
      1_000 * of(all, (round) => (side === 'product' ? round.cpu.temporal : 0)),
      1_000 * of(all, (round) => round.cpu.postgres),
    ]),
  );
  await writeFigures('peers', Object.fromEntries(measured));
}

async function startPeer(peer: (typeof PEERS)[number]): Promise<{ process: string; url: string }> {
  const database = withDatabase(rig.server.templateUrl, `peer_${peer.replaceAll('-', '')}`);
  await administer(
    withDatabase(rig.server.templateUrl, 'postgres'),
    `CREATE DATABASE "${new URL(database).pathname.slice(1)}"`,
  );
  const port = await freePort();
  const file = path.join(import.meta.dirname, `${peer}.mjs`);
  const child = rig.keep(
    fork(file, [], {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PORT: String(port),
        DATABASE_URL: database,
        FRESHDESK_URL: rig.simulator.url,
        FRESHDESK_API_KEY: rig.simulator.apiKey,
        KNOWLEDGE: path.join(import.meta.dirname, '../../demo/knowledge'),
      },
    }),
  );
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${peer} ended before it was ready`))),
  ]);
  return { process: file, url: `http://127.0.0.1:${port}/` };
}
