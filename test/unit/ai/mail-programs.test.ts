import { expect, test } from '@jest/globals';
import { cleanText } from '../../../src/ai/reading/clean.ts';

/** A text mail as Freshdesk shows it. */
function shown(text: string): string {
  return `<div>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>\n')}</div>`;
}

test.each(['Hi, please cancel it.', 'Hej, paketet har inte kommit.', 'Hallo, bitte stornieren.', 'Hola, no funciona'])(
  'I5 a greeting and a request in one line are a message: %s',
  (text) => {
    expect(cleanText(`<div>${text}</div><blockquote type="cite">Shall we ship order 88?</blockquote>`)).toBe(text);
  },
);

test.each([
  'hello support team',
  'Good morning Mr Smith',
  'Dobrý den, paní Nováková,',
  'Hallo zusammen!',
  'See below.',
  'Hallo, siehe unten',
  'Voir ci-dessous.\nCordialement',
  'Se svar nedan i rött',
  'Hi, please see red text',
  'zie onder',
])('N10 "%s" sends its reader into the quote', (text) => {
  const quote = '<blockquote type="cite"><p>Which one?</p><p>order 88</p></blockquote>';
  expect(cleanText(`${shown(text)}${quote}`)).toContain('order 88');
});

test.each([
  'You received a new voicemail from +49 151 2345678.',
  "New message from your store's contact form:",
  'Neue Anfrage über das Kontaktformular',
  'Vous avez reçu un nouveau message',
])('N10 what a form or a machine passes on is the message: %s', (above) => {
  const head = 'From: Kim Lee <kim@client.example>\nSent: 3 Nov 2026 10:12\nTo: care@shop.example\nSubject: Lamp';
  expect(cleanText(shown(`${above}\n\n${head}\n\nWhere is my lamp?`))).toContain('Where is my lamp?');
});

const HEADS = [
  'Från: Care <care@shop.example>\nSkickat: den 3 november 2026 10:12\nTill: Kim\nÄmne: Order',
  'Frá: Care <care@shop.example>\nSent: þriðjudagur, 3. nóvember 2026 10:12\nTil: Kim\nEfni: Order',
  'Dari: Care <care@shop.example>\nTerkirim: Selasa, 3 November 2026 10:12\nKepada: Kim\nPerihal: Order',
  'จาก: Care <care@shop.example>\nส่ง: วันอังคารที่ 3 พฤศจิกายน 2026 10:12\nถึง: Kim\nเรื่อง: Order',
  'प्रेषक: Care <care@shop.example>\nभेजा गया: मंगलवार, 3 नवंबर 2026 10:12\nप्रति: Kim\nविषय: Order',
  'از: Care <care@shop.example>\nارسال شده: سه‌شنبه, نوامبر 3, 2026 10:12\nبه: Kim\nموضوع: Order',
  '---------- Původní e-mail ----------\nOd: Care <care@shop.example>\nKomu: Kim\nDatum: 3. 11. 2026 10:12:05\nPředmět: Order',
  '--- Original-Nachricht ---\nVon: Care\nBetreff: Order\nDatum: 3. November 2026, 10:12\nAn: Kim',
  '---------[ 받은 메일 내용 ]----------\n제목: Order\n날짜: 2026년 11월 3일, 10:12\n보낸이: Care <care@shop.example>',
  '>>> Care <care@shop.example> 11/3/2026 10:12 AM >>>',
];

test.each(HEADS)('I5 a head of one more program begins the history: %s', (head) => {
  expect(cleanText(shown(`Tuesday is fine.\n\n${head}\n\nWhich day?\nCare`))).toBe('Tuesday is fine.');
});

test.each([
  'Care wrote on 03/11/2026 10:12:',
  'At 10:12 AM 11/3/2026, you wrote:',
  'Zitat von Care <care@shop.example>:',
])('I5 a head without an address stands above a quote: %s', (head) => {
  expect(cleanText(shown(`Tuesday is fine.\n\n${head}\n> Which day?`))).toBe('Tuesday is fine.');
  expect(cleanText(shown(`Tuesday is fine.\n\nThe courier wrote:\n> nobody at home`))).toContain('nobody at home');
});

test('N10 four lines of the customer’s own with labels are no head', () => {
  const text = 'I ordered these.\n\nLamp: KX-55\nCable: 3 m\nDelivery: 3.11.2026 10:12\nPrice: 9,90';
  expect(cleanText(shown(text))).toBe(text);
});

test.each([
  'Hent Outlook til iOS',
  'Hanki Outlook for Android',
  'Pobierz program Outlook dla systemu iOS',
  'Скачать Outlook для iOS',
  'Outlook for iOS を入手',
])('I5 the line of a phone in one more language goes: %s', (line) => {
  expect(cleanText(shown(`Where is order 88?\n\n${line}`))).toBe('Where is order 88?');
  expect(cleanText(shown('Where is it?\n\nDownload Outlook does not work on Windows, why?'))).toContain(
    'does not work',
  );
});

test.each([
  'Ystävällisin terveisin,\nMatti Virtanen\nPuh. 040 1234567',
  'Med venlig hilsen\nMette Holm\nTlf. 20 12 34 56',
  'Saygılarımla,\nAyşe Yılmaz\nGSM: 0532 123 45 67',
  '━━━━━━━━━━━━━━━\n山田 太郎\n株式会社サンプル\nTEL: 03-1234-5678\nE-mail: taro@client.example\n━━━━━━━━━━━━━━━',
])('I5 a signature of one more country goes: %s', (signature) => {
  expect(cleanText(shown(`Where is order 88?\n\n${signature}`))).toBe('Where is order 88?');
});

test('I5 what a signed mail carries around its text is not read, a key that is meant is', () => {
  const begin = '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n';
  const end = '\n\n-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----';
  expect(cleanText(shown(`${begin}Where is order 88?${end}`))).toBe('Where is order 88?');
  expect(cleanText(shown(`Add my key:\n-----BEGIN PGP PUBLIC KEY BLOCK-----\nabc`))).toContain('abc');
});

test('I5 a disclaimer above the text is not read; where it says too little to be one, it is', () => {
  const notice =
    'CONFIDENTIALITY NOTICE: This email is confidential and intended solely for the addressee. Notify the sender if you received it in error.';
  expect(cleanText(`<p>${notice}</p><p>Where is order 88?</p>`)).toBe('Where is order 88?');
  expect(cleanText('<p>Legal notice: your site has none.</p><p>Is that right?</p>')).toContain('your site has none');
});

test('I5 what Word writes for itself is not read', () => {
  const word = '<xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom></w:WordDocument></xml>';
  expect(cleanText(`${word}<p class=MsoNormal>Where is order 88?</p>`)).toBe('Where is order 88?');
});
