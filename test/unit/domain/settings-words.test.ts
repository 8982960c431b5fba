import { expect, test } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { settingsOneByOne, settingWords } from '../../../src/domain/settings-words.ts';

test('U17 every setting says what it does', () => {
  const paths = settingsOneByOne(DEFAULT_SETTINGS).map(({ path }) => path);
  expect(paths).toContain('channels.web.mode');
  expect(paths).toContain('handoff.routing');
  expect(paths.filter((path) => settingWords(path) === null)).toEqual([]);
  expect(settingWords('channels.email.colour')).toBeNull();
});
