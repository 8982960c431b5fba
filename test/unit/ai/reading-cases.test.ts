import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { renderReply } from '../../../src/ai/answering/render.ts';
import { plainText } from '../../../src/ai/answering/plain-text.ts';
import { htmlToMarkdown } from '../../../src/ai/knowledge/html-markdown.ts';
import { prepareArticle } from '../../../src/ai/knowledge/markdown-knowledge.ts';
import { cleanText } from '../../../src/ai/reading/clean.ts';
import { ignoreReason, suspicionOf } from '../../../src/ai/reading/incoming.ts';
import { detectLanguage } from '../../../src/ai/reading/language.ts';
import { holdsCardNumber, type SafetyTopic } from '../../../src/ai/understanding/safety.ts';
import { signalsByMeaning } from '../../../src/ai/understanding/signals.ts';
import { isThanksOnly } from '../../../src/ai/understanding/thanks.ts';
import { normalPhone } from '../../../src/domain/contact.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { testUnderstand } from '../../../testbed/understanding.ts';

/** Mails and articles that other projects' trackers complain of: what came, and what is right. A file beside the checkout. */
const FILE = path.resolve(import.meta.dirname, '../../../../shared/cases/mail-and-knowledge.json');
type Case = { id: string; kind: string; examples: { input: string; right: string }[] };

if (!existsSync(FILE)) {
  process.stdout.write(`The reading cases are skipped: ${FILE} is not beside this checkout.\n`);
  test.skip('N10 the reading cases', () => undefined);
} else {
  for (const { id, kind, examples } of JSON.parse(readFileSync(FILE, 'utf8')) as Case[])
    describe(`N10 ${id} ${kind}`, () => {
      test.each(examples)('$input', ({ input, right }) => holds(Number(id.slice(1)), input, right));
    });
}

async function safetyIn(text: string): Promise<SafetyTopic | null> {
  const understood = await testUnderstand()({ waiting: [text], before: '', subject: '' });
  const said = { texts: [text], waiting: [text], before: null };
  return signalsByMeaning(understood, said, DEFAULT_SETTINGS.handoff.triggers).safety;
}

/** A text mail as Freshdesk shows it. */
function shown(text: string): string {
  return `<div>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>\n')}</div>`;
}

function quoted(right: string): string[] {
  return [...right.matchAll(/"([^"]+)"/g)].map(([, words]) => words ?? '');
}

async function holds(kind: number, input: string, right: string): Promise<void> {
  const words = quoted(right);
  const read = cleanText([1, 7, 8, 20].includes(kind) ? input : shown(input));
  switch (kind) {
    case 1:
      expect(read).toBe(words[0]);
      break;
    case 2:
    case 3:
    case 4:
    case 20:
      if (right.startsWith('safety')) expect(await safetyIn(read)).toBe('self_harm');
      for (const word of words) expect(read).toContain(word);
      expect(read).not.toMatch(/reply above this line|which serial number|^> (?:hi|ok)$/m);
      break;
    case 5:
    case 6:
      heldByItsSubject(input, right);
      break;
    case 7:
    case 23:
      expect(read).toBe(words[0]);
      break;
    case 8:
      expect([read.split('\n').length, /wrote:|Kim Lee|Which lamp/.test(read)]).toEqual([
        right.startsWith('three') ? 3 : 2,
        false,
      ]);
      break;
    case 9:
      expect([right.slice(0, 2), null]).toContain(detectLanguage(input));
      break;
    case 10:
    case 11:
    case 12:
    case 13:
      inMarkdown(input, right);
      break;
    case 14:
    case 15:
      inReply(input, right);
      break;
    case 16:
      staysInternal(input);
      break;
    case 17:
      expect(normalPhone(input.replaceAll('"', ''))).toBe(right);
      break;
    case 18:
      expect(holdsCardNumber(input)).toBe(false);
      break;
    case 19:
      if (right === 'thanks only') expect(isThanksOnly(read)).toBe(true);
      else expect([await safetyIn(read), read.startsWith(input.split('\n')[0] ?? '')]).toEqual([null, true]);
      break;
    case 21:
      flagged(input);
      break;
    case 22:
      expect(isThanksOnly(read)).toBe(true);
      break;
    case 24:
      expect(cleanText(big(input))).toBe('Where is my parcel?');
      break;
    default:
      throw new Error(`This test does not know how to judge cases of the kind ${kind}: add it.`);
  }
}

function heldByItsSubject(input: string, right: string): void {
  const [, subject = '', text = 'I am away until Monday.'] = /subject "([^"]*)"(?:, text "([^"]*)")?/.exec(input) ?? [];
  const message = {
    autoResponse: null,
    fromEmail: 'kim@client.example',
    subject,
    text,
    html: text,
    hasAttachments: false,
  };
  expect(ignoreReason(message)).toEqual(right.includes('ignored as') ? { rule: 'E8', why: 'auto_reply' } : null);
}

/** A flag by itself drops nothing; it is told what was suspected. */
function flagged(input: string): void {
  const { from_email: fromEmail, auto_response: autoResponse } = JSON.parse(input) as {
    from_email: string;
    auto_response: boolean;
  };
  const text = 'Where is my parcel?';
  const message = { autoResponse, fromEmail, subject: null, text, html: text, hasAttachments: false };
  expect([ignoreReason(message), suspicionOf(message)]).toEqual([null, 'flag']);
}

function inMarkdown(input: string, right: string): void {
  const markdown = htmlToMarkdown(
    input.startsWith('<caption') ? `<table>${input}<tr><th>Plan</th></tr><tr><td>S</td></tr></table>` : input,
  );
  const column = /"(.+)" in column (\d)/.exec(right);
  if (column !== null) expect(cellOf(markdown, column[1] ?? '')).toBe(Number(column[2]));
  else if (right.startsWith('keeps'))
    for (const word of right.replace(/^keeps /, '').split(', ')) expect(markdown).toContain(word);
  else if (right.endsWith('once')) expect(markdown.split(quoted(right)[0] ?? '')).toHaveLength(2);
  else {
    const seen = input.replace(/<[^>]+>/g, '\n').replaceAll('&amp;', '&');
    for (const part of seen.split('\n').filter((line) => line.trim() !== '')) expect(markdown).toContain(part.trim());
    expect(markdown).not.toMatch(/<\/?(?:code|span|b|details|summary)\b|\?Three|Q1A1|A1Q2/);
  }
}

function cellOf(markdown: string, cell: string): number {
  const row = markdown.split('\n').find((line) => line.split('|').some((part) => part.trim() === cell));
  return (row ?? '').split('|').findIndex((part) => part.trim() === cell);
}

function inReply(input: string, right: string): void {
  const source = /"(.+)"/.exec(input)?.[1];
  const markdown = input.startsWith('source') && source !== undefined ? source : input;
  const options = { allowedHosts: [], greeting: null, signature: null, disclosure: null };
  const read = plainText(renderReply(markdown, options));
  if (right === 'a line break') expect(read.split('\n')).toHaveLength(3);
  else if (input.startsWith('<ul>')) expect(read).toMatch(/One\s+(?:- )?Two/);
  else expect(read).toBe(markdown);
}

/** Internal, or refused with the reason; never public. */
function staysInternal(input: string): void {
  try {
    expect(prepareArticle('a.md', input).article.visibility).toBe('private');
  } catch (error) {
    expect(String(error)).toContain('front matter');
  }
}

function big(input: string): string {
  const question = '<p>Where is my parcel?</p>';
  if (input.startsWith('<img')) return `<img src="data:image/png;base64,${'A'.repeat(600_000)}">${question}`;
  return `${'<div>'.repeat(80)}${question}${'</div>'.repeat(80)}`;
}
