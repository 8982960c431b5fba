import type { Command } from 'commander';
import type { DraftFigures } from '../db/reads/draft-figures.ts';
import { inTable } from './columns.ts';
import type { CliDeps } from './deps.ts';
import { oneLine } from './lines.ts';
import { type Given, subcommand, wholeNumber } from './subcommand.ts';

const MOST_DAYS = 3_650;

/** What became of the drafts, by channel and article (A10). */
export function draftsCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'drafts',
    reads: true,
    about: 'what people made of the drafts, by channel and article',
    examples: ['drafts', 'drafts --days 7', 'drafts --connection shop --json'],
    connection: true,
    takes: (drafts) => drafts.option('--days <n>', 'of the last so many days', wholeNumber(1, MOST_DAYS), 30),
    run: ({ connection, options: { days }, using }: Given<{ days: number }>) =>
      using(async ({ draftFigures }) => {
        const since = new Date(Date.now() - days * 86_400_000);
        return { days, items: await draftFigures(connection, since) };
      }),
    words: inWords,
  });
}

function inWords({ days, items }: { days: number; items: DraftFigures[] }): string {
  if (items.length === 0) return `No drafts in the last ${days} days.\n`;
  const head = ['channel', 'drafts', 'sent', 'edited', 'ignored', 'superseded', 'open', 'distance', 'article'];
  const rows = items.map((one) => [
    one.channel,
    ...[one.drafts, one.sent, one.edited, one.ignored, one.superseded, one.open].map(String),
    one.distance === null ? '–' : one.distance.toFixed(2),
    one.article === null ? '(not known any more)' : oneLine(one.article),
  ]);
  const sum = (of: (one: DraftFigures) => number) => items.reduce((total, one) => total + of(one), 0);
  const [used, judged] = [
    sum(({ sent, edited }) => sent + edited),
    sum(({ sent, edited, ignored }) => sent + edited + ignored),
  ];
  const share = judged === 0 ? 'none was answered yet' : `${used} of ${judged} that were answered were used`;
  return `${inTable(head, rows)}${sum(({ drafts }) => drafts)} drafts in the last ${days} days; ${share}.\n`;
}
