import { expect, test } from '@jest/globals';
import { ignoreReason, type IgnoreReason, type IncomingMessage } from '../../src/ai/incoming.ts';

const person: IncomingMessage = {
  autoResponse: null,
  fromEmail: 'anna@mail.example',
  subject: 'Question',
  text: 'Where is my order?',
  html: '<p>Where is my order?</p>',
  hasAttachments: false,
};

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
  ['nothing at all', { subject: null, text: ' \u200b\n', html: '<p>\u200b</p>' }, 'empty'],
];

test.each(IGNORED)('E8 is never answered: %s', (_what, change, why) => {
  expect(ignoreReason({ ...person, ...change })).toEqual({ rule: 'E8', why });
});

const ANSWERED: [string, Partial<IncomingMessage>][] = [
  ['a question', {}],
  ['an absence mentioned', { text: 'I am out of office until Monday. Please send the replacement to my home.' }],
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
