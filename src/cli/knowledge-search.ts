import { type Command, Option } from 'commander';
import type { SearchReport } from '../ai/knowledge/explain.ts';
import type { Passage } from '../domain/knowledge.ts';
import type { Channel, WritingMode } from '../domain/ticket.ts';
import type { CliDeps } from './deps.ts';
import { oneLine } from './lines.ts';
import { type Given, subcommand, UsageError } from './subcommand.ts';
import { type WouldBe, wouldBeInWords } from './would-be.ts';

type Searched = SearchReport & { would: WouldBe };

/** What a question finds, and what would be done with it on a new e-mail ticket. Nothing is stored or sent. */
export function knowledgeSearchCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'search',
    reads: true,
    about: 'what a question finds, and whether it would be answered',
    examples: [
      'knowledge search "How long does shipping take?"',
      'knowledge search "goodwill voucher" --internal --json',
    ],
    connection: true,
    takes: (searching) =>
      searching
        .argument('<question>', 'as a customer would write it')
        .option('--internal', 'with internal articles, as a draft may use them'),
    run({ args, connection, options: { internal = false }, using }: Given<{ internal?: boolean }>): Promise<Searched> {
      const question = questionOf(args);
      const mode = modeOf(internal);
      return using(async ({ searchKnowledge, askKnowledge }) => ({
        ...(await searchKnowledge(connection, question, internal)),
        would: await askKnowledge(connection, { question, subject: '', channel: 'email', mode }),
      }));
    },
    words: ({ would, ...report }, { options: { internal = false } }) => {
      const asked = { channel: 'email', mode: modeOf(internal) } as const;
      return `${[...wouldBeInWords(would, asked), '', ...passageLines(report)].join('\n')}\n`;
    },
  });
}

type Asking = { subject: string; channel: Channel; mode: WritingMode };

/** The same for any channel, with a subject: the whole of what a turn would come to. Nothing is stored or sent. */
export function knowledgeAskCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'ask',
    reads: true,
    about: 'what would become of a message on a new ticket; costs money where a model answers',
    examples: [
      'knowledge ask "How long does shipping take?"',
      'knowledge ask "It is too small" --subject "Return a jacket" --channel web --mode assist',
    ],
    connection: true,
    takes: (asking) =>
      asking
        .argument('<message>', 'as a customer would write it')
        .option('--subject <text>', 'the subject of the ticket', '')
        .addOption(new Option('--channel <channel>').choices(['email', 'web', 'phone', 'other']).default('email'))
        .addOption(new Option('--mode <mode>').choices(['autopilot', 'assist']).default('autopilot')),
    run: ({ args, connection, options: { subject, channel, mode }, using }: Given<Asking>) => {
      const question = questionOf(args);
      return using(({ askKnowledge }) => askKnowledge(connection, { question, subject, channel, mode }));
    },
    words: (would, { options }) => `${wouldBeInWords(would, options).join('\n')}\n`,
  });
}

function modeOf(internal: boolean): WritingMode {
  return internal ? 'assist' : 'autopilot';
}

function questionOf([text = '']: readonly string[]): string {
  if (text.trim() === '') throw new UsageError('The question is empty.');
  return text;
}

function passageLines({ language, passages }: SearchReport): string[] {
  return passages.length === 0
    ? ['No passage was found.']
    : [
        `Passages found, the best article first (language: ${language ?? 'not told'})`,
        'score  covers',
        ...passages.map(passageLine),
      ];
}

function passageLine({ score, coverage, title, heading, visibility, language, words }: Passage): string {
  const where = oneLine(heading === '' ? title : `${title} › ${heading}`);
  const marks = [language ?? '?', ...(visibility === 'private' ? ['internal'] : [])].join(', ');
  const held = words.map(({ word, named }) => (named ? `${word}*` : word)).join(' ');
  return `${score.toFixed(2).padStart(5)}  ${`${Math.round(coverage * 100)} %`.padStart(6)}  ${where} (${marks}): ${held}`;
}
