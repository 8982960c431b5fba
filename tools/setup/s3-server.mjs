// Finds an S3 server for the tests that want a real one (versitygw), or builds it from Go modules.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ask, cacheDir, exclusively, removeOnInterrupt, runStep, SetupError, toolEnv, which } from './steps.mjs';

const VERSION = '1.8.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;

/** The path of a versitygw that runs: the user's, else a cached one, else built. */
export async function findS3Server() {
  const given = process.env.VERSITYGW_PATH;
  if (given !== undefined && given !== '') {
    if (ask(given, ['--version']) === null) throw new SetupError(`VERSITYGW_PATH is ${given}, and that does not run.`);
    return path.resolve(given);
  }
  const found = which('versitygw');
  if (found !== null && ask(found, ['--version']) !== null) return found;
  const cached = path.join(cacheDir(), `versitygw-${VERSION}-${process.platform}-${process.arch}`, 'versitygw');
  if (existsSync(cached)) return cached;
  return exclusively(`versitygw-${VERSION}`, async () => {
    if (!existsSync(cached)) await build(cached);
    return cached;
  });
}

async function build(target) {
  if (ask('go', ['version']) === null) {
    throw new SetupError(
      'The S3 tests need versitygw, and Go (https://go.dev/dl) to build it, which is not on PATH. ' +
        'Install Go, or set VERSITYGW_PATH to a versitygw program.',
    );
  }
  const temporary = `${path.dirname(target)}.${process.pid}`;
  const done = removeOnInterrupt(temporary);
  const env = { ...toolEnv, CGO_ENABLED: '0', GO111MODULE: 'on', GOFLAGS: '', GOWORK: 'off', GOBIN: temporary };
  try {
    mkdirSync(temporary, { recursive: true });
    await runStep(
      `building the S3 server ${VERSION} from Go modules`,
      'once, about 1 minute',
      'go',
      ['install', MODULE],
      {
        env,
      },
    );
    mkdirSync(path.dirname(target), { recursive: true });
    renameSync(path.join(temporary, 'versitygw'), target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    done();
  }
}
