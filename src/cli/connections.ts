import type { Command } from 'commander';
import type { Connection } from '../db/connections/connection.ts';
import { inColumns } from './columns.ts';
import { confirmed, withYes } from './confirm.ts';
import { givenKey } from './connect.ts';
import type { CliDeps, Opened } from './deps.ts';
import { type RulesOptions, rulesReport, rulesWish, withRules } from './rules.ts';
import { type Given, subcommand } from './subcommand.ts';

export function connectionsListCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'list',
    reads: true,
    about: 'every connection, and what is left of those that were removed',
    examples: ['connections list', 'connections list --json'],
    run: ({ using }) =>
      using(async ({ connections, webhookUrl }) => {
        const items = (await connections.list()).map((one) => ({ ...shown(one), webhookUrl: webhookUrl(one.id) }));
        return { items, removed: await connections.removed() };
      }),
    words: ({ items, removed }) => {
      const rows = [
        ...items.map(({ id, domain, state, agent, webhookUrl }) => [id, domain, state, agent.name, webhookUrl]),
        ...removed.map(({ id, domain }) => [id, domain, 'removed; its mirror is kept']),
      ];
      return rows.length === 0 ? 'No account is linked yet: run connect.\n' : inColumns(rows);
    },
  });
}

function shown({ id, domain, state, stateReason, agent, connectedAt, lastWebhookAt }: Connection) {
  return { id, domain, state, stateReason, agent, connectedAt, lastWebhookAt };
}

export function rotateKeyCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'rotate-key',
    about: 'give a connection a new API key of the same account; verifies it first',
    examples: ['connections rotate-key shop', 'connections rotate-key default --api-key - < key.txt'],
    takes: (rotate) =>
      rotate
        .argument('<id>', 'the connection')
        .option('--api-key <key>', 'the new key; - reads it from standard input, and a terminal asks for it'),
    async run({ args: [id = ''], options, using }: Given<{ apiKey?: string }>) {
      const key = await givenKey(options.apiKey, deps);
      return using(async ({ connections, connector }) => {
        const before = await connections.get(id);
        const now = await (await connector()).changeKey(id, key);
        return { ...shown(now), previousAgentId: before?.agent.id ?? null };
      });
    },
    words: ({ id, agent, previousAgentId }) => {
      const changed =
        previousAgentId === null || previousAgentId === agent.id
          ? ''
          : `This is another agent than before (${previousAgentId}): what that one wrote counts as a person's from now on, and tickets that are assigned to it as a person's, too.\n`;
      return `"${id}" has the new key: ${agent.name} <${agent.email}>, id ${agent.id}. What waited is worked now.\n${changed}`;
    },
  });
}

export function rotateSecretCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'rotate-secret',
    about: 'make a new webhook secret; the old one counts no more',
    examples: ['connections rotate-secret shop', 'connections rotate-secret shop --no-create-rules'],
    takes: (rotate) => withRules(rotate.argument('<id>', 'the connection')),
    run: ({ args: [id = ''], options, using }: Given<RulesOptions>) =>
      using(async ({ connector }) => {
        const { webhookSecret, rules } = await (await connector()).rotateSecret(id, rulesWish(deps, options));
        return { id, webhookSecret, rules: rulesReport(rules) };
      }),
    data: ({ rules, ...made }) => ({ ...made, ...rules.data }),
    words: ({ webhookSecret, rules }) =>
      `Webhook secret  ${webhookSecret}\nIt is shown this once. Webhooks with the old one are refused from now on, and Freshdesk delivers them again\nafter 5, 30 and 60 minutes.\n\n${rules.text}`,
  });
}

export function removeCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'remove',
    about: 'end a connection: nothing is taken in or written any more',
    examples: ['connections remove shop', 'connections remove shop --erase', 'connections remove shop --yes --json'],
    takes: (remove) =>
      withYes(
        remove
          .argument('<id>', 'the connection')
          .option('--erase', 'erase everything stored of it; without it the mirror stays readable'),
      ),
    async run({ args: [id = ''], options, using }: Given<{ erase?: true; yes?: true }>) {
      const erase = options.erase === true;
      await using(async ({ connections, connector }) => {
        await confirmed(deps, options.yes, await whatGoes(connections, id, erase), id);
        await (await connector()).remove(id, { erase });
      });
      return { id, removed: true, erased: erase };
    },
    words: ({ id, erased }) =>
      `"${id}" is removed${erased ? ', and everything stored of it erased' : '; its mirror stays readable'}.
Delete its automation rules in Freshdesk, which begin with "opencx: ". If its key is in FRESHDESK_API_KEY, take it out of the
environment as well: the next start connects it again.\n`,
  });
}

/** Throws ConnectionNotFound before anybody is asked. */
async function whatGoes(connections: Opened['connections'], id: string, erase: boolean): Promise<string> {
  const active = await connections.get(id);
  const known = active ?? (await connections.removed()).find((removed) => removed.id === id);
  if (known === undefined) {
    const { ConnectionNotFound } = await import('../db/connections/connection.ts');
    throw new ConnectionNotFound(id);
  }
  const ends =
    active === null
      ? `"${id}" (${known.domain}) was removed before.`
      : `"${id}" (${known.domain}) ends: no customer of this account is answered any more, and its key, secret and settings are forgotten.`;
  return erase ? `${ends} Everything that is stored of it is erased, for good.` : ends;
}
