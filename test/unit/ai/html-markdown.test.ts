import { expect, test } from '@jest/globals';
import { htmlToMarkdown } from '../../../src/ai/knowledge/html-markdown.ts';
import { renderReply } from '../../../src/ai/answering/render.ts';

test.each([
  ['headings', '<h1>A</h1><h3>B <b>c</b></h3>', '# A\n\n### B **c**'],
  ['paragraphs and blocks', '<div><p>A</p><p>B</p></div>C', 'A\n\nB\n\nC'],
  ['line breaks', '<p>A<br>B</p>', 'A  \nB'],
  ['space', '<p>  A\n  b&nbsp;c </p>', 'A b c'],
  ['lists', '<ul><li>A</li><li><p>B</p></li></ul>', '- A\n- B'],
  ['lists in lists', '<ol><li>A<ul><li>b</li></ul></li><li>C</li></ol>', '1. A\n   - b\n2. C'],
  [
    'tables',
    '<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2|3</td></tr></table>',
    '| A | B |\n| --- | --- |\n| 1 | 2\\\\|3 |',
  ],
  ['code', '<pre>a\n  b</pre><p><code>x_y</code></p>', '```\na\n  b\n```\n\n`x_y`'],
  ['the space in code', '<pre>\n\n a  \n\tb\t\n  c   d \n\n </pre>', '```\n a  \n\tb\n  c   d\n```'],
  ['code in a table', '<table><tr><td><pre>a  \n  b</pre></td></tr></table>', '| ``` a b ``` |\n| --- |'],
  ['links', '<a href="https://a.example/x?y=1&amp;z">here</a>', '[here](<https://a.example/x?y=1&z>)'],
  ['emphasis', '<p><strong> A </strong>b <em>c</em></p>', '**A** b _c_'],
])('N4 %s of an article', (_what, html, markdown) => {
  expect(htmlToMarkdown(html)).toBe(markdown);
});

test.each([
  ['scripts', '<script>alert(1)</script><p>A</p><style>p{}</style>'],
  ['frames and media', '<iframe src="https://x.example"></iframe><img src=x onerror=alert(1)><p>A</p>'],
  ['links that run', '<a href="javascript:alert(1)">A</a>'],
  ['comments', '<!-- B --><p>A</p>'],
])('N5 %s of an article are gone', (_what, html) => {
  expect(htmlToMarkdown(html)).toBe('A');
});

test('N4 what was text stays text', () => {
  for (const text of [
    '# no heading',
    '- no list',
    '1. no list',
    '2) no list',
    '*no* _emphasis_',
    '[no](link)',
    '<b>no markup</b>',
    'a | b',
    '> no quote',
  ]) {
    const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const html = renderReply(htmlToMarkdown(`<p>${escaped}</p>`), {
      allowedHosts: [],
      greeting: null,
      signature: null,
      disclosure: null,
    });
    expect(html).toBe(`<p>${escaped}</p>`);
  }
});

test.each([
  ['nothing', ''],
  ['ten thousand open tags', '<div>'.repeat(10_000)],
  ['half a tag', '<p>A</p><p'],
  ['half a table', '<table><tr><td>A'],
  ['two megabytes', '<p>word</p>'.repeat(200_000)],
  ['code with a megabyte of space', `<pre>a${' '.repeat(1_000_000)}b</pre>`],
  ['code with a megabyte of tabs at each end', `<pre>${'\t'.repeat(500_000)}a${'\t'.repeat(500_000)}</pre>`],
  ['code with a megabyte of empty lines', `<pre>a${'\n'.repeat(1_000_000)}b</pre>`],
  ['a megabyte of space in a table', `<table><tr><td><pre>a${' '.repeat(1_000_000)}b</pre></td></tr></table>`],
  ['a megabyte of empty lines in a list', `<ul><li><pre>a${'\n'.repeat(1_000_000)}b</pre></li></ul>`],
  ['half a million pieces of code', `<pre>${'` '.repeat(500_000)}</pre>`],
])('N4 %s ends', (_what, html) => {
  expect(typeof htmlToMarkdown(html)).toBe('string');
});
