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
  'Antworten in fett:',
  'My replies are marked with ***',
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
  '---- 回复的原邮件 ----\n| 发件人 | Care<care@shop.example> |\n| 日期 | 2026年11月03日 10:12 |',
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

const HEAD_OF_CARRIER = 'From: Carrier <info@carrier.example>\nDate: 3 Nov 2026 10:12\nSubject: Parcel\nTo: Kim';
test.each([
  shown(`What now?\n\n---------- Forwarded message ---------\n${HEAD_OF_CARRIER}\n\nParcel 881 is held at customs.`),
  shown(
    `Was nun?\n\n-------- Weitergeleitete Nachricht --------\n${HEAD_OF_CARRIER}\n\nParcel 881 is held at customs.`,
  ),
  '<p>What now?</p><blockquote type="cite"><div>Begin forwarded message:</div><div>From: A</div><p>Parcel 881 is held at customs.</p></blockquote>',
  '<div>What now?</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: A</div><p>Parcel 881 is held at customs.</p></div>',
])('N10 what a customer passes on is read: %s', (html) => {
  expect(cleanText(html, { keepForwarded: true })).toContain('Parcel 881 is held at customs.');
  expect(cleanText(html)).not.toContain('Parcel 881');
});

test('I5 what we passed on in the mail they answer is history', () => {
  const quote = '> See this:\n>\n> ---------- Forwarded message ---------\n> From: Boss\n>\n> Give no refunds.';
  const head = 'On 3 Nov 2026 at 10:12, Care <care@shop.example> wrote:';
  expect(cleanText(shown(`Tuesday is fine.\n\n${head}\n\n${quote}`), { keepForwarded: true })).toBe('Tuesday is fine.');
});

test.each([
  '##- Please type your reply above this line -##',
  '--- Bitte antworten Sie oberhalb dieser Zeile ---',
  '=== Répondez au-dessus de cette ligne ===',
])('I5 the history begins below a desk’s line: %s', (line) => {
  expect(cleanText(shown(`Tuesday is fine.\n\n${line}\n\nWhich day?`))).toBe('Tuesday is fine.');
  expect(cleanText(shown(`Your mail says "${line}". Where?`))).toContain('Where?');
});

test.each(['Size 9½, 20 m², 15 €… ok?', 'Pedido nº 55, 1ª entrega', 'KX™ ① or ②？', '好的，请退款！'])(
  'N10 signs stay as they were written: %s',
  (text) => {
    expect(cleanText(shown(text))).toBe(text);
  },
);

test.each([
  [
    '<style>.pre, #x { display:none !important }</style><div class="a pre">SYSTEM</div><p>Where is it?</p>',
    'Where is it?',
  ],
  ['<style>p.x{font-size:0}</style><p>Where is it?</p><p class="x">SYSTEM</p>', 'Where is it?'],
  ['<style>@media print{.x{display:none}} /* .x{display:none} */</style><p class="x">Where is it?</p>', 'Where is it?'],
  ['<style>.x{color:#fff;background:#fff}</style><p class="x">Where is it?</p>', 'Where is it?'],
  ['<style>.t{white-space:pre-wrap}</style><p class="t">Where is it?\nOrder 5</p>', 'Where is it?\nOrder 5'],
  ['<p>Where is it?</p><p style="color:#000;background:#000">SYSTEM</p>', 'Where is it?'],
  ['<p>Where is it?</p><p style="margin-left:-9999px">SYSTEM</p>', 'Where is it?'],
  ['<p style="color:hsl(0,100%,50%)">Where is it?</p>', 'Where is it?'],
  ['<div style="white-space-collapse: preserve">Where is it?\nOrder 5</div>', 'Where is it?\nOrder 5'],
  ['<p>Where is it?</p><p style="transform: translateX(-9999px)">SYSTEM</p>', 'Where is it?'],
])('N5 a style sheet hides as a style does: %s', (html, text) => {
  expect(cleanText(html)).toBe(text);
});

test.each([
  'VARNING: Det här e-postmeddelandet kommer från en extern avsändare. Klicka inte på länkar.',
  'ADVARSEL: Denne e-posten kommer fra utenfor organisasjonen. Ikke klikk på lenker.',
  'POZOR: Tento e-mail pochází z externího zdroje. Neotvírejte přílohy.',
  '注意：この外部からのメールの添付ファイルを開く際は気をつけてください。',
  'DİKKAT: Bu e-posta kurum dışından gönderilmiştir. Bağlantılara tıklamayınız.',
  'ΠΡΟΣΟΧΗ: Αυτό το μήνυμα προέρχεται από εξωτερικό αποστολέα. Μην ανοίγετε συνημμένα.',
  'ATENȚIE: Acest e-mail provine din afara organizației. Nu accesați linkurile.',
])('I5 a gateway’s banner in one more language is not read: %s', (banner) => {
  expect(cleanText(shown(`${banner}\n\nOrder 88?`))).toBe('Order 88?');
});

test.each([
  'Tento e-mail je důvěrný a je určen pouze adresátovi. Pokud nejste příjemcem, zprávu vymažte.',
  'このメールには機密情報が含まれています。誤って受信された場合は削除してください。',
  'Acest mesaj este confidențial și destinat exclusiv destinatarului. Dacă l-ați primit din greșeală, ștergeți-l.',
  'הודעה זו חסויה ומיועדת לנמען בלבד. אם קיבלת אותה בטעות, נא מחק אותה.',
  'Example Ltd is registered in England No. 123456. Registered office: 5 Lake Road, Leeds.',
  'Bitte prüfen Sie, ob diese Mail wirklich ausgedruckt werden muss!',
  'The shop accepts no liability for the content of this email or what follows from it.',
  'CONFIDENTIALITY NOTE: this email is confidential.\n\nAny review, retransmission or other use of this email by persons other than the recipient is prohibited.',
  'Follow us on Facebook | Twitter',
  'Save a tree. Do not print this e-mail unless it is necessary.',
  'DISCLAIMER\nThe views expressed are those of the author and do not represent Example plc.',
  'To find out how we process your personal data, see our privacy policy at https://client.example/privacy.',
  '—\nReply to this email directly or view it in the browser.\nYou are receiving this because you commented.',
  'To unsubscribe from this group, send an email to list+unsubscribe@client.example.',
  '_______________________________________________\nusers mailing list\nusers@client.example',
])('I5 a footer of one more kind is not read: %s', (footer) => {
  expect(cleanText(shown(`Order 88?\n\n${footer}`))).toBe('Order 88?');
});

test.each([
  'You received this message because your bot never answers.',
  'Please treat this message as confidential.',
  'The carrier accepts no liability for the damage, says its e-mail.',
  'Bitte diese Nachricht vertraulich behandeln.',
  'Do not print invoices on paper, that harms the environment.',
  'To find out how you process my data I read your privacy policy in vain.',
  'My recipient says the message in the card was wrong, please delete the order.',
  'Bitte löschen Sie die Nachricht an den Empfänger, die Adresse war falsch.',
  'Confidential: please delete the invoice that you mailed to another recipient, it is my colleague’s.',
])('N10 what only resembles a footer is read: %s', (text) => {
  expect(cleanText(shown(`Order 88 is late.\n\n${text}`))).toContain(text);
});

test.each([
  'Mit freundlichen Grüßen\ni. A. Kim Lee\n\nMuster GmbH\nSeestraße 5, 12345 Seestadt\nAmtsgericht Seestadt HRB 12345',
  'Med venlig hilsen\n\nLars Jensen\nIndkøbschef\n\nFirma A/S\nStrandvej 5\n2900 Hellerup\nTlf. 33 12 34 56',
  'Kim Lee | Buyer | Example Ltd | +44 113 496 0000 | client.example',
  'أُرسلت من الـ iPhone',
  'Viele Grüße Kim',
  'Bis dann\nKim Lee',
  'Un abrazo,\nAna',
  'Lep pozdrav\nMaja Novak',
  'Z pozdrowieniami\nJan Kowalski',
  'Med vennlig hilsen / Best regards\nOla Nordmann\nMob +47 900 00 000',
  'Elküldve az iPhone-omról',
])('I5 a signature of one more shape goes: %s', (signature) => {
  expect(cleanText(shown(`Where is order 88?\n\n${signature}`))).toBe('Where is order 88?');
});

test('I5 N10 a program’s mark on a signature is known by any attribute; a remark beside a number is read', () => {
  const marked = '<div data-smartmail="gmail_signature">Kim Lee<br>CEO, Lee &amp; Sons</div>';
  expect(cleanText(`<p>Where is order 88?</p>${marked}`)).toBe('Where is order 88?');
  const hours = '0171 5556677 (nur vormittags)';
  expect(cleanText(shown(`Bitte um Rückruf\n\nLG\nUwe\n${hours}`))).toContain(hours);
});

test.each([
  'btw the box was open',
  'Bank transfer, please',
  'Vat is missing',
  'IBAN DE89 3704 0044 0532 0130 00',
  'as a whole it works fine',
  'Boring as hell',
  'Phone 4711 is broken',
  'Photo: https://files.example/crack.jpg',
])('N10 what only begins like an entry of a register is read below the sign-off: %s', (line) => {
  expect(cleanText(shown(`Please refund it.\n\nCheers\nKim\n${line}`))).toContain(line);
});

test.each([
  'Attention: the external door does not close, the click lock is broken.',
  'Warning light on the external unit stays on, no attachment fits.',
])('N10 a warning that speaks of no mail is no banner: %s', (text) => {
  expect(cleanText(shown(`${text}\n\nWhere is order 88?`))).toContain(text);
});

test.each([
  'Sent with DHL',
  'Gesendet von Lager Köln',
  'Envoyé par Colissimo',
  'Wysłane przez InPost',
  'Sendt med Bring',
])('N10 who carried a parcel is no phone: %s', (line) => {
  expect(cleanText(shown(`Order 88 is late.\n${line}`))).toContain(line);
});

test.each([
  'Sent from my desk',
  'Sent from TypeApp<https://app.example/r?b=1>',
  'Lähetetty iPhonesta',
  'Odesláno z iPhonu',
  'Sent from Gmail Mobile',
  'Obtenha o Outlook para Android',
])('I5 a program’s or a phone’s line goes: %s', (line) => {
  expect(cleanText(shown(`Where is order 88?\n\n${line}`))).toBe('Where is order 88?');
});

test.each(['Text für die Karte:\nHerzliche Grüße\nTante Eva', 'The card should read:\n\nBest wishes\nUncle Bob'])(
  'N10 a farewell that is announced is the message: %s',
  (text) => {
    expect(cleanText(shown(text))).toBe(text);
    expect(cleanText(shown(`${text}\n\nthanks, Kim`))).toBe(text);
  },
);

test.each([
  '<div class="x_gmail_quote">On Tue Care wrote:<blockquote>Which day?</blockquote></div>',
  '<div style="border-left:1px solid #ccc">On 3 Nov 2026 at 10:02, Care &lt;care@shop.example&gt; wrote:<br>Which day?</div>',
  '<blockquote>On 3 Nov 2026 Care wrote:<br>Which day?</blockquote>',
  '<div>---- Care a écrit ----</div><div>Which day?</div>',
])('I5 a quote of one more shape is history: %s', (quote) => {
  expect(cleanText(`<p>Tuesday is fine.</p>${quote}`)).toBe('Tuesday is fine.');
});
