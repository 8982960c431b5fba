import { expect, test } from '@jest/globals';
import { cleanText, isForwarded, sanitizeForDisplay } from '../../../src/ai/reading/clean.ts';
import { isDevice } from '../../../src/ai/reading/signature.ts';

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
  [
    'an answer between the parts of a Gmail quote',
    '<div>See my answers.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, 3 Nov 2026, Shop wrote:<br></div>' +
      '<blockquote class="gmail_quote">Which size?</blockquote><div>Size M.</div><blockquote class="gmail_quote">Colour?</blockquote><div>Red.</div></div>',
    'See my answers.\nSize M.\nRed.',
  ],
  [
    'an answer below the quote of Apple Mail',
    '<div>On 3 Nov 2026, at 10:00, Shop &lt;a@b.co&gt; wrote:</div><blockquote type="cite">Which size?</blockquote><div>Size M.</div>',
    'Size M.',
  ],
  [
    'an answer in the quote that the mail points to',
    '<p>My answers are below in red.</p><p>From: Shop<br>Sent: today<br>To: A</p><p>Which size?</p><p>Size M.</p>',
    'My answers are below in red.\n\nFrom: Shop\nSent: today\nTo: A\n\nWhich size?\n\nSize M.',
  ],
  [
    'a greeting alone, with the message in what looks like a quote',
    '<p>Hello,</p><p>&gt; My order 17 is missing.</p>',
    'Hello,\n\n> My order 17 is missing.',
  ],
  [
    'a quote of something else',
    '<p>It says</p><blockquote>Payment declined</blockquote><p>Why?</p>',
    'It says\n\nPayment declined\n\nWhy?',
  ],
  [
    'an unmarked quote below its head',
    '<p>New</p><p>3.11.2026, 10:00, "Shop" &lt;a@b.co&gt;:</p><blockquote>old<br>older</blockquote><p>and this</p>',
    'New\n\nand this',
  ],
  [
    'an unmarked quote without blockquote',
    '<p>New</p><p>On 3 Nov 2026, Shop &lt;a@b.co&gt; wrote:</p><p>old</p>',
    'New',
  ],
  [
    'Outlook in a language we do not know',
    '<p>New</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">Nga: A<br>Dërguar: sot</div><p>old</p>',
    'New',
  ],
  ['a line that looks like the head of a design', '<div id="appendonsend"></div><p>New</p>', 'New'],
  ['a rule above the head', '<div>New<hr><b>From: </b>a@b.co<br><b>Sent: </b>today<br>old</div>', 'New'],
  [
    'a head in several lines',
    '<p>New<br>On 3 Nov 2026,<br>at 10:00, Shop<br>&lt;a@b.co&gt; wrote:<br>&gt; old</p>',
    'New',
  ],
  [
    'French',
    '<p>Oui, la bleue<br>Le 3 nov. 2026 à 10:00, Boutique &lt;a@b.co&gt; a écrit :<br>ancien</p>',
    'Oui, la bleue',
  ],
  ['Spanish', '<p>Sí<br>El 3 nov 2026, Tienda &lt;a@b.co&gt; escribió:<br>&gt; viejo</p>', 'Sí'],
  ['Portuguese', '<p>Sim<br>Em 3 de nov. de 2026, Loja &lt;a@b.co&gt; escreveu:<br>&gt; velho</p>', 'Sim'],
  ['Italian', '<p>Sì<br>Il giorno 3 nov 2026, Negozio &lt;a@b.co&gt; ha scritto:<br>&gt; vecchio</p>', 'Sì'],
  ['Dutch', '<p>Ja<br>Op 3 nov. 2026 schreef Winkel &lt;a@b.co&gt;:<br>&gt; oud</p>', 'Ja'],
  ['Polish', '<p>Tak<br>W dniu 3.11.2026 o 10:00, Sklep pisze:<br>&gt; stare</p>', 'Tak'],
  ['Russian', '<p>Да<br>пн, 3 нояб. 2026 г. в 10:00, Магазин &lt;a@b.co&gt;:<br>&gt; старое</p>', 'Да'],
  ['Chinese', '<p>好的<br>在 2026年11月3日，商店 写道：<br>&gt; 旧</p>', '好的'],
  [
    'a customer who quotes themselves',
    '<p>Hello<br>On 3 November I wrote:<br>my order 17 is missing.</p>',
    'Hello\nOn 3 November I wrote:\nmy order 17 is missing.',
  ],
  [
    'a Dutch sentence that a parser takes for a head',
    '<p>Op 3 november schreef ik al dat het stuk is.<br>Graag antwoord op deze vragen:<br>wanneer komt het?</p>',
    'Op 3 november schreef ik al dat het stuk is.\nGraag antwoord op deze vragen:\nwanneer komt het?',
  ],
  ['a head with another verb', '<p>New</p><p>On 3 Nov 2026 at 10:00, Shop &lt;a@b.co&gt; sent:<br>old</p>', 'New'],
  [
    'a quoted line broken in two',
    `<p>New<br>On 3 Nov 2026, Shop &lt;a@b.co&gt; wrote:<br>&gt; ${'old '.repeat(16)}<br>and its end<br></p>`,
    'New',
  ],
  ['a sign-off and a name', '<p>New</p><p>Best regards,<br>Anna Smith<br>Acme Ltd</p>', 'New'],
  ['a sign-off in German', '<p>Neu</p><p>Mit freundlichen Grüßen<br>Anna Weber</p>', 'Neu'],
  ['a name with its addresses', '<p>New</p><p>Anna Smith<br>anna@b.co<br>+44 20 7946 0000</p>', 'New'],
  [
    'an address that is the message',
    '<p>Send it to my new address:</p><p>Anna Smith<br>anna@b.co<br>+44 20 7946 0000</p>',
    'Send it to my new address:\n\nAnna Smith\nanna@b.co\n+44 20 7946 0000',
  ],
  [
    'a question below the sign-off',
    '<p>New</p><p>Regards,<br>Anna</p><p>PS: and where is my invoice?</p>',
    'New\n\nRegards,\nAnna\n\nPS: and where is my invoice?',
  ],
  [
    'a rule between two parts of a message',
    '<p>First</p><p>-----</p><p>The second part is a whole sentence here.</p>',
    'First\n\n-----\n\nThe second part is a whole sentence here.',
  ],
  [
    'what is sent from somewhere, in a sentence',
    '<p>Sent from my old address, it never arrived.</p><p>Sent from my Pixel</p>',
    'Sent from my old address, it never arrived.',
  ],
  [
    'a question below the phone’s line',
    '<p>New</p><p>Sent from my iPhone</p><p>And where is my invoice?</p>',
    'New\n\nAnd where is my invoice?',
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
  expect(isForwarded({ subject: 'order', text: 'Begin forwarded message:\n\nFrom: A' })).toBe(true);
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
  'quoted lines': '&gt; old<br>'.repeat(150_000),
  'heads of quotes': 'On Mon, 3 Nov, a, wrote b, On c<br>'.repeat(60_000),
  'Dutch heads': 'Op a schreef b<br>'.repeat(110_000),
  'Danish verbs': `${'abc. a<br>'.repeat(12)}${' skrev '.repeat(30)}<br>`.repeat(20),
  'sign-offs': 'Best regards,<br>Anna<br><br>'.repeat(70_000),
  capitals: 'AAAAAAAAAA'.repeat(200_000),
  exclamation: `Regards${'! '.repeat(900_000)}x`,
  'mail heads': 'From: x<br>'.repeat(180_000),
  underscores: '_'.repeat(2_000_000),
  'links that never end': '&lt;http:'.repeat(220_000),
  'links in brackets': '(https:'.repeat(280_000),
};

test.each(Object.entries(MEGABYTES))('I5 two megabytes of %s are cleaned', (_what, html) => {
  expect(cleanText(html).length).toBeLessThanOrEqual(50_000);
  sanitizeForDisplay(html);
});

test('I5 a line of links that never end is no phone’s line, however long it is', () => {
  for (const link of ['<http:', '(https:'])
    expect(isDevice(`Sent from my iPhone ${link.repeat(1_000_000)}`)).toBe(false);
  expect(isDevice('Get Outlook for iOS<https://aka.ms/o0ukef>')).toBe(true);
  expect(isDevice('Sent from Mail (https://go.example/fwlink?a=1) for Windows')).toBe(true);
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
