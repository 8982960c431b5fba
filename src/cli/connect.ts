import type { Command } from 'commander';
import { API_KEY, CONNECTION_ID } from '../domain/connecting.ts';
import type { CliDeps } from './deps.ts';
import { type RulesOptions, rulesReport, rulesWish, withRules } from './rules.ts';
import { type Given, subcommand, UsageError } from './subcommand.ts';

type Options = RulesOptions & {
  id: string;
  domain?: string;
  apiKey?: string;
  backfill: boolean;
};

/** C1, C4, C5: links an account, and prints what Freshdesk has to be told. On a terminal it asks for what is not given. */
export function connectCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'connect',
    about: 'link a Freshdesk account; asks for what is not given',
    examples: [
      'connect',
      'connect --id shop --domain shop.freshdesk.com',
      'connect --domain acme --api-key - --json < key.txt',
      'connect --domain acme --no-backfill --no-create-rules',
      'connect --domain acme --api-key - --take-over-rules < key.txt',
    ],
    takes: (connect) =>
      withRules(
        connect
          .option('--id <id>', 'how the connection is called from now on', 'default')
          .option('--domain <name>', 'acme, acme.freshdesk.com or an address from the browser')
          .option('--api-key <key>', 'the API key of the agent who shall answer; - reads it from standard input')
          .option('--no-backfill', 'do not mirror the tickets that are open already'),
      ),
    async run({ options, using }: Given<Options>) {
      const { id, backfill } = options;
      if (!CONNECTION_ID.test(id))
        throw new UsageError('--id must be lower-case letters, digits, - and _, such as "shop".');
      const domain = await given(options.domain, 'domain', deps, (terminal) =>
        terminal.ask('Freshdesk domain (such as acme.freshdesk.com): '),
      );
      const apiKey = await givenKey(options.apiKey, deps);
      return using(async ({ connector: load }) => {
        const connector = await load();
        const account = { id, domain, apiKey, backfill, rules: rulesWish(deps, options) };
        const { rules, ...connected } = await connector.connect(account);
        return { ...connected, webhookUrl: connector.webhookUrl(id), rules: rulesReport(rules) };
      });
    },
    data: ({ connection: { id, domain, agent }, webhookUrl, webhookSecret, started, rules }) => ({
      id,
      domain,
      agent,
      webhookUrl,
      webhookSecret,
      started,
      ...rules.data,
    }),
    words: (
      { connection: { id, domain, agent }, webhookUrl, webhookSecret, started, rules },
      { options: { backfill } },
    ) =>
      `Connected "${id}": ${domain}, as ${agent.name} <${agent.email}>, id ${agent.id}.
It drafts on the tickets that are given to this agent, and replies to nobody, until you choose otherwise.

Webhook URL     ${webhookUrl}
Webhook secret  ${webhookSecret}
The secret is shown this once. "connections rotate-secret ${id}" makes another one.

${started ? (backfill ? MIRRORING : '') : NOT_STARTED}${rules.text}`,
  });
}

const MIRRORING =
  'The tickets that are open already are being mirrored, and nothing in them is answered: "backfill --status" says how far that is. When the customer of one writes, it counts as a new ticket: intake and rollout say whether it is taken.\n\n';

const NOT_STARTED =
  'Temporal did not answer, or not with what was asked of it: what runs beside the tickets starts by itself when the service and Temporal run. "doctor" says what is wrong.\n\n';

type Asking = NonNullable<CliDeps['terminal']>;

/** From the command line, else from whoever sits at the terminal. Throws UsageError when there is neither. */
async function given(
  value: string | undefined,
  option: string,
  { terminal }: CliDeps,
  ask: (terminal: Asking) => Promise<string>,
): Promise<string> {
  const answer = value ?? (terminal === null ? '' : await ask(terminal));
  if (answer.trim() === '') throw new UsageError(`Give --${option}; on a terminal it is asked for.`);
  return answer.trim();
}

/** The key, which a terminal does not show while it is typed. */
export async function givenKey(value: string | undefined, deps: CliDeps): Promise<string> {
  const key = await given(value === '-' ? await deps.readInput() : value, 'api-key', deps, (terminal) =>
    terminal.askSecret('API key of the agent who shall answer (not shown): '),
  );
  if (!API_KEY.test(key)) throw new UsageError('An API key is plain ASCII without spaces: copy it again.');
  return key;
}
