import { type Request, type Response, Router } from 'express';
import type { Connector } from '../accounts/connector.ts';
import { accountBody, connectionPatch, newConnectionBody, removalQuery } from '../contract/connections.ts';
import { EXAMPLE } from '../contract/values.ts';
import type { Audit } from '../db/audit.ts';
import type { Connection } from '../db/connections/connection.ts';
import type { Connections } from '../db/connections/connections.ts';
import { mergeSettings } from '../db/connections/settings.ts';
import { freshdeskAddress } from '../freshdesk/domain-name.ts';
import { callerOf } from './auth.ts';
import { documented } from './document.ts';
import { existing } from './existing.ts';
import { body, given } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

const NO_RULES =
  'The automation rules in Freshdesk are not touched: until they send the secret of the answer to its `webhookUrl`, webhooks are refused. docs/freshdesk-setup.md has their content; the command `connections rotate-secret` makes them.';

export const connectionOperations = [
  documented('verifyAccount', {
    tag: 'Connections',
    summary: 'Asks Freshdesk who the key belongs to, and stores nothing',
    ok: 'The key works',
    example: { domain: 'acme.freshdesk.com', apiKey: 'your-api-key' },
    problems: [422, 502],
  }),
  documented('listConnections', { tag: 'Connections', summary: 'The linked accounts', ok: 'All of them' }),
  documented('createConnection', {
    tag: 'Connections',
    summary: 'Verifies an account and links it; its channels start in assist',
    description: NO_RULES,
    ok: 'Linked',
    example: { id: EXAMPLE.newConnection, domain: 'shop.freshdesk.com', apiKey: 'your-api-key', backfill: true },
    problems: [409, 422, 502],
  }),
  documented('getConnection', {
    tag: 'Connections',
    summary: 'One linked account',
    ok: 'The connection',
    problems: [404],
  }),
  documented('changeConnection', {
    tag: 'Connections',
    summary: 'Gives it another key, other settings, or another webhook secret',
    description: NO_RULES,
    ok: 'Changed',
    example: { apiKey: 'your-api-key', settings: { channels: { email: { mode: 'assist' } } }, rotateSecret: true },
    problems: [404, 409, 422, 502],
  }),
  documented('removeConnection', {
    tag: 'Connections',
    summary: 'Ends the connection, and with `data=erase` everything stored of it',
    ok: 'Removed',
    problems: [400, 404, 503],
  }),
];

/** The linked accounts and their settings. Keys never leave, and a secret only in the answer to what has made it (C3). */
export function connectionRoutes(connections: Connections, connector: Connector, audit: Pick<Audit, 'note'>): Router {
  const view = ({ id, domain, agent, state, connectedAt }: Connection) => ({
    id,
    domain,
    agent,
    state,
    webhookUrl: connector.webhookUrl(id),
    connectedAt,
  });

  const router = Router();
  router
    .route('/connections/verify')
    .post(body, async (request: Request, response: Response) => {
      const { agent, admin } = await connector.verify(given(accountBody, request.body));
      response.json({ agent, admin });
    })
    .all(onlyMethods('POST'));

  router
    .route('/connections')
    .get(async (_request, response) => {
      response.json({ items: (await connections.list()).map(view) });
    })
    .post(body, async (request: Request, response: Response) => {
      const { connection, webhookSecret, started } = await connector.connect(given(newConnectionBody, request.body));
      await audit.note({ connectionId: connection.id, what: 'connection_linked', by: callerOf(response).who });
      response
        .status(201)
        .location(`/api/connections/${encodeURIComponent(connection.id)}`)
        .json({ ...view(connection), webhookSecret, started });
    })
    .all(onlyMethods('GET, POST'));

  router
    .route('/connections/:id')
    .get(async ({ params: { id } }, response) => {
      response.json(view(await existing(connections, id)));
    })
    .patch(body, async (request: Request<{ id: string }>, response: Response) => {
      const { id } = request.params;
      const patch = given(connectionPatch, request.body);
      const { apiKey, settings: changes, rotateSecret } = patch;
      const stored = await existing(connections, id);
      refuseOther(stored, patch);
      // Everything that can be wrong is found before anything is changed.
      if (changes !== undefined) mergeSettings(await connections.settings(id), changes);
      const { who } = callerOf(response);
      if (apiKey !== undefined) {
        await connector.changeKey(id, apiKey);
        await audit.note({ connectionId: id, what: 'key_changed', by: who });
      }
      if (changes !== undefined) await connections.patchSettings(id, changes, who);
      const secret = rotateSecret === true ? { webhookSecret: (await connector.rotateSecret(id)).webhookSecret } : {};
      if (rotateSecret === true) await audit.note({ connectionId: id, what: 'secret_rotated', by: who });
      response.json({ ...view(await existing(connections, id)), ...secret });
    })
    .delete(async (request: Request<{ id: string }>, response: Response) => {
      const { data } = given(removalQuery, request.query, 'query');
      const { id } = request.params;
      await connector.remove(id, { erase: data === 'erase' });
      await audit.note({ connectionId: id, what: 'connection_removed', by: callerOf(response).who });
      response.status(204).end();
    })
    .all(onlyMethods('GET, PATCH, DELETE'));
  return router;
}

/** What a connection is for good; as it is, it may be sent along. */
function refuseOther(stored: Connection, asked: { id?: string | undefined; domain?: string | undefined }): void {
  const errors = [
    ...(asked.id === undefined || asked.id === stored.id
      ? []
      : [{ path: 'id', message: 'cannot be changed: link the account once more under that id, and remove this one' }]),
    ...(asked.domain === undefined || [asked.domain, normalDomain(asked.domain)].includes(stored.domain)
      ? []
      : [
          {
            path: 'domain',
            message: `cannot be changed: this connection holds the tickets of ${stored.domain}. Link the other account under an id of its own (POST /api/connections)`,
          },
        ]),
  ];
  if (errors.length > 0) throw new Problem(400, 'The body is not usable.', errors);
}

function normalDomain(domain: string): string | null {
  try {
    return freshdeskAddress(domain).domain;
  } catch {
    return null;
  }
}
