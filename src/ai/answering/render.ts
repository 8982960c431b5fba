import sanitizeHtml from 'sanitize-html';
import type { Sentiment } from '../../domain/handoff.ts';
import type { NearArticle } from '../../domain/knowledge.ts';
import { shortened, visible } from '../reading/text.ts';
import { escapeHtml, isAllowed, markdownToHtml } from './reply-html.ts';

/** Everything a reply may consist of. No attribute but a checked link, no style, no image, no script (A7). */
const ALLOWED_TAGS = ['p', 'br', 'strong', 'em', 'del', 'ul', 'ol', 'li', 'a', 'code', 'pre', 'blockquote', 'hr'];

/**
 * A reply as Freshdesk HTML (A7, A8), from Markdown and the channel's plain texts. Links stay where their host is one of
 * `allowedHosts` (exact names; for mailto the domain of the address), else their text only. Images, raw HTML and anything
 * outside the subset lose their markup, and nothing of what a reader would have read. Greeting, signature and disclosure are escaped and keep their line breaks.
 */
export function renderReply(
  markdown: string,
  options: {
    allowedHosts: readonly string[];
    greeting: string | null;
    signature: string | null;
    disclosure: string | null;
  },
): string {
  const hosts = new Set(options.allowedHosts.map((host) => host.trim().toLowerCase()));
  return framed(sanitized(markdownToHtml(markdown, hosts), hosts).trim(), options);
}

/** What the channel says before and after an answer that is rendered already (A8). */
export function framed(
  body: string,
  frame: { greeting: string | null; signature: string | null; disclosure: string | null },
): string {
  return [paragraph(frame.greeting), body, paragraph(frame.signature), paragraph(frame.disclosure, 'em')]
    .filter((part) => part !== '')
    .join('\n');
}

/**
 * The private note with a draft, as the customer would read it (A2), and below it what to check: the sentences that the cited
 * articles do not carry (N9), and where else to look.
 */
export function renderDraftNote(
  replyHtml: string,
  {
    footer,
    unsupported = [],
    nearest = [],
  }: { footer: string | null; unsupported?: readonly string[]; nearest?: readonly NearArticle[] },
): string {
  const marks = unsupported.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('');
  const below = [
    ...(marks === ''
      ? []
      : ['<p><strong>Check before sending: the cited articles do not say</strong></p>', `<ul>${marks}</ul>`]),
    ...(nearest.length === 0 ? [] : [`<p><strong>Nearest articles:</strong> ${nearest.map(linked).join(', ')}</p>`]),
    ...(footer === null || footer.trim() === '' ? [] : [paragraph(footer, 'em')]),
  ];
  return [replyHtml, ...(below.length === 0 ? [] : ['<hr />', ...below])].join('\n');
}

function linked({ title, url }: NearArticle): string {
  return url === null ? escapeHtml(title) : `<a href="${escapeHtml(url)}">${escapeHtml(title)}</a>`;
}

/** Below a private note, never in what a customer gets: the way to the ticket in the Inbox. */
export function renderInboxLink(url: string): string {
  return `<p><a href="${escapeHtml(url)}">What the AI did, in the Inbox</a></p>`;
}

const SUPERSEDED = 'Superseded: the customer has written again since.';

/** The note of a draft, as Freshdesk shows it, for which the customer has not waited (A10). */
export function renderSuperseded(noteHtml: string): string {
  return `${paragraph(SUPERSEDED, 'strong')}\n<hr />\n${noteHtml}`;
}

export function isSuperseded(noteHtml: string): boolean {
  return noteHtml.includes(SUPERSEDED);
}

/** The private note of a handoff (H2): what matters first, the mood last. Everything in it is escaped, but for the answer. */
export function renderHandoffNote(note: {
  summary: string;
  sentiment: Sentiment | null;
  language: string | null;
  topic: string | null;
  /** The articles that came nearest to an answer, by title. */
  nearest: readonly string[];
  /** The answer that could not be delivered, as Freshdesk HTML that has passed the guards; null where there was none. */
  undelivered: string | null;
  /** In words. */
  reasons: readonly string[];
  /** What Freshdesk answered to a write it refused (A6). */
  refusal: string | null;
  /** When somebody is there again; null while somebody is (H7). */
  opening: string | null;
}): string {
  const facts = [
    ...(note.topic === null ? [] : [`<strong>Topic:</strong> ${escapeHtml(note.topic)}`]),
    ...(note.nearest.length === 0
      ? []
      : [`<strong>Nearest articles:</strong> ${note.nearest.map(escapeHtml).join(', ')}`]),
    ...(note.language === null ? [] : [`<strong>Language:</strong> ${escapeHtml(languageName(note.language))}`]),
    ...moodOf(note),
  ];
  return [
    '<p><strong>Handed over by the AI agent</strong></p>',
    `<ul>${note.reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('')}</ul>`,
    ...(note.opening === null ? [] : [`<p>${escapeHtml(note.opening)}</p>`]),
    ...(note.refusal === null ? [] : [`<p><strong>Freshdesk answered:</strong> ${escapeHtml(note.refusal)}</p>`]),
    ...(note.undelivered === null ? [] : [UNDELIVERED, `<blockquote>${note.undelivered}</blockquote>`]),
    '<p><strong>What the customer wants</strong></p>',
    paragraph(note.summary),
    ...(facts.length === 0 ? [] : [`<p>${facts.join('<br />')}</p>`]),
  ].join('\n');
}

const UNDELIVERED =
  '<p><strong>The answer of the AI</strong> follows. It may have been sent: look at the thread before you send it.</p>';

/** Only what is sure is said: neutral is no mood. */
function moodOf({ sentiment }: { sentiment: Sentiment | null }): string[] {
  return sentiment === null || sentiment === 'neutral' ? [] : [`<strong>Mood:</strong> ${sentiment}`];
}

/** The private note of a resolution (R1, R3). Everything in it is escaped. */
export function renderResolutionNote(note: {
  closure: 'resolved' | 'assumed_resolved';
  summary: string;
  sentiment: Sentiment | null;
}): string {
  const why =
    note.closure === 'resolved'
      ? 'The customer says that it is solved.'
      : 'The customer has not written again since the answer.';
  return [
    `<p><strong>Resolved by the AI agent.</strong> ${why}</p>`,
    '<p><strong>Summary</strong></p>',
    paragraph(note.summary),
    ...moodOf(note).map((mood) => `<p>${mood}</p>`),
  ].join('\n');
}

const MOST_QUESTIONS = 3;
const MOST_OF_A_QUESTION = 300;

/** The private note about what was asked before a ticket was given back (E4). `agent`: the AI agent's name. */
export function renderLeftOpenNote({ questions, agent }: { questions: readonly string[]; agent: string }): string {
  const one = questions.length === 1;
  return [
    paragraph(
      `${one ? 'One earlier question was' : `${questions.length} earlier questions were`} not answered:`,
      'strong',
    ),
    ...questions.slice(-MOST_QUESTIONS).map((text) => {
      const said = shortened(visible(text.slice(0, 10 * MOST_OF_A_QUESTION)), MOST_OF_A_QUESTION);
      return `<blockquote>${paragraph(said === '' ? '(no text)' : said)}</blockquote>`;
    }),
    paragraph(
      `The AI goes on with the customer's next message. To have ${one ? 'this' : 'these'} answered, reply to the customer; or have intake.onReassign set to "waiting", assign the ticket to yourself, and back to ${agent}.`,
    ),
  ].join('\n');
}

/** The private note on a ticket that cannot be read (L5). `agent`: the AI agent's name. */
export function renderUnreadableNote({ agent }: { agent: string }): string {
  return [
    paragraph(`${agent} has not been able to read this ticket for more than an hour.`, 'strong'),
    paragraph(
      'What the customer has written meanwhile has no answer: please look after the ticket. It is read again every few minutes, and goes on as it is assigned once that works.',
    ),
  ].join('\n');
}

/** The second lock on the same door: whatever the renderer let through, only the allow-list leaves. */
function sanitized(html: string, hosts: ReadonlySet<string>): string {
  return sanitizeHtml(html, {
    allowedTags: ALLOWED_TAGS,
    allowedAttributes: { a: ['href'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    transformTags: {
      a: (_name, attributes) =>
        isAllowed(attributes['href'] ?? '', hosts)
          ? { tagName: 'a', attribs: { href: attributes['href'] ?? '' } }
          : { tagName: 'removed', attribs: {} },
    },
  });
}

function paragraph(text: string | null, within?: 'em' | 'strong'): string {
  if (text === null || text.trim() === '') return '';
  const lines = escapeHtml(text.trim()).replace(/\r?\n/g, '<br />');
  return within === undefined ? `<p>${lines}</p>` : `<p><${within}>${lines}</${within}></p>`;
}

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

function languageName(code: string): string {
  try {
    return `${LANGUAGE_NAMES.of(code) ?? code} (${code})`;
  } catch {
    return code; // not a language tag
  }
}
