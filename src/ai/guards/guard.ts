import type { AnswerProblem } from '../../domain/plan-detail.ts';
import type { CitedArticle } from '../../domain/knowledge.ts';
import type { Wording } from '../../domain/settings.ts';
import type { WritingMode } from '../../domain/ticket.ts';
import { detectLanguage } from '../reading/language.ts';
import { plainText } from '../answering/plain-text.ts';
import { renderReply } from '../answering/render.ts';
import { linkHosts } from '../answering/reply-html.ts';
import { foreignAddress } from './addresses.ts';
import { sourcesOf, type Sources } from './quotes.ts';

export type Answer = {
  markdown: string;
  mode: WritingMode;
  /** What the answer says it rests on, and which of it there is. */
  citedIds: readonly string[];
  cited: readonly CitedArticle[];
  /** ISO 639-1 of the customer's messages; null when they are too short to tell. */
  language: string | null;
  /** The operator's, from `reply.allowedLinkHosts`. */
  allowedHosts: readonly string[];
  /** What goes out unattended: sentences of the sources alone, which is the default, or a model's words that a check supports. */
  wording?: Wording;
};

/** Nobody reads more, and a model that writes more has lost its way. */
const MAX_LENGTH = 8_000;

/** A sentence of a draft that its sources do not carry, as a reader sees it, and what is wrong with it. */
export type Unsupported = { sentence: string; problem: AnswerProblem };

/** `body` is what was checked, rendered; it is posted as it is. `unsupported` is there for drafts alone, where there is any. */
export type Judged = { ok: true; body: string; unsupported?: Unsupported[] } | { ok: false; problem: AnswerProblem };

/**
 * The last word on every engine's answer (N5, N9): what goes out unattended must stand in the articles it cites; in a draft
 * what does not is told. Checked is the text that will be posted, as a reader sees it, and for addresses also what it was made
 * from. The first problem decides.
 */
export function judgeAnswer(answer: Answer): Judged {
  const { markdown, cited, allowedHosts, mode } = answer;
  if (markdown.length > MAX_LENGTH) return { ok: false, problem: 'too_long' };
  const hosts = [...allowedHosts, ...cited.flatMap((article) => linkHosts(article.markdown))];
  const body = renderReply(markdown, { allowedHosts: hosts, greeting: null, signature: null, disclosure: null });
  const reply = { ...answer, text: plainText(body), sources: sourcesOf({ cited, hosts, language: answer.language }) };
  const problem = whateverItIs(reply) ?? (mode === 'autopilot' ? unattended(reply) : foreignLanguage(reply));
  if (problem !== null) return { ok: false, problem };
  const unsupported = mode === 'autopilot' ? [] : unsupportedSentences(reply);
  return { ok: true, body, ...(unsupported.length === 0 ? {} : { unsupported }) };
}

type Reply = Answer & { text: string; sources: Sources };

/** What neither a reply nor a draft may be. */
function whateverItIs(reply: Reply): AnswerProblem | null {
  const { markdown, text, mode, citedIds, cited, allowedHosts, sources } = reply;
  if (text.trim() === '') return 'empty';
  if (citedIds.length === 0 || citedIds.some((id) => !cited.some(({ articleId }) => articleId === id)))
    return 'citation';
  if (mode === 'autopilot' && cited.some(({ visibility }) => visibility !== 'public')) return 'internal';
  const kind = foreignAddress(`${text}\n${markdown}`, textsOf(cited), allowedHosts)?.kind ?? null;
  // Numbers that follow each other in an article look like one there, and a sentence of it holds some of them.
  return kind === 'phone' && sources.ownWords(text).length === 0 ? null : kind;
}

/** N9: nobody looks at it before the customer does. */
function unattended(reply: Reply): AnswerProblem | null {
  const { text, cited, sources, wording = 'quotes' } = reply;
  const own = sources.ownWords(text);
  if (own.length === 0) return foreignLanguage({ ...reply, text: cited.map(({ markdown }) => markdown).join('\n') });
  const problem = own.map(sources.problemOf).find((found) => found !== null) ?? null;
  if (wording === 'quotes') return problem === null || problem === 'altered' ? 'unquoted' : problem;
  return problem ?? foreignLanguage(reply);
}

function unsupportedSentences({ text, sources }: Reply): Unsupported[] {
  return sources.ownWords(text).flatMap((statement): Unsupported[] => {
    const problem = sources.problemOf(statement);
    return problem === null ? [] : [{ sentence: statement.text, problem }];
  });
}

/** A few words are easily taken for another language's; said in those of articles in the customer's, they are not. */
function foreignLanguage({ text, language, cited, sources }: Reply): AnswerProblem | null {
  const written = detectLanguage(text);
  if (language === null || written === null || written === language) return null;
  const source = detectLanguage(cited.map(({ markdown }) => markdown).join('\n'));
  if (source !== language) return 'language';
  return sources.ownWords(text).some((statement) => sources.problemOf(statement) === 'ungrounded') ? 'language' : null;
}

function textsOf(cited: readonly CitedArticle[]): string[] {
  return cited.flatMap((article) => [article.title, article.markdown, asRead(article.markdown)]);
}

/** An article as a reader has it: what Markdown escapes or HTML names is the same number or address in a reply. */
function asRead(markdown: string): string {
  return plainText(markdown.replace(/\\([!-/:-@[-`{-~])/g, '$1'));
}
