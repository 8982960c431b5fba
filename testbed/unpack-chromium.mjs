// node testbed/unpack-chromium.mjs: unpacks Chromium and its libraries into the folder of TMPDIR, where the package puts it.
import { fileURLToPath } from 'node:url';
import chromium, { inflate } from '@sparticuz/chromium';

await chromium.executablePath();
await inflate(fileURLToPath(new URL('../node_modules/@sparticuz/chromium/bin/al2023.tar.br', import.meta.url)));
