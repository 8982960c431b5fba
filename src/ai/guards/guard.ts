import type { AnswerProblem } from '../../domain/plan-detail.ts';
import type { CitedArticle } from '../../domain/knowledge.ts';
import type { WritingMode } from '../../domain/ticket.ts';
import { detectLanguage } from '../reading/language.ts';
import { plainText } from '../answering/plain-text.ts';
import { renderReply } from '../answering/render.ts';
import { linkHosts } from '../answering/reply-html.ts';
import { foreignAddress } from './addresses.ts';
import { unsupportedFact } from './facts.ts';
import { ungroundedSentence } from './grounding.ts';

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
};

/** Nobody reads more, and a model that writes more has lost its way. */
const MAX_LENGTH = 8_000;

/** `body` is what was checked, rendered; it is posted as it is. */
export type Judged = { ok: true; body: string } | { ok: false; problem: AnswerProblem };

/**
 * The last word on every engine's answer (N5): what it says must stand in the articles it cites. Checked is the text that
 * will be posted, as a reader sees it, and for addresses also what it was made from. The first problem decides.
 */
export function judgeAnswer(answer: Answer): Judged {
  const { markdown, cited, allowedHosts } = answer;
  if (markdown.length > MAX_LENGTH) return { ok: false, problem: 'too_long' };
  const hosts = [...allowedHosts, ...cited.flatMap((article) => linkHosts(article.markdown))];
  const body = renderReply(markdown, { allowedHosts: hosts, greeting: null, signature: null, disclosure: null });
  const problem = problemOf(answer, plainText(body));
  return problem === null ? { ok: true, body } : { ok: false, problem };
}

function problemOf(
  { markdown, mode, citedIds, cited, language, allowedHosts }: Answer,
  text: string,
): AnswerProblem | null {
  if (text.trim() === '') return 'empty';
  if (citedIds.length === 0 || citedIds.some((id) => !cited.some(({ articleId }) => articleId === id)))
    return 'citation';
  if (mode === 'autopilot' && cited.some(({ visibility }) => visibility !== 'public')) return 'internal';
  const sources = cited.flatMap((article) => [article.title, article.markdown, asRead(article.markdown)]);
  const address = foreignAddress(`${text}\n${markdown}`, sources, allowedHosts);
  if (address !== null) return address.kind;
  const fact = unsupportedFact(text, sources);
  if (fact !== null) return fact.kind;
  if (ungroundedSentence(text, sources) !== null) return 'ungrounded';
  const written = detectLanguage(text);
  return language !== null && written !== null && written !== language ? 'language' : null;
}

/** An article as a reader has it: what Markdown escapes or HTML names is the same number or address in a reply. */
function asRead(markdown: string): string {
  return plainText(markdown.replace(/\\([!-/:-@[-`{-~])/g, '$1'));
}
