import type { Command } from 'commander';
import type { Directory, Named } from '../domain/directory.ts';
import { inColumns } from './columns.ts';
import type { CliDeps } from './deps.ts';
import { indented, oneLine } from './lines.ts';
import { subcommand } from './subcommand.ts';

/** What the linked account has that settings name: by name here, by number there. */
export function accountCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'account',
    reads: true,
    about: 'the groups, agents, statuses and products of the account, which settings name',
    examples: ['account', 'account --connection shop --json'],
    connection: true,
    run: ({ connection, using }) =>
      using(async ({ account }) => {
        const { freshdesk, connection: linked } = await account(connection);
        return { domain: linked.domain, agent: linked.agent, ...(await freshdesk.directory()) };
      }),
    words: ({ domain, agent, ...directory }) =>
      [
        `${domain}, where the AI works as ${oneLine(agent.name)} (${agent.id})`,
        ...chapters(directory),
        '',
        'Settings take the names as well: settings set intake.defaultGroupId Billing',
        '',
      ].join('\n'),
  });
}

function chapters({ groups, agents, statuses, products }: Directory): string[] {
  const chapter = (title: string, named: readonly Named[], more: (one: Named) => string = () => '') => [
    '',
    title,
    ...(named.length === 0
      ? ['  none']
      : indented(
          inColumns(named.map((one) => [String(one.id), `${oneLine(one.name)}${more(one)}`]))
            .trimEnd()
            .split('\n'),
        )),
  ];
  const emails = new Map(agents.map(({ id, email }) => [id, email]));
  return [
    ...chapter('Groups', groups),
    ...chapter('Agents', agents, ({ id }) => ` <${emails.get(id) ?? ''}>`),
    ...chapter('Statuses', statuses),
    ...chapter('Products', products),
  ];
}
