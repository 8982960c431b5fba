import { readdirSync, readFileSync } from 'node:fs';
import EmailReplyParser from 'email-reply-parser';
import { compile } from 'html-to-text';
import planer from 'planer';
import { cleanText } from '../../src/ai/reading/clean.ts';
import { dataPath, readData, shareOf, type Evaluation, type Figure } from './evaluation.ts';
import { bodyOf, htmlOf, readMail } from './mime.ts';
import { REPLY_LINES } from './crisp-replies.ts';

/** A mail whose own words are known. */
type Quoting = {
  name: string;
  /** What Freshdesk would give us of it. */
  html: string;
  /** What the parsers get: planer's mode for HTML asks with XPath, which no document model at hand answers. */
  text: string;
  /** Any of these is right: with and without the sign-off, the signature being nothing that the AI has to read. */
  expected: string[];
};

const CRISP = 'email-quoting/crisp';
const TALON = 'email-quoting/talon';
/** How often the reply that many fixtures of crisp share has to occur to be taken for it. */
const MIN_SHARED = 20;

/** Quoted history and signatures off: `email-quoting` (I5). Exact match, white space aside. */
export const quoting: Evaluation = {
  name: 'email-quoting',
  needs: [CRISP, TALON],
  measure: () => quotingSets().map(([what, examples]) => figureOf(what, examples, NOTES[what])),
};

/** Where its authors and we want something else. */
const NOTES: Readonly<Record<string, string>> = {
  'crisp, the shared reply': 'what stands below the line of a phone is kept, since people write there',
  'crisp, all others (lines by hand)': 'lines with ">" that no head announces are kept, since people type them',
};

/** The mails of each set; for the table, and for whoever looks for those that fail. */
export function quotingSets(): [string, Quoting[]][] {
  return [
    ['crisp, the shared reply', crispShared()],
    ['crisp, all others (lines by hand)', crispOthers()],
    ['talon, text replies', talonReplies('text')],
    ['talon, the same mails’ HTML', talonReplies('html')],
    ['talon, HTML replies', talonHtml()],
    ['talon, signatures', talonSignatures()],
  ];
}

function figureOf(what: string, examples: readonly Quoting[], note: string | undefined): Figure {
  const right = (read: (example: Quoting) => string) =>
    shareOf(examples, (example) => example.expected.some((text) => squeezed(text) === squeezed(read(example))));
  const crisp = right(({ text }) => new EmailReplyParser().read(text).getVisibleText());
  const talon = right(({ text }) => planer.extractFromPlain(text));
  return {
    measure: `exact match, ${what}`,
    ours: right(({ html }) => cleanText(html)),
    of: examples.length,
    baselines: [
      { name: 'email-reply-parser', value: crisp },
      { name: 'planer', value: talon },
      { name: 'the whole text', value: right(({ text }) => text) },
    ],
    target: { atLeast: note === undefined ? Math.max(crisp, talon) : 0.9 },
    ...(note === undefined ? {} : { note }),
  };
}

/** White space, and the marks that mail programs put around words, say nothing. */
function squeezed(text: string): string {
  return text.replace(/\s+/gu, '');
}

const plain = compile({ wordwrap: false, selectors: [{ selector: 'a', options: { ignoreHref: true } }] });

function fromText(name: string, text: string, expected: string[]): Quoting {
  return { name, html: htmlOf(text), text, expected };
}

function crispFiles(): [string, string][] {
  return readdirSync(dataPath(CRISP))
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .map((file) => [file.replace(/\.txt$/, ''), readData(`${CRISP}/${file}`)]);
}

/** Most fixtures of crisp begin with the same paragraph, and it is all that is theirs. */
function sharedReply(): string {
  const counts = new Map<string, number>();
  for (const [, text] of crispFiles()) {
    const first = text.split('\n').slice(0, 5).join('\n');
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  const [reply, count] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0];
  if (count < MIN_SHARED) throw new Error(`${CRISP}: no reply is shared by ${MIN_SHARED} mails.`);
  return reply;
}

function crispShared(): Quoting[] {
  const reply = sharedReply();
  return crispFiles()
    .filter(([, text]) => text.startsWith(reply))
    .map(([name, text]) => fromText(name, text, [reply]));
}

function crispOthers(): Quoting[] {
  const texts = new Map(crispFiles());
  return Object.entries(REPLY_LINES).map(([name, ranges]) => {
    const text = texts.get(name);
    if (text === undefined) throw new Error(`${CRISP}/${name}.txt is not there.`);
    return fromText(
      name,
      text,
      ranges.map((range) => linesOf(text, range)),
    );
  });
}

/** The lines of "1-3,5", counted from 1. */
function linesOf(text: string, range: string): string {
  const lines = text.split('\n');
  return range
    .split(',')
    .map((part) => {
      const [first = 1, last = first] = part.split('-').map(Number);
      return lines.slice(first - 1, last).join('\n');
    })
    .join('\n');
}

/** What talon's own tests expect of a reply that has no file of its own. */
const TALON_REPLY = 'Hello';
const TALON_HTML_REPLY = 'Hi. I am fine. Thanks, Alex';

function talonFiles(pattern: RegExp): string[] {
  return readdirSync(dataPath(TALON))
    .filter((file) => pattern.test(file))
    .toSorted();
}

function talonReplies(kind: 'text' | 'html'): Quoting[] {
  return talonFiles(/^standard_replies__.*\.eml$/).flatMap((file) => {
    const mail = readMail(readFileSync(dataPath(`${TALON}/${file}`)));
    const own = talonFiles(new RegExp(`^${file.replace('.eml', '_reply_text')}$`)).map((name) =>
      readData(`${TALON}/${name}`),
    );
    const expected = [TALON_REPLY, ...own];
    if (kind === 'text') return [fromText(file, mail.text ?? '', expected)];
    // One of them says something else in its HTML than in its text.
    const same = mail.html !== null && squeezed(plain(mail.html)).startsWith(TALON_REPLY);
    return same ? [{ name: file, html: bodyOf(mail), text: plain(bodyOf(mail)), expected }] : [];
  });
}

function talonHtml(): Quoting[] {
  const expected: Record<string, string[]> = {
    'OLK_SRC_BODY_SECTION.html': ['Reply'],
    'reply-separated-by-hr.html': ['Hi there', 'Hi there Bob'],
  };
  return talonFiles(/\.html$/).map((file) => {
    const html = readData(`${TALON}/${file}`);
    return { name: file, html, text: plain(html), expected: expected[file] ?? [TALON_HTML_REPLY, 'Hi. I am fine.'] };
  });
}

function talonSignatures(): Quoting[] {
  return talonFiles(/^signature__emails__stripped__.*_body$/).map((file) => {
    // One of them has its signature's lines marked, in the mail itself.
    const read = (name: string) => readData(`${TALON}/${name}`).replaceAll('#sig#', '').trim();
    const body = read(file);
    const signature = read(file.replace(/_body$/, '_signature'));
    return fromText(file, body, [body.slice(0, body.length - signature.length)]);
  });
}
