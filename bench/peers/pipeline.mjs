// What a turn is, without anything that makes it safe: three reads, a plan, a reply, a record. Both peers do it in this way,
// each with its own means of not forgetting it half-way.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import pg from 'pg';

const { DATABASE_URL, FRESHDESK_URL, FRESHDESK_API_KEY, KNOWLEDGE, PORT } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 20 });
const authorization = `Basic ${Buffer.from(`${FRESHDESK_API_KEY}:X`).toString('base64')}`;

async function call(method, path, body) {
  const response = await fetch(`${FRESHDESK_URL}/api/v2${path}`, {
    method,
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
  return response.json();
}

export async function read(ticketId) {
  const ticket = await call('GET', `/tickets/${ticketId}?include=requester`);
  const thread = await call('GET', `/tickets/${ticketId}/conversations?per_page=100`);
  return { question: ticket.description_text, answered: thread.some((entry) => !entry.incoming && !entry.private) };
}

/** The passage that fits best, by PostgreSQL's full-text search. */
export async function plan(question) {
  const { rows } = await pool.query(
    `SELECT body FROM peer_passages, plainto_tsquery('english', $1) asked
     WHERE words @@ to_tsquery('english', replace(asked::text, '&', '|'))
     ORDER BY ts_rank(words, to_tsquery('english', replace(asked::text, '&', '|'))) DESC LIMIT 1`,
    [question],
  );
  return rows[0]?.body ?? null;
}

export async function post(ticketId, answer) {
  const now = await call('GET', `/tickets/${ticketId}`);
  if (now.responder_id !== null) return null;
  const { id } = await call('POST', `/tickets/${ticketId}/reply`, { body: `<p>${answer}</p>` });
  await call('PUT', `/tickets/${ticketId}`, { tags: [...now.tags, 'opencx'] });
  return id;
}

export async function record(ticketId, replyId) {
  await pool.query('INSERT INTO peer_turns (ticket_id, reply_id) VALUES ($1, $2)', [ticketId, replyId]);
}

export async function prepare() {
  await pool.query(`
    CREATE TABLE IF NOT EXISTS peer_turns (ticket_id bigint, reply_id bigint, at timestamptz DEFAULT now());
    DROP TABLE IF EXISTS peer_passages;
    CREATE TABLE peer_passages (body text, words tsvector GENERATED ALWAYS AS (to_tsvector('english', body)) STORED);
    CREATE INDEX ON peer_passages USING gin (words)`);
  for (const file of readdirSync(KNOWLEDGE).filter((name) => name.endsWith('.md'))) {
    const [, , text = ''] = readFileSync(`${KNOWLEDGE}/${file}`, 'utf8').split(/^---$/m);
    for (const passage of text.split(/\n{2,}/).map((part) => part.trim()))
      if (passage !== '') await pool.query('INSERT INTO peer_passages (body) VALUES ($1)', [passage]);
  }
}

/** Webhooks, as the account sends them; each is handed over before it is acknowledged. */
export async function listen(handOver) {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const ticketId = Number(/"ticket_id"\s*:\s*"?(\d+)/.exec(body)?.[1]);
      handOver(ticketId).then(
        () => response.writeHead(202).end(),
        () => response.writeHead(503).end(),
      );
    });
  });
  await new Promise((resolve) => {
    server.listen(Number(PORT), '127.0.0.1', resolve);
  });
  process.send?.('ready');
}
