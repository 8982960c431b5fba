import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { requireDataDir } from '../../../src/app/data-dir.ts';
import { runFolder } from '../../../testbed/run-folder.ts';

test('a folder that is not there is made', async () => {
  await requireDataDir(path.join(runFolder('data-dir'), 'new', 'data'));
});

test('a file as DATA_DIR, or as a part of its path, is named with what to do', async () => {
  const file = path.join(runFolder('data-dir-file'), 'file');
  writeFileSync(file, '');
  await expect(requireDataDir(file)).rejects.toThrow(`DATA_DIR (${file}) is a file: name a folder`);
  await expect(requireDataDir(path.join(file, 'data'))).rejects.toThrow(
    'a part of its path is a file): name another folder.',
  );
});

test('a folder that may not be written to is named with why', async () => {
  await expect(requireDataDir('/sys/opencx-data')).rejects.toThrow(
    /^DATA_DIR \(\/sys\/opencx-data\) cannot be written to \(.+\): .+\.$/,
  );
});
