import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi } from '../../testbed/api.ts';
import { runFolder } from '../../testbed/run-folder.ts';

const folder = runFolder('pages');
const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi({ pages: folder });
});
afterAll(() => api.close());

const get = (at: string, headers: Record<string, string> = page) => fetch(api.url + at, { headers });

test('U24 without a build the page says what to run, and everything else works', async () => {
  const answer = await get('/');
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('npm run build:web');
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/api/sessions')).status).toBe(401);
});

test('U3 every address that a browser opens has the page, with a policy that lets it load from here alone', async () => {
  writeFileSync(path.join(folder, 'index.html'), '<script type="module" src="./assets/index-1.js"></script>');
  for (const [at, src] of [
    ['/', './assets/'],
    ['/inbox', './assets/'],
    ['/inbox/01980000-0000-7000-8000-000000000001?tab=x', './../assets/'],
  ] as const) {
    const answer = await get(at);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(`<script type="module" src="${src}index-1.js"></script>`);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
  }
});

test('its files are kept by browsers for ever, and come compressed to whoever takes that', async () => {
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'assets/index-1.js'), 'plain');
  writeFileSync(path.join(folder, 'assets/index-1.js.br'), 'small');
  const plain = await fetch(`${api.url}/assets/index-1.js`, { headers: { 'accept-encoding': 'identity' } });
  expect(await plain.text()).toBe('plain');
  expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  const small = await fetch(`${api.url}/assets/index-1.js`, { method: 'HEAD', headers: { 'accept-encoding': 'br' } });
  expect(small.headers.get('content-encoding')).toBe('br');
  expect(small.headers.get('content-length')).toBe('5');
  expect(small.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(small.headers.get('vary')).toContain('Accept-Encoding');
});

test.each(['/api/nothing-here', '/api/sign-in/nothing-here', '/webhooks/nothing-here'])(
  'an address of the API is no page: %s',
  async (at) => {
    const answer = await get(at);
    expect(answer.status).toBeGreaterThanOrEqual(401);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  },
);

test.each(['/assets/gone.js', '/assets/../../package.json', '/nothing-here'])(
  'what a program asks for and is not there is 404: %s',
  async (at) => {
    const answer = await get(at, { accept: '*/*' });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-encoding')).toBeNull();
  },
);
