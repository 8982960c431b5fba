import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cleanText } from '../../src/ai/reading/clean.ts';
import { ignoreReason } from '../../src/ai/reading/incoming.ts';
import { dataPath, readData, shareOf, type Evaluation, type Figure } from './evaluation.ts';
import { bodyOf, readMail, type Mail } from './mime.ts';

const AUTOMATIC = 'bounces-autoreplies';
const HUMAN = 'email-quoting/talon';

/**
 * Automatic replies, bounces and reports against replies that people wrote: `bounces-autoreplies` (E8). With what
 * Freshdesk gives us, which is no header; Freshdesk's own flag is taken to be silent.
 */
export const automaticMail: Evaluation = {
  name: 'bounces-autoreplies',
  needs: [AUTOMATIC, HUMAN],
  measure() {
    const automatic = mailsOf(AUTOMATIC, /\.eml$/);
    const human = mailsOf(HUMAN, /^standard_replies__.*\.eml$/);
    const part = automatic.length / (automatic.length + human.length);
    return [
      found('automatic mails found', automatic, (mail) => isIgnored(mail), 1),
      kept('human replies kept', human, (mail) => isIgnored(mail), part),
      found('automatic mails found, headers too', automatic, (mail) => byHeaders(mail) || isIgnored(mail), 1),
      kept('human replies kept, headers too', human, (mail) => byHeaders(mail) || isIgnored(mail), part),
      laterMails(automatic),
      kept('human replies kept as later mails', human, isIgnoredInThread, part),
      ...otherWords(),
    ];
  },
};

function found(measure: string, mails: readonly Mail[], ignored: (mail: Mail) => boolean, majority: number): Figure {
  return {
    measure,
    ours: shareOf(mails, ignored),
    of: mails.length,
    baselines: [
      { name: 'headers alone', value: shareOf(mails, byHeaders) },
      { name: 'always automatic', value: majority },
    ],
    target: { atLeast: 1 },
  };
}

function kept(measure: string, mails: readonly Mail[], ignored: (mail: Mail) => boolean, part: number): Figure {
  return {
    measure,
    ours: shareOf(mails, (mail) => !ignored(mail)),
    of: mails.length,
    baselines: [
      { name: 'headers alone', value: shareOf(mails, (mail) => !byHeaders(mail)) },
      { name: `always automatic (${Math.round(part * 100)} % are)`, value: 0 },
    ],
    target: { atLeast: 1 },
  };
}

/** Without a target: what only its subject gives away cannot be found without one. */
function laterMails(automatic: readonly Mail[]): Figure {
  const { target: _target, ...figure } = found(
    'found as later mails, without a subject',
    automatic,
    isIgnoredInThread,
    1,
  );
  return {
    ...figure,
    note: 'an entry of a thread has no subject of its own; what only a subject gives away is left to Freshdesk’s flag and to the loop brakes (E11)',
  };
}

/** What people wrote elsewhere, as mails without a subject: the rules were not made on these. */
function otherWords(): Figure[] {
  const files = ['vader/tweets_GroundTruth.txt', 'vader/amazonReviewSnippets_GroundTruth.txt'].concat(
    ['airline', 'finance', 'software'].map((topic) => `multidogo/${topic}.turns.test.tsv`),
  );
  const texts = files
    .filter((file) => existsSync(dataPath(file)))
    .flatMap((file) =>
      readData(file)
        .split('\n')
        .map((line) => line.split('\t')[file.startsWith('vader') ? 2 : 3] ?? ''),
    )
    .filter((text) => text.trim() !== '');
  const ignored = (text: string) =>
    ignoreReason({ autoResponse: null, fromEmail: null, subject: null, text, html: text, hasAttachments: false }) !==
    null;
  if (texts.length === 0) return [];
  return [
    {
      measure: 'words of people in vader and multidogo kept',
      ours: shareOf(texts, (text) => !ignored(text)),
      of: texts.length,
      baselines: [],
      target: { atLeast: 1 },
    },
  ];
}

function mailsOf(folder: string, pattern: RegExp): Mail[] {
  const mails = readdirSync(dataPath(folder))
    .filter((file) => pattern.test(file))
    .toSorted()
    .map((file) => readMail(readFileSync(dataPath(`${folder}/${file}`))));
  if (mails.length === 0) throw new Error(`${folder}: no mail in it.`);
  return mails;
}

function isIgnored(mail: Mail): boolean {
  const html = bodyOf(mail);
  const { subject, from: fromEmail } = mail;
  return (
    ignoreReason({ autoResponse: null, fromEmail, subject, text: cleanText(html), html, hasAttachments: false }) !==
    null
  );
}

function isIgnoredInThread(mail: Mail): boolean {
  return isIgnored({ ...mail, subject: '' });
}

/** What programs that see the headers go by: RFC 3834, null senders, reports, lists. */
function byHeaders({ headers }: Mail): boolean {
  const header = (name: string) => headers.get(name)?.trim().toLowerCase();
  const submitted = header('auto-submitted');
  return (
    (submitted !== undefined && submitted !== 'no') ||
    header('return-path') === '<>' ||
    (header('content-type') ?? '').startsWith('multipart/report') ||
    /^(?:bulk|junk|list|auto_reply)/.test(header('precedence') ?? '') ||
    ['x-auto-response-suppress', 'x-autoreply', 'x-autorespond', 'list-id', 'list-unsubscribe'].some((name) =>
      headers.has(name),
    )
  );
}
