// Keeps the code of a release for the test of a rolling deploy: node tools/setup/run.mjs tools/dev/pack-release.ts COMMIT
// Once per release, with its tag: the next version has to work beside this one (test/e2e/rolling-deploy.test.ts). It runs on
// the packages of this checkout: what only the release needs stays among the devDependencies until the next one is packed.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** What serves. */
const PATHS = ['package.json', 'prisma', 'prisma.config.ts', 'src'];

const [commit] = process.argv.slice(2);
if (commit === undefined) throw new Error('which commit or tag was released?');
const archive = execFileSync('git', ['archive', '--format=tar', commit, ...PATHS], { maxBuffer: 64 * 1_024 * 1_024 });
const file = fileURLToPath(new URL('../../test/releases/last.tar.gz', import.meta.url));
writeFileSync(file, gzipSync(archive, { level: 9 }));
process.stdout.write(`${file}: ${execFileSync('git', ['describe', '--always', commit]).toString()}`);
