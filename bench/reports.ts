// npm run bench:reports [-- --sessions N --rounds N]: the inbox and every report on 100,000 sessions with 300,000 conversations
// of three years, through the API. Prints the 50th and the 95th of a hundred, in milliseconds.
import '../testbed/quiet.ts';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { reports } from '../src/contract/reports.ts';
import { startTestApi } from '../testbed/api.ts';
import { startTestServer } from '../testbed/test-server.ts';
import { quantile } from './load/measure.ts';

const { values } = parseArgs({
  options: { sessions: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '20' } },
});
const [sessions, rounds] = [Number(values.sessions), Number(values.rounds)];
const CONVERSATIONS_EACH = 3;

const INBOX = {
  all: '',
  open: 'status=open',
  'open, e-mail, with a tag': 'status=open&channel=email&tag=tag3',
  'waiting, the longest first': 'sort=waiting',
  'an open draft': 'draft=open',
  'handed off: low confidence': 'reason=low_confidence',
  'words of the subject': 'q=parcel 4711',
};
const WINDOWS = { '28 days': 'from=2026-05-05&to=2026-06-01', 'three years': 'from=2023-06-02&to=2026-06-01' };

const server = await startTestServer(process.env['DATABASE_URL']);
try {
  await main();
} finally {
  await server.stop();
}

async function main(): Promise<void> {
  const api = await startTestApi();
  try {
    await fill(api.databaseUrl);
    const ask = async (path: string) => {
      const { status } = await api.api(path);
      if (status !== 200) throw new Error(`${path} answered ${status}`);
    };
    print(`${sessions} sessions, ${sessions * CONVERSATIONS_EACH} conversations; milliseconds, ${rounds} times each`);
    for (const [name, query] of Object.entries(INBOX)) await measure(`inbox: ${name}`, () => ask(`/sessions?${query}`));
    await measure('inbox: counts', () => ask('/sessions/counts'));
    for (const [window, query] of Object.entries(WINDOWS)) {
      for (const name of Object.keys(reports))
        await measure(`${name}, ${window}`, () => ask(`/reports/${name}?${query}`));
      await measure(`list behind a figure, ${window}`, () => ask(`/reports/episodes?figure=mature_durable&${query}`));
    }
  } finally {
    await api.close();
  }
}

/** Straight into the tables: the triggers that would make the same rows one by one are off meanwhile. */
async function fill(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const startedAt = performance.now();
  await client.query(`SET session_replication_role = replica; SELECT setseed(0.42);`);
  await client.query(
    `INSERT INTO "Contact" ("id", "connectionId", "email", "updatedAt")
     SELECT gen_random_uuid(), 'default', 'person' || n || '@customer.example', now() FROM generate_series(1, $1::int / 3) n`,
    [sessions],
  );
  await client.query(
    `INSERT INTO "Session" ("id", "connectionId", "ticketId", "status", "channel", "admittedBy", "subject", "tags", "source",
       "ticketStatus", "groupId", "responderId", "coveredThrough", "episode", "closedAt", "lookedAt", "ticketCreatedAt",
       "ticketUpdatedAt", "updatedAt")
     SELECT gen_random_uuid(), 'default', n, (CASE WHEN n % 20 = 0 THEN 'open' WHEN n % 20 = 1 THEN 'handed_off' ELSE 'closed_resolved' END)::"SessionStatus",
       (ARRAY['email', 'web', 'phone'])[1 + n % 3]::"Channel", 'auto_handle', 'Where is my parcel ' || n, ARRAY['tag' || n % 40], 1, 2,
       n % 12, CASE WHEN n % 2 = 0 THEN 1001 END, CASE WHEN n % 100 = 0 THEN -1 ELSE 0 END, ${CONVERSATIONS_EACH}, now(), now(), at, at, at
     FROM (SELECT n, timestamptz '2026-06-01' - interval '1095 days' * random() AS at FROM generate_series(1, $1::int) n) s`,
    [sessions],
  );
  await client.query(
    `INSERT INTO "Message" ("id", "connectionId", "sessionId", "freshdeskId", "seq", "author", "visibility", "kind", "html", "text",
       "createdAt", "updatedAt")
     SELECT gen_random_uuid(), 'default', "id", 'ticket:' || "ticketId", 0, 'customer', 'public', 'description', '',
       'My parcel ' || "ticketId" || ' has not come, what can I do?', "ticketCreatedAt", "ticketCreatedAt" FROM "Session"`,
  );
  await client.query(
    `INSERT INTO "Turn" ("id", "sessionId", "at", "episode", "throughSeq", "rule", "mode", "outcome", "verdict", "confidence", "reasons",
       "sources", "engine", "ms")
     SELECT gen_random_uuid(), s."id", s."ticketCreatedAt" + n * interval '6 days', n, 0, 'E7', 'assist',
       (ARRAY['drafted', 'replied', 'handed_off'])[1 + (s."ticketId" + n) % 3], 'answer', random(), '{}',
       jsonb_build_array(jsonb_build_object('articleId', 'a' || s."ticketId" % 200, 'title', 'Article ' || s."ticketId" % 200, 'score', 1)), 'embedded', 5
     FROM "Session" s CROSS JOIN generate_series(1, ${CONVERSATIONS_EACH}) n`,
  );
  await client.query(
    `INSERT INTO "Handoff" ("id", "sessionId", "at", "episode", "throughSeq", "reasons", "summary", "routing")
     SELECT gen_random_uuid(), "sessionId", "at", "episode", 0, ARRAY['low_confidence'], '', '{}' FROM "Turn" WHERE "outcome" = 'handed_off'`,
  );
  await client.query(
    `INSERT INTO "Draft" ("id", "turnId", "sessionId", "html", "fate", "distance")
     SELECT gen_random_uuid(), "id", "sessionId", '', (ARRAY['sent', 'edited', 'ignored', NULL])[1 + floor(random() * 4)::int], random() / 3
     FROM "Turn" WHERE "outcome" = 'drafted'`,
  );
  await client.query(
    `INSERT INTO "Episode" ("sessionId", "number", "connectionId", "ticketId", "trigger", "startedAt", "channel", "mode", "groupId", "tags",
       "admittedBy", "contactKey", "firstAiReplyAt", "aiReplies", "firstPersonReplyAt", "drafts", "draftFate", "distance", "handedOffAt",
       "handoffReasons", "routed", "resolvedAt", "resolvedBy", "closure", "cameBackAt", "leadArticleId", "leadTitle", "confidence")
     SELECT s."id", n, 'default', s."ticketId", CASE n WHEN 1 THEN 'new' ELSE 'reopened_by_customer' END, began, s."channel",
       CASE WHEN s."ticketId" % 2 = 0 THEN 'autopilot' ELSE 'assist' END, s."groupId", s."tags", 'auto_handle',
       'contact' || s."ticketId" % ($1::int / 3), CASE WHEN kind = 1 THEN began + interval '40 seconds' END, CASE WHEN kind = 1 THEN 1 ELSE 0 END,
       CASE WHEN kind = 0 OR kind = 2 THEN began + interval '1 hour' * random() END, CASE WHEN kind = 0 THEN 1 ELSE 0 END,
       CASE WHEN kind = 0 THEN (ARRAY['sent', 'edited', 'ignored'])[1 + floor(random() * 3)::int] END, CASE WHEN kind = 0 THEN random() / 3 END,
       CASE WHEN kind = 2 THEN began + interval '1 minute' END, CASE WHEN kind = 2 THEN ARRAY['low_confidence'] ELSE '{}' END, kind = 2,
       CASE WHEN kind = 1 THEN began + interval '3 days' END, CASE WHEN kind = 1 THEN 'ai' END,
       CASE WHEN kind = 1 THEN 'assumed_resolved' END, CASE WHEN n < ${CONVERSATIONS_EACH} THEN began + interval '6 days' END,
       'a' || s."ticketId" % 200, 'Article ' || s."ticketId" % 200, random()
     FROM "Session" s CROSS JOIN LATERAL (SELECT n, s."ticketCreatedAt" + n * interval '6 days' AS began, (s."ticketId" + n) % 3 AS kind
       FROM generate_series(1, ${CONVERSATIONS_EACH}) n) e`,
    [sessions],
  );
  await client.query('SET session_replication_role = DEFAULT');
  await client.query('VACUUM ANALYZE');
  await client.end();
  print(`filled in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}

async function measure(name: string, ask: () => Promise<void>): Promise<void> {
  await ask();
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await ask();
    took.push(performance.now() - startedAt);
  }
  const sorted = took.toSorted((one, other) => one - other);
  print(
    `${name.padEnd(48)} p50 ${quantile(sorted, 0.5).toFixed(0).padStart(6)}  p95 ${quantile(sorted, 0.95).toFixed(0).padStart(6)}`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
