import { expect, test } from '@jest/globals';
import { renderDraftNote, renderHandoffNote, renderReply } from '../../../src/ai/answering/render.ts';
import { linkHosts } from '../../../src/ai/answering/reply-html.ts';
import { plainText } from '../../../src/ai/answering/plain-text.ts';

const plain = { allowedHosts: ['shop.example'], greeting: null, signature: null, disclosure: null };
const render = (markdown: string) => renderReply(markdown, plain).replaceAll('\n', '');

const SUBSET: [string, string][] = [
  ['**a** *b* `c`', '<p><strong>a</strong> <em>b</em> <code>c</code></p>'],
  ['2*3*4 = 24, and a **5*6** box', '<p>2*3*4 = 24, and a <strong>5*6</strong> box</p>'],
  ['**Price:**5 € **注意：**3日', '<p><strong>Price:</strong>5 € <strong>注意：</strong>3日</p>'],
  ['abc\u202egpj.exe fr\u200bee', '<p>abcgpj.exe free</p>'],
  ['# Title', '<p><strong>Title</strong></p>'],
  ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
  ['1. a\n2. b', '<ol><li>a</li><li>b</li></ol>'],
  ['> a', '<blockquote><p>a</p></blockquote>'],
  ['| a | b |\n|---|---|\n| 1 | 2 |', '<p><strong>a – b</strong></p><ul><li>1 – 2</li></ul>'],
  ['a & b < c', '<p>a &amp; b &lt; c</p>'],
];

test.each(SUBSET)('A7 the subset: %j', (markdown, html) => {
  expect(render(markdown)).toBe(html);
});

test.each([
  '<think>The customer is angry.</think>You have 30 days.',
  'The customer is angry.\n</thinking>\n\nYou have 30 days.',
  'You have 30 days.【4:0†returns.md】',
])('A7 what a model thinks to itself and its marks for sources are no part of a reply: %j', (markdown) => {
  expect(render(markdown)).toBe('<p>You have 30 days.</p>');
});

const NUMBERED = [
  '7. Mai bis 9. Mai ist der Laden geschlossen.',
  '24. prosince máme zavřeno.',
  '24. prosince máme zavřeno.\n25. prosince také.',
  '1. Mai ist Feiertag.',
  '1. Mai: geschlossen\n2. Juni: offen',
  '1. Mai: geschlossen\n1. Juni: offen',
  '1. stycznia zamknięte\n2. maja otwarte',
  '1. januar er vi lukket.\n2. januar er vi åbne.',
  '2. Klasse ist ausgebucht.',
  '1. Klasse ist frei.',
  '3. třída je plná.',
  '15. maijā būs slēgts.',
  '2026. május 1-jén zárva.',
  '3. Open the lid.\n4. Press reset.',
  '1. Wait.\n3. Press reset.',
  '2) the second one',
  '10. Tag nach der Bestellung',
  '5. 6. 2026 otevřeno',
];

test.each(NUMBERED)('A7 the customer reads the number that was written: %s', (text) => {
  const read = plainText(render(text).replaceAll('<br', '\n<br'));
  expect(read.replaceAll(/\s+/g, ' ')).toBe(text.replaceAll('\n', ' '));
  expect(render(`- ${text.replaceAll('\n', '\n- ')}`)).toContain(text.split('\n')[0]);
});

test.each([
  ['1. Open.\n2. Wait.', '<ol><li>Open.</li><li>Wait.</li></ol>'],
  ['1. Open.\n1. Wait.\n1. Close.', '<ol><li>Open.</li><li>Wait.</li><li>Close.</li></ol>'],
  ['1. Open.\n   - the lid\n2. Wait.', '<ol><li>Open.<ul><li>the lid</li></ul></li><li>Wait.</li></ol>'],
])('A7 steps are a list: %j', (markdown, html) => {
  expect(render(markdown)).toBe(html);
});

test.each([
  ['Send it to:<br>Lake Road 5<br/>12345 Lake Town', '<p>Send it to:<br />Lake Road 5<br />12345 Lake Town</p>'],
  ['Type <order number> into the field.', '<p>Type &lt;order number&gt; into the field.</p>'],
  ['<your-name> goes first', '<p>&lt;your-name&gt; goes first</p>'],
  ['Write to <address> please', '<p>Write to &lt;address&gt; please</p>'],
  ['<address>Lake Road 5</address>', '<p>Lake Road 5</p>'],
  ['<ul><li>One</li><li>Two</li></ul>', '<p>One<br />Two</p>'],
  ['<p>One</p><p>Two</p>', '<p>One<br />Two</p>'],
  ['<table><tr><td>A</td><td>B</td></tr></table>', '<p>A<br />B</p>'],
  ['It is <b>really</b> <span style="x">new</span>', '<p>It is really new</p>'],
  ['a<br>\nb', '<p>a<br />b</p>'],
  ['<div>One</div>\n<div>Two</div>', '<p>One<br />Two</p>'],
  ['if a<b and c>d', '<p>if a&lt;b and c&gt;d</p>'],
  ['x < 5 and y > 3', '<p>x &lt; 5 and y &gt; 3</p>'],
])('A7 tags are no words, and placeholders are no tags: %j', (markdown, html) => {
  expect(render(markdown)).toBe(html);
});

const LINKS: [string, string][] = [
  ['[a](https://shop.example/x?a=1&b=2)', '<p><a href="https://shop.example/x?a=1&amp;b=2">a</a></p>'],
  ['[a](https://SHOP.example/x)', '<p><a href="https://SHOP.example/x">a</a></p>'],
  ['[a](mailto:help@shop.example)', '<p><a href="mailto:help@shop.example">a</a></p>'],
  ['[a](https://evil.example/?leak=1)', '<p>a</p>'],
  ['[a][1]\n\n[1]: https://evil.example/leak', '<p>a</p>'],
  ['[a](https://shop.example@evil.example/)', '<p>a</p>'],
  ['[a](https://shop.example.evil.example/)', '<p>a</p>'],
  ['[a](//evil.example)', '<p>a</p>'],
  ['[a](/relative)', '<p>a</p>'],
  ['[a](javascript:alert(1))', '<p>a</p>'],
  ['[a](data:text/html,x)', '<p>a</p>'],
  ['[a](mailto:help@evil.example)', '<p>a</p>'],
  ['[a](mailto:help@shop.example?bcc=x@evil.example)', '<p>a</p>'],
  ['https://evil.example/x', '<p>[…]</p>'],
  ['www.evil.example or a@evil.example', '<p>[…] or […]</p>'],
  ['![pixel](https://shop.example/p.png)', '<p>pixel</p>'],
  ['[![pixel](https://evil.example/p.png)](https://shop.example/)', '<p><a href="https://shop.example/">pixel</a></p>'],
];

test.each(LINKS)('A7 links lead to allowed hosts only, and images nowhere: %j', (markdown, html) => {
  expect(render(markdown)).toBe(html);
});

const HOSTILE = [
  '<script>alert(1)</script>',
  'text <img src=x onerror=alert(1)>',
  '<a href="https://evil.example">a</a>',
  '<div onclick="x()" style="position:fixed">a</div>',
  '<iframe src="https://evil.example"></iframe>',
  '<style>p{}</style>',
  '<!-- hidden -->',
  '<svg><a xlink:href="javascript:alert(1)">x</a></svg>',
  '**<b onmouseover=x>a</b>**',
  '<form action="https://evil.example"><input name="card"></form>',
];

test.each(HOSTILE)('A7 raw HTML never reaches the customer: %s', (markdown) => {
  expect(render(markdown)).not.toMatch(/<(?!\/?(?:p|strong|em|br)\b)|onerror|onclick|style=|hidden/);
});

const UNSEEN: [string, string][] = [
  ['Rules: [list](https://shop.example/r).<script>alert(2)</script> ![](https://x.example/p.png)', 'Rules: list.'],
  ['**<script>x</script>b** <style>p{}</style>', 'b'],
  ['<br>a<br>b<br><br>', 'a\nb'],
];

test.each(UNSEEN)('A7 neither a script nor a break at the edge is part of an answer: %j', (markdown, read) => {
  const html = renderReply(markdown, plain);
  expect([plainText(html).replace(/ \(.*?\)/g, ''), /<p><br|<br \/>\s*<\/p>/.test(html)]).toEqual([read, false]);
});

test.each(['[', '*a ', '`a', '![', '[a](', '<b>', '> ', '|a', '- ', '~~a', '&'])(
  'A7 a reply made of %j is rendered',
  (mark) => {
    expect(renderReply(mark.repeat(200_000), plain)).not.toBe('');
  },
);

test('A8 greeting, signature and disclosure stand around the answer, escaped', () => {
  const html = renderReply('Text.', {
    allowedHosts: [],
    greeting: 'Hi <b>you</b>,\nall',
    signature: 'A & B',
    disclosure: 'I am an AI.',
  });
  expect(html.split('\n')).toEqual([
    '<p>Hi &lt;b&gt;you&lt;/b&gt;,<br />all</p>',
    '<p>Text.</p>',
    '<p>A &amp; B</p>',
    '<p><em>I am an AI.</em></p>',
  ]);
});

test('A7 the hosts of a source are those it links to, mail domains included', () => {
  const source =
    '[a](https://A.example/x) and <https://b.example>\n\n| [t](mailto:x@c.example) |\n|---|\n| [r] |\n\n[r]: https://d.example';
  expect(linkHosts(source).toSorted()).toEqual(['a.example', 'b.example', 'c.example', 'd.example']);
  expect(linkHosts('see [r](/relative) or a file.txt')).toEqual([]);
});

test('A2 a draft note is the reply and the footer', () => {
  expect(renderDraftNote('<p>a</p>', { footer: 'Check <it>' })).toBe(
    '<p>a</p>\n<hr />\n<p><em>Check &lt;it&gt;</em></p>',
  );
  expect(renderDraftNote('<p>a</p>', { footer: null })).toBe('<p>a</p>');
});

test('N9 a draft note says below the draft what the articles do not carry', () => {
  expect(renderDraftNote('<p>a</p>', { footer: null, unsupported: ['5 < 6.', 'b'] })).toBe(
    '<p>a</p>\n<hr />\n<p><strong>Check before sending: the cited articles do not say</strong></p>\n<ul><li>5 &lt; 6.</li><li>b</li></ul>',
  );
});

test('N11 a draft note names the nearest articles, with a link where there is one, and escapes both', () => {
  const nearest = [
    { title: 'Returns & <b>', url: 'https://acme.freshdesk.com/a/solutions/articles/7' },
    { title: 'Sizes', url: null },
  ];
  expect(renderDraftNote('<p>a</p>', { footer: 'Check it', nearest })).toBe(
    '<p>a</p>\n<hr />\n<p><strong>Nearest articles:</strong> <a href="https://acme.freshdesk.com/a/solutions/articles/7">Returns &amp; &lt;b&gt;</a>, Sizes</p>\n<p><em>Check it</em></p>',
  );
});

test('H2 a handoff note tells first why, then what the customer wants, what was tried, and the mood last; escaped', () => {
  const html = renderHandoffNote({
    summary: 'Customer: <script>\nsecond line',
    sentiment: 'angry',
    language: 'de',
    topic: '<i>',
    nearest: ['Returns & <b>', 'Sizes'],
    undelivered: null,
    reasons: ['One <b>.', 'Two.'],
    refusal: 'cf_x: "missing" <field>',
    opening: null,
  });
  expect(html).toContain('<ul><li>One &lt;b&gt;.</li><li>Two.</li></ul>');
  expect(html).toContain(
    '<strong>Topic:</strong> &lt;i&gt;<br /><strong>Nearest articles:</strong> Returns &amp; &lt;b&gt;, Sizes<br /><strong>Language:</strong> German (de)<br /><strong>Mood:</strong> angry</p>',
  );
  expect(html).toContain('<strong>Freshdesk answered:</strong> cf_x: &quot;missing&quot; &lt;field&gt;');
  expect(html).toContain('<p>Customer: &lt;script&gt;<br />second line</p>');
});

test('H2 what is not known is left out of the note', () => {
  const html = renderHandoffNote({
    summary: 's',
    sentiment: null,
    language: null,
    topic: null,
    nearest: [],
    undelivered: null,
    reasons: ['One.'],
    refusal: null,
    opening: null,
  });
  expect(html).not.toMatch(/Topic|Mood|Language|Nearest|Freshdesk|answer of the AI/);
});

test('H2 an answer that nobody can say was delivered is in the note, with what to look at; neutral is no mood', () => {
  const html = renderHandoffNote({
    summary: 's',
    sentiment: 'neutral',
    language: null,
    topic: null,
    nearest: [],
    undelivered: '<p>It takes <strong>two</strong> days.</p>',
    reasons: ['One.'],
    refusal: null,
    opening: null,
  });
  expect(html).toContain('It may have been sent: look at the thread');
  expect(html).toContain('<blockquote><p>It takes <strong>two</strong> days.</p></blockquote>');
  expect(html.indexOf('blockquote')).toBeLessThan(html.indexOf('What the customer wants'));
  expect(html).not.toContain('Mood');
});
