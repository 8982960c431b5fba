/** Writes docs/glossary.md from the words in the program; a test holds the two equal. */
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { glossaryPage } from '../../src/domain/glossary/glossary.ts';

const file = new URL('../../docs/glossary.md', import.meta.url).pathname;
writeFileSync(file, await format(glossaryPage(), { ...(await resolveConfig(file)), parser: 'markdown' }));
process.stdout.write(`${file}\n`);
