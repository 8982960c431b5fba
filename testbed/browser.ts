import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const PACKAGE = fileURLToPath(new URL('../node_modules/@sparticuz/chromium', import.meta.url));
const UNPACK = fileURLToPath(new URL('unpack-chromium.mjs', import.meta.url));

/** Why no Chromium can be had here; null where one can. */
export function whyNoBrowser(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `npm has no Chromium for ${process.platform} on ${process.arch}`;
  return existsSync(path.join(PACKAGE, 'bin')) ? null : '@sparticuz/chromium is not installed';
}

/** A Chromium without a window, with libraries and fonts of its own and everything that keeps pages apart left on. */
export async function launchBrowser(): Promise<Browser> {
  const folder = await unpacked();
  const libraries = path.join(folder, 'al2023', 'lib');
  return chromium.launch({
    executablePath: path.join(folder, 'chromium'),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    env: {
      ...(process.env as Record<string, string>),
      LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], libraries].filter(Boolean).join(':'),
      FONTCONFIG_FILE: process.env['FONTCONFIG_FILE'] ?? (await fontsIn(folder)),
    },
  });
}

/** The package's own file names folders below /tmp; without a font Chromium ends at the first input. */
async function fontsIn(folder: string): Promise<string> {
  const file = path.join(folder, 'fonts.conf');
  if (existsSync(file)) return file;
  const unfinished = `${file}.${process.pid}`;
  await writeFile(
    unfinished,
    `<?xml version="1.0"?>
<fontconfig><dir>${path.join(folder, 'fonts')}</dir><cachedir>${path.join(folder, 'fonts-cache')}</cachedir></fontconfig>
`,
  );
  await rename(unfinished, file);
  return file;
}

/** Unpacked once per machine, whole or not at all. */
async function unpacked(): Promise<string> {
  const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'opencx-freshdesk');
  const folder = path.join(cache, 'chromium-153.0.0');
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(path.join(cache, '.chromium-'));
  try {
    const env = { ...process.env, TMPDIR: unfinished };
    await promisify(execFile)(process.execPath, [UNPACK], { env });
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
