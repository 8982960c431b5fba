import { expect, test } from '@jest/globals';
import { ignoreReason, type IgnoreReason, type IncomingMessage } from '../../../src/ai/reading/incoming.ts';

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

const IGNORED: [string, Partial<IncomingMessage>, IgnoreReason['why']][] = [
  ['the flag', { autoResponse: true }, 'auto_reply'],
  ['Outlook', { subject: 'Automatic reply: Question' }, 'auto_reply'],
  ['German Outlook', { subject: 'Automatische Antwort: Frage' }, 'auto_reply'],
  ['an absence', { subject: 'Abwesenheitsnotiz' }, 'auto_reply'],
  ['French', { subject: 'Réponse automatique : Question' }, 'auto_reply'],
  ['Spanish', { subject: 'Respuesta automática: Pregunta' }, 'auto_reply'],
  ['Portuguese', { subject: 'Resposta automática: Pergunta' }, 'auto_reply'],
  ['the text says so', { subject: null, text: 'This is an automated response. We got your mail.' }, 'auto_reply'],
  ['a no-reply sender', { fromEmail: 'no-reply@bank.example' }, 'auto_reply'],
  ['a no-reply sender with a name', { fromEmail: '"Bank" <noreply@bank.example>' }, 'auto_reply'],
  ['a mail daemon', { fromEmail: 'MAILER-DAEMON@mx.example' }, 'bounce'],
  ['a failed delivery', { subject: 'Undelivered Mail Returned to Sender' }, 'bounce'],
  ['a failed delivery in German', { subject: 'Unzustellbar: Ihre Bestellung' }, 'bounce'],
  [
    'a newsletter',
    { fromEmail: 'newsletter@brand.example', html: '<p>News</p><a href="x">Unsubscribe</a>' },
    'newsletter',
  ],
  ['a bounce by its sender’s name', { fromEmail: '"Mail Delivery System" <mx7@host.example>' }, 'bounce'],
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
  ['a bounce by its subject with stars', { subject: '**Message you sent blocked** by a filter' }, 'bounce'],
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
    'another desk that confirms',
    later(
      'Dear customer,\nthank you for contacting Example. We have received your message and will get back to you soon.',
    ),
    'auto_reply',
  ],
  [
    'another desk that confirms in German',
    later('Vielen Dank für Ihre Nachricht. Sie ist bei uns eingegangen, Ihre Vorgangsnummer ist A-17.'),
    'auto_reply',
  ],
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
  ['a subject in Japanese', { subject: '自動応答: 質問' }, 'auto_reply'],
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
