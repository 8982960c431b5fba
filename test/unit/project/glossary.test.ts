import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { explain, GLOSSARY, glossaryPage, glossaryWords } from '../../../src/domain/glossary/glossary.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import { cliDeps } from '../../../testbed/cli.ts';

const PAGE = new URL('../../../docs/glossary.md', import.meta.url);

test('A9 docs/glossary.md is what the program says (npm run glossary writes it)', async () => {
  const options = { ...(await resolveConfig(PAGE)), parser: 'markdown' };
  expect(await readFile(PAGE, 'utf8')).toBe(await format(glossaryPage(), options));
});

test('A9 every word says what it means and what to do, in whole sentences', () => {
  for (const word of glossaryWords())
    for (const { says, whatToDo } of explain(word)) {
      expect([word, says]).toEqual([word, expect.stringMatching(/^\S.{10,}\.$/)]);
      expect([word, whatToDo]).toEqual([word, expect.stringMatching(/^\S.{5,}\.$/)]);
    }
  expect(GLOSSARY.flatMap(({ words }) => Object.keys(words)).length).toBeGreaterThan(60);
});

test('what the glossary tells to set or to run is there', () => {
  const texts = glossaryWords().flatMap((word) => explain(word).flatMap(({ says, whatToDo }) => [says, whatToDo]));
  const named = texts.flatMap(
    (text) => text.match(/\b(?:intake|rollout|channels|handoff|reply|ai|assist)\.[\w.*]*\w/g) ?? [],
  );
  const known = pathsOf(DEFAULT_SETTINGS);
  for (const path of named) expect(known).toContain(path.replace('.*.', '.email.'));
  expect(named.length).toBeGreaterThan(10);

  const commands = buildProgram(cliDeps()).commands.flatMap((one) => [
    one.name(),
    ...one.commands.map((inner) => `${one.name()} ${inner.name()}`),
  ]);
  const told = texts.flatMap((text) =>
    [...text.matchAll(/"([a-z][a-z -]+)[^"]*"/g)].map(([, words = '']) => words.trim()),
  );
  for (const words of told)
    expect(commands).toContain(
      words
        .split(' ')
        .slice(0, commands.includes(words) ? 9 : 2)
        .join(' '),
    );
  expect(told.length).toBeGreaterThan(5);
});

function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, path === '' ? name : `${path}.${name}`)),
  ];
}
