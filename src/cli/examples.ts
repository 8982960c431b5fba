import type { Command } from 'commander';
import { HEAD_NAMES, HEADS, type HeadName } from '../domain/heads.ts';
import { heardInWords } from '../domain/insight.ts';
import { MAX_EXAMPLE_LENGTH, type OwnExample } from '../domain/own-examples.ts';
import { inTable } from './columns.ts';
import type { CliDeps } from './deps.ts';
import { oneLine } from './lines.ts';
import { localTime } from './local-time.ts';
import { type Given, subcommand, UsageError } from './subcommand.ts';

const WHICH = `what it is an example of: ${HEAD_NAMES.join(', ')}`;

/** What an account's own people teach its heads (N8). The next message is judged with it. */
export function examplesAddCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'add',
    about: 'a sentence that a message like it is to be taken for, or with --not is not',
    examples: [
      'examples add person "Put me through to the front desk"',
      'examples add person "Is there a human resources handbook?" --not',
    ],
    connection: true,
    takes: (adding) =>
      adding
        .argument('<what>', WHICH)
        .argument('<sentence>', 'as a customer would write it')
        .option('--not', 'it is none: a counter-example'),
    run({ args: [what, sentence = ''], connection, options, using }: Given<{ not?: true }>) {
      const head = headOf(what);
      const text = textOf(sentence);
      return using(async ({ ownExamples, contradictedExamples }) => {
        const example = await ownExamples.add(connection, { head, positive: options.not !== true, text }, new Date());
        return marked(example, await contradictedExamples([example]));
      });
    },
    words: (example) => `Added. ${inWords(example)}\n`,
  });
}

export function examplesListCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'list',
    reads: true,
    about: 'the examples of the account, beside those that come with the product',
    examples: ['examples list', 'examples list --connection shop --json'],
    connection: true,
    run: ({ connection, using }) =>
      using(async ({ ownExamples, contradictedExamples }) => {
        const examples = await ownExamples.list(connection);
        const contradicted = await contradictedExamples(examples);
        return { items: examples.map((example) => marked(example, contradicted)) };
      }),
    words: ({ items }) => listed(items),
  });
}

export function examplesRemoveCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'remove',
    about: 'take an example back; "examples list" shows their ids',
    examples: ['examples remove 01a214e7-9d3c-7cc4-a1d6-0e5f5f9c1b2a'],
    connection: true,
    takes: (removing) => removing.argument('<id>'),
    run: ({ args: [id = ''], connection, using }) =>
      using(async ({ ownExamples }) => {
        if (!(await ownExamples.remove(connection, id)))
          throw new Error(`There is no example ${id}. "examples list" shows their ids.`);
        return { removed: id };
      }),
    words: () => 'Removed.\n',
  });
}

export function examplesTestCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'test',
    reads: true,
    about: "what a message would be taken for, with the account's examples; nothing is stored or sent",
    examples: ['examples test "Could somebody ring me back?"'],
    connection: true,
    takes: (testing) => testing.argument('<message>', 'as a customer would write it'),
    run: ({ args: [message = ''], connection, using }) => {
      const text = textOf(message);
      return using(async ({ testHeads }) => ({ heads: await testHeads(connection, text) }));
    },
    words: ({ heads }) =>
      `${heads
        .toSorted((a, b) => b.score - b.doubt - (a.score - a.doubt))
        .map((heard) => oneLine(heardInWords(heard)))
        .join('\n')}\n`,
  });
}

type Marked = OwnExample & { contradicts: boolean };

function marked(example: OwnExample, contradicted: ReadonlySet<string>): Marked {
  return { ...example, contradicts: contradicted.has(example.id) };
}

function headOf(what = ''): HeadName {
  const head = HEAD_NAMES.find((name) => name === what);
  if (head === undefined)
    throw new UsageError(`"${what}" is nothing that messages are taken for. Name one of ${HEAD_NAMES.join(', ')}.`);
  return head;
}

function textOf(text: string): string {
  if (text.trim() === '') throw new UsageError('The sentence is empty.');
  if (text.length > MAX_EXAMPLE_LENGTH)
    throw new UsageError(`The sentence has ${text.length} characters; at most ${MAX_EXAMPLE_LENGTH} are read.`);
  return text.trim();
}

function inWords({ head, positive, contradicts }: Marked): string {
  const what = `Messages like it count as ${positive ? '' : 'anything but '}"${HEADS[head]}" from now on.`;
  return contradicts ? `${what} An example that comes with the product says the opposite; yours counts.` : what;
}

function listed(items: readonly Marked[]): string {
  if (items.length === 0) return 'There are none yet: "examples add" takes one.\n';
  const rows = items.map(({ id, head, positive, text, at, contradicts }) => [
    head,
    positive ? 'is' : 'is not',
    contradicts ? "contradicts the product's own" : '',
    localTime(at),
    id,
    oneLine(text),
  ]);
  return inTable(['what', '', '', 'added', 'id', 'sentence'], rows);
}
