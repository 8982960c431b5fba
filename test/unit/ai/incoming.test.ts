import { expect, test } from '@jest/globals';
import {
  ignoreReason,
  suspicionOf,
  type IgnoreReason,
  type IncomingMessage,
} from '../../../src/ai/reading/incoming.ts';
import type { Suspicion } from '../../../src/domain/ignored.ts';

const person: IncomingMessage = {
  autoResponse: null,
  fromEmail: 'anna@mail.example',
  subject: 'Question',
  text: 'Where is my order?',
  html: '<p>Where is my order?</p>',
  hasAttachments: false,
};

/** An entry of a thread: it has no subject of its own. */
const later = (text: string): Partial<IncomingMessage> => ({ subject: null, text, html: `<p>${text}</p>` });

/** A mail with a subject, in which nobody asks for anything. */
const titled = (subject: string): Partial<IncomingMessage> => ({
  subject,
  text: 'See below.',
  html: '<p>See below.</p>',
});

const IGNORED: [string, Partial<IncomingMessage>, IgnoreReason['why']][] = [
  [
    'the flag and an absence',
    { autoResponse: true, text: 'I am away until Monday, my return is on the 5th.' },
    'auto_reply',
  ],
  ['the flag and an automatic subject', { autoResponse: true, ...titled('Abwesend: Frage') }, 'auto_reply'],
  [
    'the flag and a no-reply sender',
    { autoResponse: true, ...titled('Your request'), fromEmail: 'no-reply@bank.example' },
    'auto_reply',
  ],
  ['the text says so', { subject: null, text: 'This is an automated response. We got your mail.' }, 'auto_reply'],
  ['a mail daemon', { fromEmail: 'MAILER-DAEMON@mx.example' }, 'bounce'],
  ['a null sender', { fromEmail: '<>', ...titled('Your mail') }, 'bounce'],
  [
    'a failed delivery',
    { ...titled('Undelivered Mail Returned to Sender'), text: 'Diagnostic information: 550 5.1.1' },
    'bounce',
  ],
  [
    'a failed delivery in German',
    { ...titled('Unzustellbar: Ihre Bestellung'), text: 'Remote server: 550 5.7.1 refused' },
    'bounce',
  ],
  [
    'a failed delivery in Polish',
    { ...titled('Nie można dostarczyć: zamówienie'), text: 'smtp; 550 mailbox is full' },
    'bounce',
  ],
  ['a failed delivery without words', { subject: 'Delivery Status Notification (Failure)', text: '' }, 'bounce'],
  [
    'a newsletter',
    { fromEmail: 'newsletter@brand.example', text: 'News', html: '<p>News</p><a href="x">Unsubscribe</a>' },
    'newsletter',
  ],
  [
    'a bounce by its sender’s name',
    { fromEmail: '"Mail Delivery System" <mx7@host.example>', text: 'user unknown' },
    'bounce',
  ],
  ['a bounce whose sender has a comment', { fromEmail: 'MAILER-DAEMON@mx.example (Mail System)' }, 'bounce'],
  [
    'a bounce by its text alone',
    later('Delivery has failed to these recipients or groups:\n\nx@y.example\nThe address was not found.'),
    'bounce',
  ],
  [
    'a server’s report',
    later('The original message was received at Mon, 3 Nov 2026\n\n----- The following addresses had errors -----'),
    'bounce',
  ],
  [
    'a bounce in German',
    later('Ihre Nachricht an x@y.example konnte leider nicht zugestellt werden.\n550 5.1.1 User unknown'),
    'bounce',
  ],
  [
    'a bounce in French',
    later('Votre message à x@y.example n’a pas pu être remis. Remote server: 550 5.7.1'),
    'bounce',
  ],
  [
    'a bounce by its subject with stars',
    { ...titled('**Message you sent blocked** by a filter'), text: 'Postmaster: 5.7.1' },
    'bounce',
  ],
  ['a spam report', later('This is an email abuse report for a message received from 192.0.2.1'), 'feedback_report'],
  [
    'an absence without a subject',
    later('I am out of the office until 5 May with limited access to email. For urgent matters please call Tom.'),
    'auto_reply',
  ],
  [
    'an absence in German',
    later(
      'Guten Tag,\nich bin bis zum 5. Mai nicht im Büro. Ihre E-Mail wird nicht weitergeleitet. In dringenden Fällen: Tom.',
    ),
    'auto_reply',
  ],
  [
    'an absence in French',
    later("Je suis actuellement en congés jusqu'au 5 mai. En cas d'urgence, contactez Tom."),
    'auto_reply',
  ],
  [
    'an absence in Spanish',
    later('Estoy fuera de la oficina hasta el 5 de mayo. Si es urgente, contacte con Tom.'),
    'auto_reply',
  ],
  ['an absence in Portuguese', later('Estou de férias até 5 de maio, com acesso limitado ao e-mail.'), 'auto_reply'],
  ['an absence in Italian', later('Sono fuori ufficio fino al 5 maggio. Risponderò al mio rientro.'), 'auto_reply'],
  [
    'a mailbox that nobody reads',
    later('This mailbox is not monitored. Please use the form on our site.'),
    'auto_reply',
  ],
  ['a notice of a new address', later('From now on please use tom@new.example'), 'auto_reply'],
  [
    'a read receipt',
    { subject: 'Gelesen: Ihre Anfrage', text: 'Ihre Nachricht an A wurde am 3. November gelesen.' },
    'auto_reply',
  ],
  [
    'a read receipt in Polish',
    { subject: 'Przeczytano: Zamówienie', text: 'Wiadomość\n\nDo: Kim\n\nzostała przeczytana we wtorek.' },
    'auto_reply',
  ],
  ['a subject in Japanese', titled('自動応答: 質問'), 'auto_reply'],
  [
    'a calendar’s answer',
    { subject: 'Declined: Repair visit', text: 'Kim Lee has declined this invitation.' },
    'auto_reply',
  ],
  [
    'a newsletter from any sender',
    {
      ...later(`View this email in your browser\n\n${'Our new tents are here. '.repeat(30)}\n\nUnsubscribe`),
      fromEmail: 'hello@brand.example',
    },
    'newsletter',
  ],
  ['nothing at all', { subject: null, text: ' \u200b\n', html: '<p>\u200b</p>' }, 'empty'],
];

test.each(IGNORED)('E8 is never answered: %s', (_what, change, why) => {
  expect(ignoreReason({ ...person, ...change })).toEqual({ rule: 'E8', why });
});

const AUTOMATIC = [
  'Automatic reply: Your order',
  'Auto-Reply: Your order',
  'AutoReply (Your order)',
  'Out of Office: Your order',
  'Out of Office Re: Your order',
  'Automatische Antwort: Ihre Bestellung',
  'Abwesenheitsnotiz',
  'Réponse automatique : Votre commande',
  'Message d’absence',
  'Respuesta automática: Su pedido',
  'Fuera de la oficina: Su pedido',
  'Resposta automática: Seu pedido',
  'Risposta automatica: Il suo ordine',
  'Automatisch antwoord: Uw bestelling',
  'Odpowiedź automatyczna: Zamówienie',
  'Automatická odpověď: Objednávka',
  'Automaattinen vastaus: Tilaus',
  'Autosvar: Beställning',
  'Otomatik yanıt: Sipariş',
  'Automatikus válasz: Rendelés',
  'Răspuns automat: Comanda',
  'Αυτόματη απάντηση: Παραγγελία',
  'Автоматический ответ: Заказ',
  'Автоматична відповідь: Замовлення',
  '自動返信: ご注文',
  '자동 회신: 주문',
  '自动回复: 订单',
  '自動回覆：訂單',
  'תשובה אוטומטית: הזמנה',
  'رد تلقائي: طلب',
  'Trả lời tự động: Đơn hàng',
];
const PREFIXES = [
  '',
  '[External] ',
  '[EXT] ',
  '[EXTERN] ',
  '[EXTERNAL EMAIL] ',
  '*EXT* ',
  'EXTERNAL: ',
  '{Spam?} ',
  '***SPAM*** ',
  '[#4711] ',
  '[External] [Ticket 12] ',
  '【外部】',
  '<External> ',
];

test.each(AUTOMATIC)('E8 an automatic subject is known behind whatever a gateway puts before it: %s', (subject) => {
  for (const prefix of PREFIXES)
    expect([prefix, ignoreReason({ ...person, ...titled(prefix + subject) })?.why]).toEqual([prefix, 'auto_reply']);
});

const SUSPECTED: [string, Partial<IncomingMessage>, Suspicion][] = [
  ['a flag on a plain question', { autoResponse: true }, 'flag'],
  [
    'a forwarded customer’s flag',
    { autoResponse: true, fromEmail: 'Kim Lee <kim@client.example>', subject: null },
    'flag',
  ],
  ['an automatic subject over a question', { subject: 'Automatic reply: Question' }, 'subject'],
  ['a bounce’s subject over a question', { subject: 'Undeliverable: my parcel' }, 'subject'],
  [
    'an absence in the subject',
    { subject: 'Abwesend: Lieferung erst ab Montag', text: 'Bitte liefern Sie erst ab Montag.' },
    'subject',
  ],
  [
    'a no-reply sender that confirms',
    { ...titled('Your request'), text: 'We have received your request.', fromEmail: '"Bank" <noreply@bank.example>' },
    'sender',
  ],
  ['a no-reply sender who asks', { fromEmail: 'no-reply@shop-form.example' }, 'sender'],
  ['a sender’s name', { fromEmail: '"Mail Delivery System" <mx7@host.example>' }, 'sender'],
  [
    'a list’s sender who asks',
    { fromEmail: 'newsletter@brand.example', html: '<p>Where is it?</p><a>Unsubscribe</a>' },
    'sender',
  ],
];

test.each(SUSPECTED)('N8 one sign alone drops nothing, and is told: %s', (_what, change, suspicion) => {
  expect([ignoreReason({ ...person, ...change }), suspicionOf({ ...person, ...change })]).toEqual([null, suspicion]);
});

const PEOPLE: [subject: string, text: string][] = [
  ['Delivery failed: parcel 123', 'The courier rang nobody. Can you send my order again?'],
  ['Message not delivered - where is my parcel?', 'The courier rang nobody. Can you send my order again?'],
  ['Delayed mail', 'My letter from you has not come for three weeks. What can I do?'],
  ['Declined: card', 'My card was declined twice and I do not know the reason.'],
  ['Auto: Bremsbeläge für meinen Golf', 'Passen die Beläge? Ich brauche sie bis Freitag.'],
  ['Auto: Bremsbeläge für meinen Golf', 'Ich brauche die Beläge bis Freitag.'],
  ['Delivery failed', 'Nobody rang at my door on Tuesday.'],
  ['Nicht zustellbar: Paket 4711', 'Das Paket ging an Sie zurück, obwohl ich zu Hause war.'],
  ['Zustellung fehlgeschlagen', 'Der Bote hat nicht geklingelt.'],
  ['Non distribué', 'Le facteur a laissé un avis, mais rien à la poste.'],
  ['No entregado', 'El paquete no llegó.'],
  ['Mancata consegna', 'Il corriere non è passato.'],
  ['Niet bezorgd', 'Mijn pakket is niet aangekomen.'],
  ['Nie dostarczono', 'Paczka nie dotarła.'],
  ['Returned mail', 'I sent the lamp back and it was returned to me.'],
  ['Rejected mail: my voucher', 'The voucher is rejected at the checkout.'],
  ['Vacation: hold my order', 'I am away until the 5th, hold my order until then.'],
  ['Automatic reply settings do not work', 'The button is grey.'],
  ['Out of office chair returns', 'The chair is too low.'],
];

test.each(PEOPLE)('N8 people write such subjects: %s', (subject, text) => {
  expect(ignoreReason({ ...person, subject, text, html: `<p>${text}</p>` })).toBeNull();
});

const ANSWERED: [string, Partial<IncomingMessage>][] = [
  ['a question', {}],
  ['an absence mentioned', { text: 'I am out of office until Monday. Please send the replacement to my home.' }],
  [
    'an absence that asks',
    later('I am on vacation until 5 May. Could you deliver after that? If it is urgent call Tom.'),
  ],
  [
    'an absence with an order',
    later('I will be out of the office this week, in urgent cases my neighbour takes my order 17.'),
  ],
  ['a German absence alone', later('Ich bin bis Montag im Urlaub, danach melde ich mich.')],
  ['a claim about a message', later('Your message was not delivered to my inbox, I only saw it in the portal.')],
  ['a bounce that is told', later('I wrote to you and got this: Delivery has failed to these recipients: x@y.example')],
  ['thanks to the shop', later('Thank you for your email. It works now.')],
  ['thanks that go on', later('Thanks for your message. When will my parcel arrive? We have received only one box.')],
  ['a new address with a wish', later('This email address is no longer in use, change my account to tom@new.example')],
  ['a wish to be called', later('Please do not reply to this email but call me on 555 0199.')],
  ['an address alone', later('tom@new.example')],
  [
    'a forwarded newsletter',
    {
      subject: 'Fwd: Our new tents',
      text: 'View this email in your browser\n\nTents\n\nUnsubscribe',
    },
  ],
  ['an unsubscribe that is asked for', later('Please unsubscribe me from your list.')],
  ['a subject about replies', { subject: 'Automatic reply settings do not work' }],
  ['a subject about an office', { subject: 'Out of office chair returns' }],
  ['a forwarded bounce', { subject: 'Fwd: Undeliverable: my order' }],
  ['a quoted newsletter', { html: '<p>Is this offer valid?</p><blockquote><a href="x">Unsubscribe</a></blockquote>' }],
  ['a news sender who asks', { fromEmail: 'news@paper.example' }],
  ['a name with noreply in it', { fromEmail: 'noreplytolkien@mail.example' }],
  ['an image alone', { subject: null, text: '', html: '<img src="cid:1">' }],
  ['a file alone', { subject: null, text: '', html: '', hasAttachments: true }],
  ['a subject alone', { text: '', html: '' }],
  ['an unknown sender', { fromEmail: null }],
];

test.each(ANSWERED)("E8 a person's message is never dropped: %s", (_what, change) => {
  expect(ignoreReason({ ...person, ...change })).toBeNull();
});
