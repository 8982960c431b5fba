import type { Command } from 'commander';
import { freshdeskAddress } from '../freshdesk/domain-name.ts';
import type { CliDeps } from './deps.ts';
import { type Given, subcommand, UsageError } from './subcommand.ts';

type Options = { domain?: string; apiKey?: string; url?: string };

/** C1: who the key belongs to and whether it will do, before anything is stored. */
export function verifyCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'verify',
    about: 'check a Freshdesk domain and API key; stores nothing',
    examples: ['verify', 'verify --domain acme --api-key "$KEY"', 'verify --json'],
    takes: (verify) =>
      verify
        .option(
          '--domain <name>',
          'acme, acme.freshdesk.com or an address from the browser (default: FRESHDESK_DOMAIN)',
        )
        .option('--api-key <key>', 'the API key of the agent who shall answer (default: FRESHDESK_API_KEY)')
        .option('--url <address>', 'another base address, such as a simulator (default: FRESHDESK_URL)'),
    async run({ options }: Given<Options>) {
      const { domain, baseUrl, apiKey } = account(options, deps.env);
      const { agent, admin } = await deps.verify({ baseUrl, apiKey });
      return { domain, agent, admin };
    },
    words: ({ domain, agent }) =>
      `${domain} accepts the key.\nAgent: ${agent.name} <${agent.email}>, id ${agent.id}\nAdmin rights: yes\n`,
  });
}

function account({ domain, apiKey, url }: Options, env: CliDeps['env']) {
  const given = {
    domain: domain ?? env['FRESHDESK_DOMAIN']?.trim() ?? '',
    apiKey: apiKey ?? env['FRESHDESK_API_KEY']?.trim() ?? '',
    url: url ?? env['FRESHDESK_URL']?.trim() ?? '',
  };
  if (given.domain === '') throw new UsageError('Which account? Give --domain or set FRESHDESK_DOMAIN.');
  if (given.apiKey === '') throw new UsageError('Which key? Give --api-key or set FRESHDESK_API_KEY.');
  if (given.url !== '' && !/^https?:$/.test(URL.parse(given.url)?.protocol ?? '')) {
    throw new UsageError('The base address (--url, FRESHDESK_URL) must begin with http:// or https://.');
  }
  return { ...freshdeskAddress(given.domain, given.url === '' ? undefined : given.url), apiKey: given.apiKey };
}
