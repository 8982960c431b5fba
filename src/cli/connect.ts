import type { Command } from 'commander';
import { API_KEY, CONNECTION_ID } from '../domain/connecting.ts';
import type { Connector } from '../accounts/connector.ts';
import { ConnectError } from '../freshdesk/errors.ts';
import { askedUntil } from './asking.ts';
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
      refuseIncomplete(options, deps);
      const given = options.apiKey === undefined ? null : await givenKey(options.apiKey, deps);
      return using(async ({ connector: load }) => {
        const connector = await load();
        const domain = options.domain?.trim() ?? (await domainAsked(connector, deps));
        const apiKey = given ?? (await keyAsked(connector, domain, deps));
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

${started ? (backfill ? MIRRORING : '') : NOT_STARTED}${rules.text}
${nextSteps(id, agent.name)}`,
  });
}

/** What makes the first draft, in the order it is done. */
function nextSteps(id: string, agent: string): string {
  const of = id === 'default' ? '' : ` --connection ${id}`;
  return `What to do next:
  1. Give it something to answer from: "knowledge sync${of}" reads the account's Solutions, "knowledge import FOLDER${of}" Markdown.
  2. "doctor${of}" looks at everything, and says what is still missing.
  3. Assign a ticket to ${agent} in Freshdesk: a draft appears on it as a private note. "status" tells how it goes.
`;
}

/** What nobody can be asked for is missed before anything is opened. */
function refuseIncomplete({ domain, apiKey }: Options, { terminal, env }: CliDeps): void {
  if (terminal !== null) return;
  if ((domain ?? env['FRESHDESK_URL'] ?? '').trim() === '') throw missing('domain');
  if ((apiKey ?? '').trim() === '') throw missing('api-key');
}

function missing(option: string): UsageError {
  return new UsageError(`Give --${option}; on a terminal it is asked for.`);
}

/** Not asked for where FRESHDESK_URL says where everything goes. It has to answer as Freshdesk does before the key is asked for. */
async function domainAsked(connector: Connector, deps: CliDeps): Promise<string> {
  const { env, terminal } = deps;
  const url = env['FRESHDESK_URL']?.trim() ?? '';
  if (url !== '') return new URL(url).host;
  if (terminal === null) throw missing('domain');
  return askedUntil(
    deps,
    () => terminal.ask('Freshdesk domain (such as acme.freshdesk.com): '),
    async (domain) => {
      if (domain === '') throw new UsageError('That was empty. Ctrl-C breaks it off.');
      await connector.verify({ domain, apiKey: NO_KEY }).catch((error: unknown) => {
        // An account that refuses this key is there.
        if (!(error instanceof ConnectError) || error.reason !== 'invalid_credentials') throw error;
      });
      return domain;
    },
  );
}

/** No account has it: it only finds out whether there is one. */
const NO_KEY = 'is-there-an-account';

async function keyAsked(connector: Connector, domain: string, deps: CliDeps): Promise<string> {
  const { terminal } = deps;
  if (terminal === null) throw missing('api-key');
  return askedUntil(
    deps,
    () => terminal.askSecret(KEY_QUESTION),
    async (typed) => {
      const apiKey = usableKey(typed);
      await connector.verify({ domain, apiKey });
      return apiKey;
    },
  );
}

const MIRRORING =
  'The tickets that are open already are being mirrored, and nothing in them is answered: "backfill --status" says how far that is. When the customer of one writes, it counts as a new ticket: intake and rollout say whether it is taken.\n\n';

const NOT_STARTED =
  'Temporal did not answer, or not with what was asked of it: what runs beside the tickets starts by itself when the service and Temporal run. "doctor" says what is wrong.\n\n';

const KEY_QUESTION = 'API key of the agent who shall answer (not shown): ';

/** From the command line, from standard input, or from whoever sits at the terminal, which does not show it while it is typed. */
export async function givenKey(value: string | undefined, deps: CliDeps): Promise<string> {
  if (value !== undefined) return usableKey(value === '-' ? await deps.readInput() : value);
  const { terminal } = deps;
  if (terminal === null) throw missing('api-key');
  return askedUntil(deps, () => terminal.askSecret(KEY_QUESTION), usableKey);
}

function usableKey(typed: string): string {
  const key = typed.trim();
  if (key === '') throw missing('api-key');
  if (!API_KEY.test(key)) throw new UsageError('An API key is plain ASCII without spaces: copy it again.');
  return key;
}
