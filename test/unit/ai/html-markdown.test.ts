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
    '| A | B |\n| - | - |\n| 1 | 2\\|3 |',
  ],
  ['code', '<pre>a\n  b</pre><p><code>x_y</code></p>', '```\na\n  b\n```\n\n`x_y`'],
  ['the space in code', '<pre>\n\n a  \n\tb\t\n  c   d \n\n </pre>', '```\n\n a  \n\tb\t\n  c   d \n\n \n```'],
  ['code in a table', '<table><tr><td>x</td><td><pre>a  \n  b</pre></td></tr></table>', '| x | a b |\n| - | - |'],
  ['links', '<a href="https://a.example/x?y=1&amp;z">here</a>', '[here](https://a.example/x?y=1\\&z)'],
  ['emphasis', '<p><strong> A </strong>b <em>c</em></p>', '**A** b _c_'],
  ['numbers that items name', '<ol><li value="5">E</li><li>F</li><li value="9">I</li></ol>', '5. E\n6. F\n\n9) I'],
  ['struck prices', '<p><span style="text-decoration: line-through">49 €</span> 39 €</p>', '~~49 €~~ 39 €'],
  [
    'pictures as steps',
    '<ol><li><p><img src="x" alt="Press the knob"></p></li><li>Wait</li></ol>',
    '1. Press the knob\n2. Wait',
  ],
  ['headings', '<h2><br></h2><h2>Costs</h2><p>5 €</p>', '## Costs\n\n5 €'],
  ['soft hyphens and word joiners', '<p>Ver\u00adsand: Rück\u2060gabe</p>', 'Versand: Rückgabe'],
  [
    'parts that a click opens',
    '<button class="accordion">Returns?</button><div class="panel" style="display:none">30 days.</div><p style="display:none">B</p>',
    '#### Returns?\n\n30 days.',
  ],
  ['tabs', '<div class="tab-pane">A</div><div role="tabpanel" hidden>B</div><button>Copy</button>', 'A\n\nB'],
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

const deep = (count: number) =>
  '<table><tbody><tr><td>'.repeat(count) +
  '<p>Delivery takes 3 days.</p>' +
  '</td></tr><tr><td>&nbsp;</td></tr></tbody></table>'.repeat(count);

test.each([2, 4, 8, 18, 60, 120, 400, 2_000])('N4 what stands in %i tables in one another is said once', (count) => {
  expect(htmlToMarkdown(deep(count))).toBe('Delivery takes 3 days.');
});

const row = (cells: string) => `<tr>${cells}</tr>`;
const HEAD = row('<th>Country</th><th>Days</th><th>Price</th>');
const TABLES: [string, string, string[][]][] = [
  [
    'a cell over two columns',
    HEAD + row('<td>Germany</td><td>2</td><td>4 EUR</td>') + row('<td colspan="2">Elsewhere</td><td>15 EUR</td>'),
    [
      ['Country', 'Days', 'Price'],
      ['Germany', '2', '4 EUR'],
      ['Elsewhere', '', '15 EUR'],
    ],
  ],
  [
    'a cell over two rows',
    HEAD + row('<td rowspan="2">Germany</td><td>2</td><td>4 EUR</td>') + row('<td>1 (express)</td><td>9 EUR</td>'),
    [
      ['Country', 'Days', 'Price'],
      ['Germany', '2', '4 EUR'],
      ['Germany', '1 (express)', '9 EUR'],
    ],
  ],
  [
    'a cell over rows at the end',
    HEAD + row('<td>DE</td><td>2</td><td rowspan="2">4 EUR</td>') + row('<td>AT</td><td>3</td>'),
    [
      ['Country', 'Days', 'Price'],
      ['DE', '2', '4 EUR'],
      ['AT', '3', '4 EUR'],
    ],
  ],
  [
    'a cell over rows in the middle',
    HEAD + row('<td>DE</td><td rowspan="2">2</td><td>4 EUR</td>') + row('<td>AT</td><td>5 EUR</td>'),
    [
      ['Country', 'Days', 'Price'],
      ['DE', '2', '4 EUR'],
      ['AT', '2', '5 EUR'],
    ],
  ],
  [
    'a cell over rows and columns',
    HEAD + row('<td rowspan="2" colspan="2">All</td><td>4 EUR</td>') + row('<td>5 EUR</td>'),
    [
      ['Country', 'Days', 'Price'],
      ['All', '', '4 EUR'],
      ['All', '', '5 EUR'],
    ],
  ],
  [
    'a head over two columns',
    row('<th colspan="2">Size</th><th>Price</th>') + row('<td>S</td><td>36</td><td>9 EUR</td>'),
    [
      ['Size', '', 'Price'],
      ['S', '36', '9 EUR'],
    ],
  ],
  [
    'a short row',
    HEAD + row('<td>DE</td>'),
    [
      ['Country', 'Days', 'Price'],
      ['DE', '', ''],
    ],
  ],
  [
    'a span of nothing',
    HEAD + row('<td colspan="0">DE</td><td rowspan="-1">2</td><td colspan="x">4</td>'),
    [
      ['Country', 'Days', 'Price'],
      ['DE', '2', '4'],
    ],
  ],
  [
    'parts, blocks and lists in cells',
    `<thead>${HEAD}</thead><tbody>${row('<td><p>DE</p><p>AT</p></td><td><ul><li>2</li><li>3</li></ul></td><td>4<br>EUR</td>')}</tbody>`,
    [
      ['Country', 'Days', 'Price'],
      ['DE AT', '2; 3', '4 EUR'],
    ],
  ],
];

test.each(TABLES)('N4 every value stands under its heading: %s', (_what, rows, cells) => {
  const lines = htmlToMarkdown(`<table border="1">${rows}</table>`).split('\n');
  const read = lines
    .filter((line) => !/^[| -]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  expect(read).toEqual(cells);
});

test('N4 a caption is said above its table', () => {
  const html =
    '<table><caption>Prices in EUR</caption><tr><th>Plan</th><th>Price</th></tr><tr><td>S</td><td>4</td></tr></table>';
  expect(htmlToMarkdown(html)).toBe('Prices in EUR\n\n| Plan | Price |\n| - | - |\n| S | 4 |');
});

const LISTS: [string, string, string][] = [
  [
    'a list beside its item',
    '<ul><li>Open</li><ul><li>Tap A</li><li>Tap B</li></ul><li>Wait</li></ul>',
    '- Open\n  - Tap A\n  - Tap B\n- Wait',
  ],
  [
    'steps beside their step',
    '<ol><li>Unplug</li><ol><li>Wait</li></ol><li>Plug in</li></ol>',
    '1. Unplug\n   1. Wait\n2. Plug in',
  ],
  ['a list that only indents', '<ul><ul><li>Once</li></ul></ul>', '- Once'],
  ['a list that indents twice', '<ul><ul><ul><li>Twice</li></ul></ul></ul>', '- Twice'],
  ['words before the first item', '<ul>Before you start:<li>Charge it</li></ul>', 'Before you start:\n\n- Charge it'],
  ['words behind an item', '<ul><li>A</li>and B<li>C</li></ul>', '- A and B\n- C'],
  ['a paragraph between items', '<ol><li>A</li><p>note</p><li>C</li></ol>', '1. A\n\n   note\n\n2. C'],
  ['steps that go on', '<ol start="3"><li>C</li><li>D</li></ol>', '3. C\n4. D'],
  [
    'Google Docs',
    '<b style="font-weight:normal"><ul><li dir="ltr"><p>One</p></li><ul><li><p>Two</p></li></ul></ul></b>',
    '- One\n  - Two',
  ],
  ['items that nobody closed', '<ul><li>A<li>B<ul><li>C</ul><li>D</ul>', '- A\n- B\n  - C\n- D'],
  ['items without a list', '<li>A</li><li>B</li>', 'A B'],
  ['a division in a list', '<ul><div><li>A</li></div></ul>', 'A'],
];

test.each(LISTS)('N4 no step of a list gets lost: %s', (_what, html, markdown) => {
  const squeezed = (text: string) => text.replaceAll(/[\s-]+/g, ' ').trim();
  expect(squeezed(htmlToMarkdown(html))).toBe(squeezed(markdown));
});

test.each(LISTS.slice(0, 5).concat(LISTS.slice(7, 10)))('N4 a list keeps its shape: %s', (_what, html, markdown) => {
  expect(htmlToMarkdown(html)).toBe(markdown);
});

test.each([
  [
    'a block',
    '<pre><code class="language-sh">sudo reboot &amp;&amp; exit</code></pre>',
    '```sh\nsudo reboot && exit\n```',
  ],
  ['colours', '<pre><span class="k">let</span> x = <b>1</b></pre>', '```\nlet x = 1\n```'],
  ['line breaks', '<pre>a<br>b</pre>', '```\na\nb\n```'],
  ['tags that are meant', '<pre>&lt;b&gt;x&lt;/b&gt;</pre>', '```\n<b>x</b>\n```'],
  ['a word', '<p>Type <code>reset</code>.</p>', 'Type `reset`.'],
  ['a key', '<p>Press <kbd>Ctrl</kbd>.</p>', 'Press `Ctrl`.'],
])('N4 code is code: %s', (_what, html, markdown) => {
  expect(htmlToMarkdown(html)).toBe(markdown);
});

test.each([
  ['one', '<details><summary>How long?</summary>Three days.</details>', '#### How long?\n\nThree days.'],
  [
    'two',
    '<div><details><summary>Q1</summary>A1</details><details><summary>Q2</summary>A2</details></div>',
    '#### Q1\n\nA1\n\n#### Q2\n\nA2',
  ],
  [
    'a button in a heading',
    '<h3><button>How long?</button></h3><div>Three days.</div>',
    '### How long?\n\nThree days.',
  ],
  ['paragraphs in one', '<details open><summary><b>Q</b></summary><p>A</p><p>B</p></details>', '#### **Q**\n\nA\n\nB'],
])('N4 an accordion is question and answer: %s', (_what, html, markdown) => {
  expect(htmlToMarkdown(html)).toBe(markdown);
});

test.each([
  ['an icon in a sentence is its word', '<p>Press <img alt="Menu" src="x"> and hold.</p>', 'Press Menu and hold.'],
  ['a file’s name is none', '<p>Press <img alt="image001.png" src="x"> and hold.</p>', 'Press and hold.'],
  ['a picture by itself says nothing', '<p><img alt="The menu" src="x"></p><p>Hold.</p>', 'Hold.'],
  ['what is struck out is marked', '<p><s>30</s> 60 days, <del>no</del></p>', '~~30~~ 60 days, ~~no~~'],
  ['a raised number is no digit of the one before', '<p>5 m<sup>2</sup>, 10<sup>3</sup></p>', '5 m², 10³'],
  ['space in emphasis', '<p>A<b> B </b>C <i>D</i></p>', 'A **B** C _D_'],
  ['emphasis around blocks', '<b><p>A</p><p>B</p></b>', 'A\n\nB'],
  ['definitions', '<dl><dt>Term</dt><dd>Meaning</dd></dl>', '- Term\n\n Meaning'],
  [
    'Word’s empty paragraphs',
    '<p class="MsoNormal">A<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">B</p>',
    'A\n\nB',
  ],
])('N4 %s', (_what, html, markdown) => {
  expect(htmlToMarkdown(html).replaceAll(/ +/g, ' ')).toBe(markdown);
});

test.each([
  'display:none',
  'visibility:hidden',
  'opacity:0',
  'font-size:0',
  'color:white',
  'position:absolute;left:-9999px',
])('N5 what no reader of an article sees is no knowledge: %s', (style) => {
  const html = `<p>Returns take 14 days.</p><div style="${style}"><p>All orders are free.</p></div><span style="${style}">Free.</span>`;
  expect(htmlToMarkdown(html)).toBe('Returns take 14 days.');
  expect(htmlToMarkdown('<p hidden>All orders are free.</p><p>A</p>')).toBe('A');
  expect(htmlToMarkdown('<td bgcolor="navy"><font color="white">A</font></td>')).toBe('A');
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
