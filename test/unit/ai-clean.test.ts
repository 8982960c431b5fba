import { expect, test } from '@jest/globals';
import { cleanText, isForwarded, sanitizeForDisplay } from '../../src/ai/clean.ts';

const QUOTED: [string, string, string][] = [
  [
    'Gmail',
    '<div>New</div><div class="gmail_quote"><div>On Mon, X wrote:</div><blockquote>old</blockquote></div>',
    'New',
  ],
  ['Apple Mail', '<p>New</p><blockquote type="cite">old</blockquote>', 'New'],
  [
    'Freshdesk',
    '<div>New</div><div class="freshdesk_quote"><blockquote class="freshdesk_quote">old</blockquote></div>',
    'New',
  ],
  ['Yahoo', '<p>New</p><div class="yahoo_quoted">old</div>', 'New'],
  [
    'Outlook',
    '<p>New</p><hr><div id="divRplyFwdMsg"><b>From:</b> a@b.co<br><b>Sent:</b> today<br></div><div>old</div>',
    'New',
  ],
  ['Outlook in German', '<p>New</p><p>Von: A<br>Gesendet: heute<br>An: B</p><p>old</p>', 'New'],
  ['text', '<p>New</p><p>-----Original Message-----</p><p>old</p>', 'New'],
  [
    'text with quote marks',
    '<p>New</p><p>Am 3. Nov. 2026 um 10:00 schrieb Shop &lt;a@b.co&gt;:</p><p>&gt; old</p>',
    'New',
  ],
  ['answers between', '<p>On Mon, 3 Nov 2026, Shop wrote:</p><p>&gt; Which size?</p><p>Size M.</p>', 'Size M.'],
  ['signature', '<div>New</div><div class="gmail_signature">Anna<br>Phone 1</div>', 'New'],
  ['signature mark', '<p>New<br>-- <br>Anna</p>', 'New'],
  ['device line', '<p>New</p><p>Sent from my iPhone</p>', 'New'],
  ['nothing but a quote', '<div class="gmail_quote">Please read this</div>', 'Please read this'],
  [
    'a route, not a mail head',
    '<p>From: Berlin<br>To: Munich<br>What does shipping cost?</p>',
    'From: Berlin\nTo: Munich\nWhat does shipping cost?',
  ],
  ['a list', '<ul><li>a</li><li>b</li></ul>', '* a\n* b'],
  ['a link', '<p>see <a href="https://x.example/y">this</a></p>', 'see this'],
  ['invisible characters', '<p>re\u200bfund\u00ad</p><p>\ufeff</p>', 'refund'],
  ['an image alone', '<img src="https://x.example/p.png">', ''],
  ['nothing', '', ''],
];

test.each(QUOTED)('I5 clean text, %s', (_what, html, text) => {
  expect(cleanText(html)).toBe(text);
});

test('I5 a forwarded first mail keeps its quote', () => {
  const html =
    '<div>FYI</div><div class="gmail_quote"><p>---------- Forwarded message ---------</p><p>Where is my order?</p></div>';
  expect(cleanText(html, { keepQuote: true })).toContain('Where is my order?');
  expect(isForwarded({ subject: 'Fwd: order', text: '' })).toBe(true);
  expect(isForwarded({ subject: 'order', text: cleanText(html, { keepQuote: true }) })).toBe(true);
  expect(isForwarded({ subject: 'Forwarding address', text: 'Where is it?' })).toBe(false);
});

const MEGABYTES: Record<string, string> = {
  'nested blocks': '<div>'.repeat(400_000),
  'nested lists': '<ul><li>'.repeat(250_000),
  'nested tables': '<table>'.repeat(290_000),
  'nested quotes': '<blockquote type="cite">'.repeat(84_000),
  paragraphs: '<p>hello world. </p>'.repeat(105_000),
  'an open attribute': `<a href="${'x'.repeat(2_000_000)}`,
  'open tags': '<'.repeat(2_000_000),
  'one word': 'a'.repeat(2_000_000),
  'quote marks': '&gt; '.repeat(400_000),
  'mail heads': 'From: x<br>'.repeat(180_000),
  underscores: '_'.repeat(2_000_000),
};

test.each(Object.entries(MEGABYTES))('I5 two megabytes of %s are cleaned at once', (_what, html) => {
  const before = performance.now();
  expect(cleanText(html).length).toBeLessThanOrEqual(50_000);
  sanitizeForDisplay(html);
  expect(performance.now() - before).toBeLessThan(3_000);
});

test('I5 what is shown has no script, style, form, event or remote image', () => {
  const html = sanitizeForDisplay(
    '<p onclick="x()" style="color:red">a<script>alert(1)</script><img src="https://evil.example/p.png" alt="a <b>"><img src="x">' +
      '<a href="javascript:alert(1)">b</a><a href="https://ok.example/">c</a><style>p{}</style><iframe src="x"></iframe></p><form><input value="y"></form>',
  );
  expect(html).toContain('<p>a<span>[image: a &lt;b&gt;]</span><span>[image]</span>');
  expect(html).toContain('<a href="https://ok.example/" rel="noopener noreferrer nofollow">c</a>');
  expect(html).not.toMatch(/script|onclick|style|<img|javascript|iframe|<form|<input|evil/);
});
