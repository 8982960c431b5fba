import { DETAILS, REASONS } from './handing-over.ts';
import type { Meaning } from './meaning.ts';
import { ADMISSIONS, CLOSURES, FATES, IGNORED, OUTCOMES, STATUSES, WRITES } from './outcomes.ts';
import { RULES } from './rules.ts';

/** Words of one kind, with where they are shown. */
export type Chapter = { title: string; kind: string; about: string; words: Readonly<Record<string, Meaning>> };

/** Every word that `ticket show`, the API, the notes and Temporal's Web UI use for what was decided. */
export const GLOSSARY: readonly Chapter[] = [
  { title: 'Rules', kind: 'rule', about: 'By which the AI speaks, or is silent.', words: RULES },
  { title: 'Why tickets go to people', kind: 'handoff reason', about: 'Several may apply.', words: REASONS },
  {
    title: 'What is said beside the reason',
    kind: 'detail of a handoff',
    about: 'What was wrong with the answer, or with the model.',
    words: DETAILS,
  },
  {
    title: 'What became of a turn',
    kind: 'outcome of a turn',
    about: 'A turn answers everything that waits, once.',
    words: OUTCOMES,
  },
  {
    title: 'What became of a draft',
    kind: 'fate of a draft',
    about: 'Known as soon as a person has replied in public.',
    words: FATES,
  },
  {
    title: 'What became of a write',
    kind: 'state of a write',
    about: 'Replies, drafts and notes, each of which is written once.',
    words: WRITES,
  },
  {
    title: 'Why a message is never answered',
    kind: 'kind of message',
    about: 'Mirrored, with the reason.',
    words: IGNORED,
  },
  { title: 'Where a ticket stands', kind: 'status', about: 'Of our mirror of it.', words: STATUSES },
  { title: 'How a ticket came in', kind: 'admission', about: 'Which part of the intake took it.', words: ADMISSIONS },
  { title: 'How a conversation ended', kind: 'closure', about: 'Of closed tickets.', words: CLOSURES },
];

export type Explained = Meaning & { word: string; kind: string };

/** What a word means; several kinds may use the same one. Upper and lower case are the same. */
export function explain(word: string): Explained[] {
  const wanted = word.trim().toLowerCase();
  return GLOSSARY.flatMap(({ kind, words }) =>
    Object.entries(words).flatMap(([name, meaning]) =>
      name.toLowerCase() === wanted ? [{ word: name, kind, ...meaning }] : [],
    ),
  );
}

/** Every word there is, for who has mistyped one. */
export function glossaryWords(): string[] {
  return [...new Set(GLOSSARY.flatMap(({ words }) => Object.keys(words)))];
}

/** The whole glossary as a page of the docs, in Markdown. */
export function glossaryPage(): string {
  const chapters = GLOSSARY.map(({ title, about, words }) => {
    const entries = Object.entries(words).map(
      ([word, { says, whatToDo }]) => `- **\`${word}\`** ${asMarkdown(says)} _What to do:_ ${asMarkdown(whatToDo)}`,
    );
    return [`## ${title}`, about, entries.join('\n')].join('\n\n');
  });
  return `${[HEAD, ...chapters].join('\n\n')}\n`;
}

const HEAD = `# Glossary

Every word that \`ticket show\`, the API, the notes on a ticket and Temporal's Web UI use for what was decided, with what to do about
it. \`opencx-freshdesk --explain E6\` prints one of them. This page is made from the program (\`npm run glossary\`); change it there.`;

function asMarkdown(text: string): string {
  return text.replaceAll('*', '\\*');
}
