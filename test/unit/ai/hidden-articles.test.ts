import { expect, test } from '@jest/globals';
import { prepareArticle } from '../../../src/ai/knowledge/markdown-knowledge.ts';

const SECRET = 'We buy it for 40 EUR.';
const KEYS = [
  'tags:\n  - prices\n  - internal',
  'tags: "#private"',
  'params:\n  private: true',
  'is_draft: true',
  'isPublic: false',
  'Draft: True',
  'hidden: 1',
  'audience: agents',
  'access: members',
  'roles: [support, admin]',
  'password: abc',
  'status: pending',
  'state: unpublished',
  'publishDate: 2199-01-01',
  'expiryDate: 2019-01-01',
  'sichtbarkeit: intern',
  'status: Entwurf',
  'valid_until: 2019-01-01',
  'end_date: 2019-01-01',
  'expired: true',
  'requires_auth: yes',
  'user_segment_id: 4711',
];

test.each(KEYS)('N4 "%s" hides an article somewhere: refused, unless the visibility stands beside it', (keys) => {
  const read = (head: string) => prepareArticle('a.md', `---\n${head}\n---\n${SECRET}`).article.visibility;
  expect(() => read(keys)).toThrow('which other programs hide an article by');
  expect(read(`${keys}\nvisibility: internal`)).toBe('private');
});

test.each([
  ['TOML', `+++\ntitle = "Prices"\ndraft = true\n+++\n${SECRET}`],
  ['JSON', `{\n  "title": "Prices",\n  "draft": true\n}\n\n${SECRET}`],
  ['keys without marks', `title: Prices\ndraft: true\n\n${SECRET}`],
])('N4 front matter of another kind that hides an article is refused: %s', (_what, text) => {
  expect(() => prepareArticle('a.md', text)).toThrow('what hides an article');
});

test.each([
  ['a folder of drafts', SECRET, '_drafts/prices.md'],
  ['a folder for the own people', SECRET, 'shop/internal/prices.md'],
  ['a title', `# [INTERNAL] Prices\n\n${SECRET}`],
  ['a title’s end', `# Prices (draft)\n\n${SECRET}`],
  ['a title in front matter', `---\ntitle: "DRAFT: Prices"\n---\n${SECRET}`],
  ['a line', `# Prices\n\n**For internal use only**\n\n${SECRET}`],
  ['a quote', `# Prices\n\n> DO NOT PUBLISH\n\n${SECRET}`],
  ['a box', `# Prices\n\n> [!CAUTION]\n> Internal only. Do not share with customers.\n\n${SECRET}`],
  ['a part to open', `# Prices\n\n<details><summary>Agents only</summary>\n\n${SECRET}\n\n</details>`],
  ['a heading', `# Prices\n\n90 EUR.\n\n## Internal notes\n\n${SECRET}`],
  ['a Portuguese line', `# Preços\n\n> Apenas para uso interno\n\n${SECRET}`],
  ['a file’s name', SECRET, 'prices.draft.md'],
  ['a German line', `# Preise\n\n*Nur für den internen Gebrauch*\n\n${SECRET}`],
])('N4 %s that says "not for everybody" is believed until the visibility is said', (_what, text, file = 'a.md') => {
  expect(() => prepareArticle(file, text)).toThrow('not for everybody');
  const said = text.startsWith('---')
    ? text.replace('---\n', '---\nvisibility: public\n')
    : `---\nvisibility: public\n---\n${text}`;
  expect(prepareArticle(file, said).article.visibility).toBe('public');
});

test.each([
  ':::internal\n40 EUR\n:::',
  '> [!private]\n> 40 EUR',
  '!!! draft "Note"\n    40 EUR',
  '<Internal>\n\n40 EUR\n\n</Internal>',
  '{% internal %}40 EUR{% endinternal %}',
  '<div hidden>40 EUR</div>',
  '<p style="display:none">40 EUR</p>',
])('N4 a part for the own people is refused in a public article: %s', (part) => {
  const read = (head: string) =>
    prepareArticle('a.md', `${head}# Prices\n\nIt costs 90 EUR.\n\n${part}`).article.visibility;
  expect(() => read('---\nvisibility: public\n---\n')).toThrow('hides a part of it');
  expect(read('---\nvisibility: internal\n---\n')).toBe('private');
});

test.each([
  '<!-- 40 EUR -->',
  '%% 40 EUR %%',
  '{/* 40 EUR */}',
  '{% comment %}40 EUR{% endcomment %}',
  '{# 40 EUR #}',
  '{{</* 40 EUR */>}}',
  '<!-- 40 EUR',
])('N4 a comment is no part of an article: %s', (comment) => {
  const { chunks } = prepareArticle('a.md', `# Prices\n\nIt costs 90 EUR.\n\n${comment}`);
  expect(chunks.map(({ text }) => text)).toEqual(['It costs 90 EUR.']);
});

test.each([
  ['tags', '---\ntags: [prices, members]\n---\nText.'],
  ['layout', '---\ndraft: false\nhide:\n  - navigation\nstatus: new\nroles: []\ntoc: no\n---\nText.'],
  ['a past date', '---\npublishDate: 2020-01-01\ndate: 2020-01-01\n---\nText.'],
  ['customers', '---\naudience: customers\naccess: public\n---\nText.'],
  ['a title with such a word', '# Internal server error 500\n\nText.'],
  ['a sentence', '# Calls\n\nThe line is for internal calls only when you have a contract.'],
  ['marks in code', '# A\n\nWrite `{/* x */}` and\n\n```\n%% x %%\n:::internal\n<p hidden>\n```\n\nThat is all.'],
  ['percent signs', '# A\n\nFrom 10%% to 20%% off.'],
])('N4 what hides nothing stays public and whole: %s', (_what, text) => {
  const { article } = prepareArticle('private-customers/a.md', text);
  expect(article.visibility).toBe('public');
  expect(text.endsWith(article.markdown)).toBe(true);
});
