import EmailReplyParser from 'email-reply-parser';
import { compile } from 'html-to-text';
import planer from 'planer';
import { cleanText } from '../../src/ai/reading/clean.ts';
import { shareOf, type Evaluation, type Figure } from './evaluation.ts';
import { MAIL_PROGRAMS } from './mail-programs.ts';

/** What a customer wrote, in paragraphs. The last `signature` paragraphs may go or stay. */
type Message = { own: readonly string[]; signature?: number };

const MESSAGES: readonly Message[] = [
  { own: ['Can I swap it for size L?'] },
  { own: ['Yes, please.'] },
  {
    own: ['Hi,', 'the lamp from order 4711 is broken. Can you send a new one?', 'Best regards\nKim Lee'],
    signature: 1,
  },
  {
    own: ['Please cancel order 5.', 'Regards\nKim Lee', 'PS: but keep order 6 as it is'],
  },
  {
    own: [
      'Bitte die Rechnung nochmals senden.',
      'Mit freundlichen Grüßen\nKim Lee\nKundennummer 4711\nBestellnummer 88213',
    ],
  },
  { own: ['The lamp is broken', '-----', 'The cable is missing', '-----', 'Please send both to Lake Road 5'] },
  { own: ['I did:\n> Settings\n> Notifications\n> Off\nstill getting mails. Why?'] },
  { own: ['Please send it to my new address:', 'Kim Lee\nLake Road 5\n12345 Lake Town\n+49 151 1234567'] },
  { own: ['From: Berlin\nTo: Munich\nDate: 7 November\nWhat does shipping cost?'] },
  { own: ['On 3 November I wrote to you:', 'my order 17 is missing. Nothing has happened since.'] },
  {
    own: ['Bonjour,', 'le colis est arrivé ouvert. Que dois-je faire ?', 'Cordialement,\nCamille Roux'],
    signature: 1,
  },
  { own: ['Hola:', 'No quiero la camisa azul, sino la roja.\nTalla M.', 'Un saludo\nAna'], signature: 1 },
  { own: ['1. lamp: broken\n2. cable: missing\n3. box: fine', 'What now?'] },
  { own: ['Dzień dobry,', 'czy mogę zwrócić buty po 20 dniach?', 'Pozdrawiam\nJan Nowak'], signature: 1 },
];

const QUOTED = [
  'Hello Kim,',
  'We have S and M only. Returns are free within 30 days.',
  'Which one do you want?',
  'Kind regards\nYour Shop Care\nshop.example',
];

export type ModernMail = { name: string; html: string; own: string; expected: readonly string[] };

/** Each message from each program; with everything that programs mark, and with what is left when classes and ids are gone. */
export function modernMails(): ModernMail[] {
  return MAIL_PROGRAMS.flatMap(({ name, write }) =>
    MESSAGES.flatMap(({ own, signature = 0 }, index) => {
      const html = write(own, QUOTED);
      const whole = own.join('\n\n');
      const expected = [whole, own.slice(0, own.length - signature).join('\n\n')];
      const mail = { name: `${name} #${index}`, own: expected[1] ?? whole, expected };
      return [
        { ...mail, html },
        { ...mail, name: `${mail.name} bare`, html: html.replace(/ (?:class|id|name|data-[\w-]+)="[^"]*"/g, '') },
      ];
    }),
  );
}

const plain = compile({ wordwrap: false, selectors: [{ selector: 'a', options: { ignoreHref: true } }] });

/** Mails of the programs people use now, as this project's authors know them (I5): exact, and words of the sender lost. */
export const modernMail: Evaluation = {
  name: 'modern-mails',
  needs: [],
  measure: () => {
    const mails = modernMails();
    const readers: [string, (html: string) => string][] = [
      ['ours', cleanText],
      ['email-reply-parser', (html) => new EmailReplyParser().read(plain(html)).getVisibleText()],
      ['planer', (html) => planer.extractFromPlain(plain(html))],
      ['the whole text', plain],
    ];
    const results = readers.map(([name, read]) => ({ name, texts: mails.map(({ html }) => read(html)) }));
    const exact = ({ texts }: { texts: string[] }) =>
      shareOf([...mails.entries()], ([index, mail]) => isExact(mail, texts[index] ?? ''));
    const lost = ({ texts }: { texts: string[] }) => wordsLost(mails, texts);
    const [ours, ...baselines] = results;
    if (ours === undefined) return [];
    const figure = (
      measure: string,
      of: (result: { texts: string[] }) => number,
      target: Figure['target'],
    ): Figure => ({
      measure,
      ours: of(ours),
      of: mails.length,
      baselines: baselines.map((result) => ({ name: result.name, value: of(result) })),
      ...(target === undefined ? {} : { target }),
    });
    return [
      figure('mails exact', exact, { atLeast: 0.85 }),
      figure('words of the sender lost', lost, { atMost: 0.01 }),
    ];
  },
};

export function isExact({ expected }: ModernMail, text: string): boolean {
  return expected.some((own) => squeezed(own) === squeezed(text));
}

function squeezed(text: string): string {
  return text.replace(/\s+|^[*•]\s*/gmu, '');
}

/** The share of all words written that are not in what was read. */
export function wordsLost(mails: readonly ModernMail[], texts: readonly string[]): number {
  let all = 0;
  let lost = 0;
  for (const [index, { own }] of mails.entries()) {
    const read = new Map<string, number>();
    for (const word of wordsOf(texts[index] ?? '')) read.set(word, (read.get(word) ?? 0) + 1);
    for (const word of wordsOf(own)) {
      all += 1;
      const left = read.get(word) ?? 0;
      if (left === 0) lost += 1;
      else read.set(word, left - 1);
    }
  }
  return all === 0 ? 0 : lost / all;
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}
