import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const root = path.join(import.meta.dirname, '../../..');
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

type Service = { environment?: Record<string, unknown>; logging?: { options?: Record<string, unknown> } };
const servicesOf = (file: string) =>
  Object.entries((parse(textOf(file), { merge: true }) as { services: Record<string, Service> }).services);

const product = new Map(servicesOf('docker-compose.yml')).get('opencx')?.environment ?? {};
const explained = [...textOf('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? '');

/** For the servers of the compose files, and for Compose itself. */
const NOT_THE_PRODUCTS = /^(POSTGRES_|TEMPORAL_DB_|OPENCX_DB_|TEMPORAL_(PORT|UI_PORT|RETENTION)$|NODE_IMAGE$)/;

test('the container of the product gets every variable that .env.example explains', () => {
  expect(explained.length).toBeGreaterThan(20);
  expect(explained.filter((name) => !NOT_THE_PRODUCTS.test(name) && !(name in product))).toEqual([]);
});

test('the container of the product knows no password but its own', () => {
  expect(Object.keys(product).filter((name) => NOT_THE_PRODUCTS.test(name))).toEqual([]);
  expect(JSON.stringify(product)).not.toMatch(/POSTGRES_PASSWORD|TEMPORAL_DB_PASSWORD/);
});

test.each(['docker-compose.yml', 'docker-compose.temporal.yml', 'docker-compose.try.yml'])(
  'what the containers of %s log has a limit',
  (file) => {
    const without = servicesOf(file).filter(([, { logging }]) => logging?.options?.['max-size'] === undefined);
    expect(without.map(([name]) => name)).toEqual([]);
  },
);

test('nobody is there to be asked where the file for trying sets the product up', () => {
  const changes = [...textOf('docker-compose.try.yml').matchAll(/'(settings set [^']+)'/g)].map(([, change]) => change);
  expect(changes.length).toBeGreaterThan(2);
  for (const change of changes) expect(change).toMatch(/ --yes$/);
});

test('what "npm run compose:check" looks at is there, and is every compose file', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const named = [...(scripts['compose:check'] ?? '').matchAll(/\S+\.yml/g)].map(([file]) =>
    path.relative(root, path.resolve(root, 'tools/dev/compose-check', file)),
  );
  expect([...new Set(named)].toSorted()).toEqual(
    readdirSync(root)
      .filter((file) => /^docker-compose.*\.yml$/.test(file))
      .toSorted(),
  );
});
