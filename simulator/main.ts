import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { LoggedRequest } from './request-log.ts';
import { DEFAULT_API_KEY, startSimulator, type Simulator, type SimulatorOptions } from './simulator.ts';
import type { Delivery } from './webhooks.ts';

const USAGE = `Plays a Freshdesk account on this machine.

  npm run simulator -- [flags]

  --port N               where to listen (4010; 0 takes a free one)
  --host ADDRESS         on which address (127.0.0.1); it has no login, so 0.0.0.0 is for a container
  --public-url URL       under which it is reached, for links (http://127.0.0.1:PORT)
  --webhook-url URL      where the automation rules send their webhooks (nowhere)
  --webhook-secret TEXT  sent with each webhook as X-Webhook-Secret
  --api-key TEXT         key of the AI agent (${DEFAULT_API_KEY})
  --rate N               API credits a minute (700)
  --help                 this text
`;

const flagsSchema = z.strictObject({
  port: z.coerce.number().int().min(0).max(65_535).default(4010),
  host: z.union([z.ipv4(), z.ipv6()]).optional(),
  'public-url': z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  'webhook-url': z.url({ protocol: /^https?$/ }).optional(),
  'webhook-secret': z.string().min(1).optional(),
  'api-key': z
    .string()
    .regex(/^[^\s:]+$/, 'must not contain spaces or colons')
    .optional(),
  rate: z.coerce.number().int().positive().optional(),
});

function usageError(message: string): never {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}

function readFlags(args: string[]): SimulatorOptions {
  let values: Record<string, unknown>;
  try {
    const text = { type: 'string' } as const;
    const options = Object.fromEntries(Object.keys(flagsSchema.shape).map((name) => [name, text]));
    ({ values } = parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    return usageError(error instanceof Error ? error.message : String(error));
  }
  const { help, ...given } = values;
  if (help === true) {
    console.log(USAGE);
    process.exit(0);
  }
  const flags = flagsSchema.safeParse({ ...given });
  if (!flags.success) {
    return usageError(flags.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('\n'));
  }
  const { port, host, rate, 'public-url': publicUrl, 'api-key': apiKey } = flags.data;
  const { 'webhook-url': url, 'webhook-secret': secret } = flags.data;
  if (secret !== undefined && url === undefined) return usageError('--webhook-secret needs --webhook-url');
  const headers: Record<string, string> = secret === undefined ? {} : { 'x-webhook-secret': secret };
  return {
    port,
    ...(host === undefined ? {} : { host }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    webhook: url === undefined ? null : { url, headers },
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(rate === undefined ? {} : { ratePerMinute: rate }),
  };
}

function clock(at: Date): string {
  return at.toISOString().slice(11, 19);
}

function requestLine(request: LoggedRequest): string {
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const fault = request.fault === null ? '' : ` fault=${request.fault}`;
  const status = request.status ?? 'no answer';
  return `${clock(request.at)} ${request.method} ${target} → ${status} in ${request.tookMs} ms, ${request.credits} credits${fault}`;
}

function deliveryLine(delivery: Delivery): string {
  const outcome = delivery.status ?? delivery.error ?? 'no answer';
  return `${clock(delivery.at)} webhook "${delivery.rule}" ticket ${delivery.ticketId} attempt ${delivery.attempt} → ${outcome}`;
}

function welcome(simulator: Simulator, webhookUrl: string | null): string {
  const { account, url, apiKey, plainApiKey } = simulator;
  const [human] = account.humans;
  const post = (path: string, body: object): string => `  curl -s ${url}/control${path} -d '${JSON.stringify(body)}'`;
  return [
    `Freshdesk account acme.freshdesk.com, played on ${url}`,
    '',
    `API key   ${apiKey}   (${account.aiAgent.name}, administrator: the AI agent)`,
    `API key   ${plainApiKey}   (${account.plainAgent.name}, no admin rights)`,
    `Webhooks  ${webhookUrl ?? 'nowhere: give --webhook-url'}`,
    '',
    'Agents',
    ...account.agents.map((agent) => `  ${agent.id}  ${agent.name}`),
    'Groups',
    ...account.groups.map(
      (group) => `  ${group.id}  ${group.name}${group.autoTicketAssign === 0 ? '' : '  (assigns automatically)'}`,
    ),
    '',
    'A customer opens a ticket, and writes again:',
    post('/tickets', {
      email: 'mia@customer.example',
      name: 'Mia Berg',
      subject: 'Where is my order',
      text: 'It is late. Can you look?',
    }),
    post('/tickets/1/customer-replies', { text: 'Any news?' }),
    'Give it to the AI agent, or take it over:',
    post('/tickets/1/assign', { agentId: account.aiAgent.id }),
    post('/tickets/1/assign', { agentId: human?.id ?? null }),
    'Look at the thread; see everything:',
    `  curl -s ${url}/control/tickets/1`,
    `  curl -s ${url}/control/state`,
    'The same ticket as the API shows it:',
    `  curl -s -u ${apiKey}:X '${url}/api/v2/tickets/1?include=conversations'`,
    '',
  ].join('\n');
}

const options = readFlags(process.argv.slice(2));
const simulator = await startSimulator(options).catch((error: unknown) => {
  console.error(`cannot listen on port ${options.port}: ${String(error)}. Give another one with --port.`);
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void simulator.close().then(() => process.exit(0));
  });
}
console.log(welcome(simulator, options.webhook?.url ?? null));
simulator.requests.onRequest((request) => console.log(requestLine(request)));
simulator.onDelivery((delivery) => console.log(deliveryLine(delivery)));
