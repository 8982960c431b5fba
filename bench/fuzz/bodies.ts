import type { Random } from '../chaos/random.ts';

export type Hook = {
  body: Buffer;
  contentType: keyof typeof TYPES;
  secret: 'right' | 'wrong' | 'none';
  encoding: string | null;
};

const IDS: [unknown, ...unknown[]] = [
  1,
  0,
  -1,
  1.5,
  2 ** 53,
  2 ** 53 - 1,
  1e308,
  '1',
  '01',
  ' 7 ',
  '7.0',
  '٣',
  '',
  'NaN',
  null,
  true,
  [],
  {},
];
const STRAYS: [string, ...string[]] = [
  '\u0000',
  '\ud800',
  '\u202e',
  '"',
  '\\',
  '\n',
  '{{ticket.id}}',
  '<b>',
  '💶',
  'ticket_id',
  '"ticket_id":"9"',
];

/** One webhook as Freshdesk, a wrong rule, a broken proxy or somebody with bad intentions might send it. */
export function randomHook(random: Random): Hook {
  const body = random.weighted({ ours: 4, simple: 3, broken: 3, tree: 2, deep: 1, long: 1, raw: 3 });
  return {
    body: BODIES[body](random),
    contentType: random.weighted({ json: 12, text: 1, none: 1, odd: 2 }),
    secret: random.weighted({ right: 12, wrong: 1, none: 1 }),
    encoding: random.chance(0.02) ? random.pick(['gzip', 'br', 'identity', 'deflate', 'nonsense']) : null,
  };
}

export const TYPES = {
  json: 'application/json',
  text: 'text/plain',
  none: null,
  odd: 'application/vnd.api+json; charset=utf-16',
} as const;

const BODIES = {
  ours: (random: Random) => json({ ticket_id: random.pick(IDS), v: 1 }),
  simple: (random: Random) =>
    json({
      freshdesk_webhook: {
        ticket_id: random.pick(IDS),
        ticket_subject: words(random, 20),
        triggered_event: '{ticket_action:update}',
      },
    }),
  broken: (random: Random) =>
    Buffer.from(
      `{"ticket_subject": ${words(random, 8)}, "ticket_id": ${random.chance(0.5) ? '"' : ''}${digits(random)}${words(random, 2)}}`,
    ),
  tree: (random: Random) => json(tree(random, 6)),
  deep: (random: Random) => Buffer.from('['.repeat(1 + Math.floor(random.next() * 50_000))),
  long: (random: Random) =>
    Buffer.alloc(Math.floor(random.next() * 300 * 1_024), random.pick(['9', ' ', '"', '{', 'a'])),
  raw: (random: Random) =>
    Buffer.from(Array.from({ length: Math.floor(random.next() * 200) }, () => Math.floor(random.next() * 256))),
};

function tree(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.2))
    return random.pick([words(random, 3), random.next(), null, true, digits(random)]);
  const size = Math.floor(random.next() * 4);
  if (random.chance(0.3)) return Array.from({ length: size }, () => tree(random, depth - 1));
  const keys = ['ticket_id', 'freshdesk_webhook', '__proto__', 'constructor', 'toString', words(random, 1)] as const;
  return Object.fromEntries(Array.from({ length: size }, () => [random.pick(keys), tree(random, depth - 1)]));
}

function words(random: Random, most: number): string {
  const count = 1 + Math.floor(random.next() * most);
  return Array.from({ length: count }, () => random.pick(STRAYS)).join(' ');
}

function digits(random: Random): string {
  return String(Math.floor(random.next() * 10 ** Math.floor(random.next() * 25)));
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
