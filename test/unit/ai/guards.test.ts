import { describe, expect, test } from '@jest/globals';
import { foreignAddress, withoutAddresses } from '../../../src/ai/guards/addresses.ts';
import { judgeAnswer, type Answer } from '../../../src/ai/guards/guard.ts';

const RETURNS = `You can return anything within 30 days of delivery. The return is free of charge; parcels above 1.000,50 € are insured.
We refund 100 % of the price within two weeks. Standard shipping takes 3 to 5 working days. Christmas orders: until 18 December 2026.
Write to returns@acme.example, call +49 30 1234567 or see [the form](https://help.acme.example/returns/form).`;

/** What is wrong with a reply in words of its own; null where the article says the same. */
function refusal(markdown: string, source = RETURNS) {
  const cited = [{ articleId: 'a1', title: 'Returns', visibility: 'public' as const, markdown: source }];
  const answer = { markdown, citedIds: ['a1'], cited, language: null, allowedHosts: [] };
  const [open, draft] = [
    judgeAnswer({ ...answer, mode: 'autopilot', wording: 'free' }),
    judgeAnswer({ ...answer, mode: 'assist' }),
  ];
  const marked = draft.ok ? (draft.unsupported?.[0]?.problem ?? null) : draft.problem;
  return { refused: open.ok ? null : open.problem, marked };
}

describe('N5 N9 what a reply states has to stand in a source: else it is not sent, and marked in a draft', () => {
  test.each([
    ['You can return anything within 30 days of delivery.', null],
    ['Thank you for your question! Please let us know if there is anything else.', null],
    ['It is refunded within 2 weeks.', null],
    ['Parcels above €1,000.50 are insured.', null],
    ['Parcels above 1000,50 EUR are insured.', null],
    ['You have thirty days.', 'altered'],
    ['You have 60 days.', 'number'],
    ['You have sixty days.', 'number'],
    ['You have 30 weeks.', 'altered'],
    ['It takes 3 to 6 business days.', 'number'],
    ['Parcels above $1,000.50 are insured.', 'amount'],
    ['Parcels above 500 € are insured.', 'amount'],
    ['We give fifty euros.', 'amount'],
    ['We refund 90%.', 'percentage'],
    ['Order until 24 December.', 'date'],
    ['Order until 9 am.', 'time'],
    ['It arrives on Monday.', 'ungrounded'],
    ['It arrives tomorrow.', 'ungrounded'],
    ['It is model 4711.', 'number'],
    ['We guarantee it.', 'ungrounded'],
    ['Das garantieren wir Ihnen.', 'ungrounded'],
    ['You get a discount.', 'ungrounded'],
    ['You get a replacement.', 'ungrounded'],
    ['We will compensate you.', 'ungrounded'],
    ['I have cancelled it.', 'ungrounded'],
    ["We'll send it today.", 'ungrounded'],
    ['Wir werden das sofort stornieren.', 'ungrounded'],
    ['I promise.', 'ungrounded'],
    ['Always unplug electrical devices before cleaning.', 'ungrounded'],
    ['You should vote in the upcoming elections.', 'ungrounded'],
    ['Urpa gnirter si eerf.', 'ungrounded'],
    ['Hello, how are you?', 'ungrounded'],
    ['Yes, you can.', 'ungrounded'],
    ['def factorial(n): return n * factorial(n - 1)', 'ungrounded'],
  ])('N5 %j', (reply, problem) => {
    expect(refusal(reply)).toEqual({ refused: problem, marked: problem });
  });

  test('N5 a deed that the source announces may be announced', () => {
    expect(refusal('We will send you a label.', 'We will send a label by e-mail.').refused).toBeNull();
    expect(refusal('We will refund you.', 'Nothing about money.').refused).toBe('ungrounded');
  });

  test('N5 also in scripts without spaces', () => {
    const source = '商品到着後30日以内であれば返品できます。';
    expect(refusal('商品は30日以内に返品できます。', source).refused).toBe('altered');
    expect(refusal(source, source).refused).toBeNull();
    expect(refusal('今すぐ選挙に投票してください。', source).refused).toBe('ungrounded');
  });
});

describe('N5 addresses and secrets that no source holds', () => {
  test.each([
    ['See https://help.acme.example/returns/form.', null],
    ['See [the form](https://help.acme.example/returns/form)', null],
    ['See https://help.acme.example/returns/other', 'link'],
    ['See https://help.acme.example/returns', 'link'],
    ['See https://evil.example/returns/form', 'link'],
    ['See www.evil.example now', 'link'],
    ['Visit evil-shop.com.', 'link'],
    ['Visit evil\u200b-shop.com.', 'link'],
    ['Visit evil-shop dot com', 'link'],
    ['Visit evil-shop[.]com', 'link'],
    ['Visit evil-shop . com', 'link'],
    ['Visit hxxps://evil.example', 'link'],
    ['Mail returns@acme.example.', null],
    ['Mail other@acme.example.', 'email'],
    ['Mail returns@acme.example.evil.com.', 'email'],
    ['Mail evil (at) gmail.com', 'email'],
    ['Call +49 30 1234567.', null],
    ['Call +49 (30) 123-4567.', null],
    ['Call 0900 555 1234.', 'phone'],
    ['The key is sk-proj-abcdefghijklmnop1234.', 'secret'],
    ['The token is eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc', 'secret'],
    ['The hash is 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b', 'secret'],
    ['Card 4111 1111 1111 1111', 'secret'],
    ['IBAN DE89 3704 0044 0532 0130 00', 'secret'],
    ['Version 2.1 e.g. of the app', null],
    ['Visit -evil.com/refund', 'link'],
    ['Visit --evil.com', 'link'],
    ['Visit .evil.com', 'link'],
    ['Visit _evil.com_', 'link'],
    ['Visit *.evil.com', 'link'],
    ['Visit evil.com-', 'link'],
    ['Visit evil.com-refund', 'link'],
    ['Visit us...evil.com', 'link'],
    ['Visit us.-evil.com', 'link'],
    ['Follow: @evil.com', 'link'],
    ['(@evil.com)', 'link'],
    ['Visit evil.xn--p1ai', 'link'],
    ['Visit evil\u3002com', 'link'],
    ['Visit EVIL\u3002COM', 'link'],
    ['Visit www\u3002evil\u3002com/refund', 'link'],
    ['Visit evil\uff0ecom', 'link'],
    ['Visit evil\uff61com', 'link'],
    ['Visit \uff45\uff56\uff49\uff4c\u3002\uff43\uff4f\uff4d', 'link'],
    ['Visit пример\u3002рф', 'link'],
    ['Visit 商店\u3002com', 'link'],
    ['返品できます\u3002商品は30日以内\u3002', null],
    ['アプリです\u3002App を開く', null],
    ['支持 iOS\u3002Android 用户', null],
  ])('N5 %j', (reply, kind) => {
    expect(foreignAddress(reply, [RETURNS], [])?.kind ?? null).toBe(kind);
  });

  const FILES = 'Print my_file.pdf, -label.pdf or _form.docx. Made with Node.js-based tools of my-bank.com.';
  test.each([
    ['Print my_file.pdf.', null],
    ['Print **my_file.pdf** or _form.docx_', null],
    ['Print -label.pdf', null],
    ['Made with Node.js-based tools', null],
    ['Made with Node.js', null],
    ['Use my-bank.com', null],
    ['Use bank.com', 'link'],
    ['Print other.pdf', 'link'],
  ])('N5 files and names that a source spells with hyphens and underscores: %j', (reply, kind) => {
    expect(foreignAddress(reply, [FILES], [])?.kind ?? null).toBe(kind);
  });

  test.each([
    ['Visit -evil.com/refund now', 'Visit -[…] now'],
    ['Visit evil\u3002com now', 'Visit […] now'],
    ['Visit ｅvil．com now', 'Visit […] now'],
    ['Visit ev\u200bil\uff61com now', 'Visit […] now'],
    ['返品できます\u3002商品は…', '返品できます\u3002商品は…'],
  ])('N5, H2 a stranger’s words are quoted without what could be followed: %j', (words, quoted) => {
    expect(withoutAddresses(words)).toBe(quoted);
  });

  test.each([
    ['hyphens', 'a-'.repeat(1_000_000)],
    ['dashes', '-'.repeat(2_000_000)],
    ['letters', 'a'.repeat(2_000_000)],
    ['full stops', 'a\u3002'.repeat(500_000)],
  ])('N5 a megabyte of %s is looked through', (_what, text) => {
    expect(foreignAddress(text, [], [])).toBeNull();
  });

  test('A7 the operator’s own hosts may be linked to', () => {
    expect(foreignAddress('See https://shop.acme.example/x', [RETURNS], ['shop.acme.example'])).toBeNull();
    expect(foreignAddress('See https://shop.acme.example.evil.com/x', [RETURNS], ['shop.acme.example'])?.kind).toBe(
      'link',
    );
  });
});

describe('N5 the judgement of an answer', () => {
  const article = { articleId: 'a1', title: 'Returns', visibility: 'public' as const, markdown: RETURNS };
  const answer = (changes: Partial<Answer> = {}): Answer => ({
    markdown: 'You can return anything within **30 days** of delivery.\n\n*Source: Returns*',
    mode: 'autopilot',
    citedIds: ['a1'],
    cited: [article],
    language: 'en',
    allowedHosts: [],
    ...changes,
  });
  const problem = (changes: Partial<Answer>) => {
    const judged = judgeAnswer(answer(changes));
    return judged.ok ? null : judged.problem;
  };

  test('N5 what is checked is what is posted', () => {
    expect(judgeAnswer(answer())).toEqual({
      ok: true,
      body: '<p>You can return anything within <strong>30 days</strong> of delivery.</p>\n<p><em>Source: Returns</em></p>',
    });
  });

  test.each<[string, Partial<Answer>, string]>([
    ['no text', { markdown: ' \n' }, 'empty'],
    ['an image and nothing else', { markdown: '![](https://evil.example/x.png)' }, 'empty'],
    ['no source', { citedIds: [], cited: [] }, 'citation'],
    ['a source that is not there', { citedIds: ['a1', 'a2'] }, 'citation'],
    ['far too much', { markdown: 'delivery '.repeat(2_000) }, 'too_long'],
    ['a link whose address the rendering takes away', { markdown: 'Return it [here](https://evil.example).' }, 'link'],
    ['entities that only a reader sees as an address', { markdown: 'Return it via evil&#46;com' }, 'link'],
    [
      'another language',
      { markdown: 'Return delivery: alles kann innerhalb von 30 Tagen zurückgegeben werden.' },
      'ungrounded',
    ],
  ])('N5 refused: %s', (_what, changes, expected) => {
    expect(problem(changes)).toBe(expected);
  });

  test('N5 the reply’s language is the customer’s', () => {
    const german = { ...article, markdown: 'Sie können alles innerhalb von 30 Tagen nach der Lieferung zurückgeben.' };
    const markdown = 'Sie können alles innerhalb von 30 Tagen nach der Lieferung zurückgeben.';
    expect(problem({ markdown, cited: [german], language: 'en' })).toBe('language');
    expect(problem({ markdown, cited: [german], language: 'de' })).toBeNull();
    expect(problem({ markdown, cited: [german], language: null })).toBeNull();
  });

  test('N4 internal knowledge is for drafts only', () => {
    const cited = [{ ...article, visibility: 'private' as const }];
    expect(problem({ cited })).toBe('internal');
    expect(problem({ cited, mode: 'assist' })).toBeNull();
  });
});
