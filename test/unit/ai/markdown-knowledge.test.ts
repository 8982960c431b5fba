import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chunksOf } from '../../../src/ai/knowledge/chunks.ts';
import { linkHosts } from '../../../src/ai/answering/reply-html.ts';
import { KnowledgeError, prepareArticle, readMarkdownFolder } from '../../../src/ai/knowledge/markdown-knowledge.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'knowledge-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, content: string | Buffer): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
}

test('N4 a folder is read with its sub-folders, in a stable order', async () => {
  write('b.md', '# B\n\nText.');
  write('a/c.md', '---\ntitle: See\nvisibility: internal\n---\nText.');
  write('a/notes.txt', 'not knowledge');
  write('.git/x.md', 'hidden');
  symlinkSync('/etc', path.join(folder, 'link'));
  const articles = await readMarkdownFolder(folder);
  expect(articles.map(({ article }) => [article.sourceId, article.title, article.visibility])).toEqual([
    ['a/c.md', 'See', 'private'],
    ['b.md', 'B', 'public'],
  ]);
});

test.each([
  ['front matter', '---\ntitle: " The   title "\n---\n# Other\n\nText.', 'The title'],
  ['first heading', 'Intro.\n\n## The *first* `one`\n\nText.', 'The first one'],
  ['file name', 'Text.', 'my file'],
])('N4 the title comes from the %s', (_where, text, title) => {
  expect(prepareArticle('x/my-file.md', text).article.title).toBe(title);
});

const FRONT_MATTER = 'title: Purchase prices\nvisibility: internal';

test.each([
  ['a blank line', '\n---\n', '---'],
  ['blank lines', '\n \n\t\n---\n', '---'],
  ['a comment', '<!-- generated, do not edit -->\n---\n', '---'],
  ['two comments', '<!-- a\nb --><!-- c -->\n\n---\n', '---'],
  ['a space', ' ---\n', '---'],
  ['a space behind', '--- \n', '--- '],
  ['an invisible character', '\u200B---\n', '---'],
  ['a byte order mark', '\uFEFF\n---\n', '---'],
  ['Windows line ends', '\r\n---\r\n', '---\r'],
  ['another end', '---\n', '...'],
])('N4 front matter with %s is read', (_what, begin, end) => {
  const { article } = prepareArticle('a.md', `${begin}${FRONT_MATTER}\n${end}\nWe buy the tent for 40 EUR.`);
  expect([article.visibility, article.title, article.markdown]).toEqual([
    'private',
    'Purchase prices',
    'We buy the tent for 40 EUR.',
  ]);
});

test.each([
  ['other dashes', `----\n${FRONT_MATTER}\n----\n`],
  ['long dashes', `—\n${FRONT_MATTER}\n—\n`],
  ['plus signs', '+++\ntitle = "x"\nvisibility = "internal"\n+++\n'],
  ['no first mark', `${FRONT_MATTER}\n---\n`],
  ['no mark', `${FRONT_MATTER}\n\n`],
  ['a code block', `\`\`\`yaml\n${FRONT_MATTER}\n\`\`\`\n`],
  ['an empty block above', `---\n---\n---\n${FRONT_MATTER}\n---\n`],
  ['braces in one line', '{"title": "x", "visibility": "internal"}\n\n'],
  ['braces', '{\n"title": "x",\n"visibility": "internal"\n}\n'],
  ['a block above that does not name it', '---\ntitle: x\n---\nvisibility: internal\n\n'],
  ['a heading above', `# Prices\n\n---\n${FRONT_MATTER}\n---\n`],
  ['a sentence above', `For us.\n---\n${FRONT_MATTER}\n---\n`],
  ['a directive above', `%YAML 1.2\n---\n${FRONT_MATTER}\n---\n`],
  ['a comment around it', `<!--\n${FRONT_MATTER}\n-->\n`],
  ['a table', '| visibility | internal |\n|---|---|\n\n'],
  ['a bold line', '**Visibility:** internal\n\n'],
  ['a quote', '> visibility: internal\n\n'],
  ['a bold line', '# Prices\n\n**Visibility:** internal\n\n'],
  ['quoted front matter', '> ---\n> visibility: internal\n> ---\n\n'],
])('N4 a visibility in %s is unclear, and refused', (_what, above) => {
  expect(() => prepareArticle('a.md', `${above}We buy the tent for 40 EUR.`)).toThrow(
    /^a\.md (?:names a visibility|starts)/,
  );
});

test.each(['public: false', 'published: no', 'draft: true', 'internal: yes', 'status: draft', 'audience: Internal'])(
  'N4 what other programs hide an article by is unclear, and refused, unless the visibility stands beside it: %s',
  (line) => {
    const withHead = (head: string) => prepareArticle('a.md', `---\n${head}\n---\nWe buy the tent for 40 EUR.`);
    expect(() => withHead(line)).toThrow(`a.md: the front matter says "${line}"`);
    expect(withHead(`${line}\nvisibility: public`).article.visibility).toBe('public');
  },
);

test.each([
  ['a heading', '# How visibility works\n\nVisibility: who sees it.'],
  ['a sentence', 'Visibility of articles is set by you.'],
  ['a key that is explained', 'Text first.\n\nvisibility: internal is a key.'],
  ['code that shows one', '# Import\n\n```\n---\nvisibility: internal\n---\n```\n\nThat is all.'],
  ['lists in front matter', '---\ntags:\n  - a\n  - b\n---\nBody.'],
])('N4 words about visibility are words: %s', (_what, text) => {
  expect(prepareArticle('a.md', text).article.visibility).toBe('public');
});

const BROKEN: [string, string | Buffer, RegExp][] = [
  [
    'an unknown visibility',
    '---\nvisibility: secret\n---\nText.',
    /^x\.md: visibility "secret" is not known\. Write "public" or "internal"/,
  ],
  ['an empty visibility', '---\nvisibility:\n---\nText.', /^x\.md: visibility "null"/],
  ['a mistyped visibility', '---\nvisiblity: internal\n---\nText.', /^x\.md: "visiblity" .* Write it "visibility"/],
  ['broken YAML', '---\ntitle: [a\n---\nText.', /^x\.md: the front matter is not valid YAML/],
  ['a list as front matter', '---\n- a\n---\nText.', /^x\.md: the front matter must be lines/],
  ['front matter without an end', '---\ntitle: a\n\nText.', /^x\.md starts its front matter/],
  ['a title that is no text', '---\ntitle: [a]\n---\nText.', /^x\.md: "title"/],
  ['attachments that are no list', '---\nattachments: a.pdf\n---\nText.', /^x\.md: "attachments" must be a list/],
  ['no text', '---\ntitle: a\n---\n# a\n', /^x\.md has no text/],
  ['another encoding', Buffer.from([0x47, 0xfc, 0x6e]), /^x\.md is not UTF-8/],
  ['a binary file', 'a\0b', /^x\.md holds zero bytes/],
  ['too much', 'a'.repeat(1_000_001), /^x\.md is larger than 1 MB/],
];

test.each(BROKEN)('N4 %s stops the import and is named', async (_what, content, message) => {
  write('a.md', '# Fine\n\nText.');
  write('x.md', content);
  const error: unknown = await readMarkdownFolder(folder).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KnowledgeError);
  expect(error instanceof Error ? error.message : '').toMatch(message);
});

test.each([
  ['marks of quotes', `${'>'.repeat(100_000)} x`],
  ['lists in lists', Array.from({ length: 400 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n')],
])('a file of nothing but %s is refused by name', (_what, text) => {
  expect(() => prepareArticle('deep.md', `# Deep\n\n${text}`)).toThrow(
    'deep.md nests its lists or quotes too deeply to be read. Write them flatter.',
  );
});

test.each(['*', '*a ', '[', '`a'])('an article of little else than %j is read at once', (mark) => {
  const { article } = prepareArticle('a.md', `# A\n\n${mark.repeat(20_000)}`);
  expect(linkHosts(article.markdown)).toEqual([]);
});

test('N4 an empty or missing folder is refused, so that a wrong path never removes the knowledge', async () => {
  await expect(readMarkdownFolder(folder)).rejects.toThrow('holds no *.md file');
  await expect(readMarkdownFolder(path.join(folder, 'missing'))).rejects.toThrow('cannot be read (ENOENT)');
});

test('N4 the hash changes with title, visibility, text and attachments, and with nothing else', () => {
  const hash = (text: string) => prepareArticle('x.md', text).contentHash;
  const base = hash('---\ntitle: a\n---\nText.');
  expect(hash('---\r\ntitle: a\r\nauthor: me\r\n---\r\nText.\r\n')).toBe(base);
  const others = [
    '---\ntitle: b\n---\nText.',
    '---\ntitle: a\nvisibility: internal\n---\nText.',
    '---\ntitle: a\n---\nText!',
    '---\ntitle: a\nattachments: [x.pdf]\n---\nText.',
  ];
  expect(new Set([base, ...others.map(hash)]).size).toBe(5);
});

test('N2 the language of an article is told from its text', () => {
  expect(
    prepareArticle('x.md', '# Rückgabe\n\nSie können jeden Artikel innerhalb von 30 Tagen zurückgeben.').language,
  ).toBe('de');
  expect(prepareArticle('x.md', '# X\n\n4711').language).toBeNull();
});

test('N2 an article is cut at its headings, and its own title is no heading', () => {
  expect(chunksOf('# T\n\nIntro.\n\n## One\n\nA.\n\n### Two\n\nB.', 'T')).toEqual([
    { position: 0, heading: '', text: 'Intro.' },
    { position: 1, heading: 'One', text: 'A.' },
    { position: 2, heading: 'Two', text: 'B.' },
  ]);
});

test('N2 long sections are cut between paragraphs; a list stays whole, with the line that introduces it', () => {
  const paragraph = `${'word '.repeat(100)}end.`;
  const list = Array.from({ length: 30 }, (_, index) => `- item ${index}`).join('\n');
  const chunks = chunksOf(`## H\n\n${paragraph}\n\n${paragraph}\n\nDo this:\n\n${list}`, 'T');
  expect(chunks.map(({ heading }) => heading)).toEqual(['H', 'H']);
  expect(chunks[0]?.text).toBe(paragraph);
  expect(chunks[1]?.text.endsWith(`Do this:\n\n${list}`)).toBe(true);
});

test('N2 nothing of an article is lost or changed by cutting it', () => {
  const blocks = [
    'Para *one*.',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '> quote',
    '```\ncode\n\n# no heading\n```',
    '1. x\n2. y',
  ];
  const chunks = chunksOf(blocks.join('\n\n'), 'T');
  expect(chunks.map(({ text }) => text).join('\n\n')).toBe(blocks.join('\n\n'));
});
