import { Command } from 'commander';
import type { Connection } from '../db/connections/connection.ts';
import { type CliDeps, command, inColumns, toJson, using, withJson } from './common.ts';
import { givenKey } from './connect.ts';
import { reportRules, withRules } from './rules.ts';

type Options = { json?: true };

/** The linked accounts, after they were connected. */
export function connectionsCommand(deps: CliDeps): Command {
  return new Command('connections')
    .description('list, remove, and give new keys and secrets to linked accounts')
    .addCommand(listCommand(deps))
    .addCommand(rotateKeyCommand(deps))
    .addCommand(rotateSecretCommand(deps))
    .addCommand(removeCommand(deps));
}

function listCommand(deps: CliDeps): Command {
  const list = command('list', 'every connection, and what is left of those that were removed', [
    'connections list',
    'connections list --json',
  ]);
  return withJson(list).action(async ({ json }: Options) => {
    const { active, removed } = await using(deps, async ({ connections, connector }) => ({
      active: (await connections.list()).map((one) => ({ ...shown(one), webhookUrl: connector.webhookUrl(one.id) })),
      removed: await connections.removed(),
    }));
    if (json) return deps.output.out(toJson({ items: active, removed }));
    const rows = [
      ...active.map(({ id, domain, state, agent, webhookUrl }) => [id, domain, state, agent.name, webhookUrl]),
      ...removed.map(({ id, domain }) => [id, domain, 'removed; its mirror is kept']),
    ];
    deps.output.out(rows.length === 0 ? 'No account is linked yet: run connect.\n' : inColumns(rows));
  });
}

function shown({ id, domain, state, stateReason, agent, connectedAt, lastWebhookAt }: Connection) {
  return { id, domain, state, stateReason, agent, connectedAt, lastWebhookAt };
}

function rotateKeyCommand(deps: CliDeps): Command {
  const rotate = command('rotate-key', 'give a connection a new API key of the same account; verifies it first', [
    'connections rotate-key shop',
    'connections rotate-key default --api-key - < key.txt',
  ])
    .argument('<id>', 'the connection')
    .option('--api-key <key>', 'the new key; - reads it from standard input, and a terminal asks for it');
  return withJson(rotate).action(async (id: string, { apiKey, json }: Options & { apiKey?: string }) => {
    const key = await givenKey(apiKey, deps);
    const { before, now } = await using(deps, async ({ connections, connector }) => ({
      before: await connections.get(id),
      now: await connector.changeKey(id, key),
    }));
    const { agent } = now;
    const changed =
      before === null || before.agent.id === agent.id
        ? ''
        : `This is another agent than before (${before.agent.id}): what that one wrote counts as a person's from now on, and tickets that are assigned to it as a person's, too.\n`;
    deps.output.out(
      json
        ? toJson({ ...shown(now), previousAgentId: before?.agent.id ?? null })
        : `"${id}" has the new key: ${agent.name} <${agent.email}>, id ${agent.id}. What waited is worked now.\n${changed}`,
    );
  });
}

function rotateSecretCommand(deps: CliDeps): Command {
  const rotate = command('rotate-secret', 'make a new webhook secret; the old one counts no more', [
    'connections rotate-secret shop',
    'connections rotate-secret shop --no-create-rules',
  ]).argument('<id>', 'the connection');
  return withJson(withRules(rotate)).action(
    async (id: string, { createRules, json }: Options & { createRules: boolean }) => {
      const { webhookSecret, rules } = await using(deps, async ({ connector }) => {
        const secret = await connector.rotateSecret(id);
        return { webhookSecret: secret, rules: await reportRules(connector, id, secret, createRules) };
      });
      deps.output.out(
        json
          ? toJson({ id, webhookSecret, ...rules.data })
          : `Webhook secret  ${webhookSecret}\nIt is shown this once. Webhooks with the old one are refused from now on, and Freshdesk delivers them again\nafter 5, 30 and 60 minutes.\n\n${rules.text}`,
      );
    },
  );
}

function removeCommand(deps: CliDeps): Command {
  const remove = command('remove', 'end a connection: nothing is taken in or written any more', [
    'connections remove shop',
    'connections remove shop --erase',
  ])
    .argument('<id>', 'the connection')
    .option('--erase', 'erase everything stored of it; without it the mirror stays readable');
  return withJson(remove).action(async (id: string, { erase = false, json }: Options & { erase?: boolean }) => {
    if (erase && deps.terminal !== null) {
      const typed = await deps.terminal.ask(`Everything stored of "${id}" is erased. Type its id to go on: `);
      if (typed !== id)
        throw new Error(
          `Not erased: that was not "${id}". Nothing was changed; run the command again and type the id.`,
        );
    }
    await using(deps, ({ connector }) => connector.remove(id, { erase }));
    deps.output.out(
      json
        ? toJson({ id, removed: true, erased: erase })
        : `"${id}" is removed${erase ? ', and everything stored of it erased' : '; its mirror stays readable'}.
Delete its automation rules in Freshdesk, which begin with "opencx: ". If its key is in FRESHDESK_API_KEY, take it out of the
environment as well: the next start connects it again.\n`,
    );
  });
}
