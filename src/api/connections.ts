import { json, type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import type { Connector } from '../connect.ts';
import { type Connection, ConnectionNotFound, type Connections } from '../db/connections.ts';
import { accountBody, connectionPatch, newConnectionBody, removalQuery } from './connection-schemas.ts';
import { onlyMethods, Problem } from './problems.ts';

const body = json({ limit: '256kb', strict: false, type: ['json', '+json'] });

/** The linked accounts and their settings. Keys never leave, and a secret only in the answer to what has made it (C3). */
export function connectionRoutes(connections: Connections, connector: Connector): Router {
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
      response
        .status(201)
        .location(`/api/connections/${encodeURIComponent(connection.id)}`)
        .json({ ...view(connection), webhookSecret, started });
    })
    .all(onlyMethods('GET, POST'));

  router
    .route('/connections/:id')
    .get(async ({ params: { id } }, response) => {
      const connection = await connections.get(id);
      if (connection === null) throw new ConnectionNotFound(id);
      response.json(view(connection));
    })
    .patch(body, async (request: Request<{ id: string }>, response: Response) => {
      const { id } = request.params;
      const { apiKey, rotateSecret } = given(connectionPatch, request.body);
      if (apiKey !== undefined) await connector.changeKey(id, apiKey);
      const secret = rotateSecret === true ? { webhookSecret: await connector.rotateSecret(id) } : {};
      const connection = await connections.get(id);
      if (connection === null) throw new ConnectionNotFound(id);
      response.json({ ...view(connection), ...secret });
    })
    .delete(async (request: Request<{ id: string }>, response: Response) => {
      const { data } = given(removalQuery, request.query, 'query');
      await connector.remove(request.params.id, { erase: data === 'erase' });
      response.status(204).end();
    })
    .all(onlyMethods('GET, PATCH, DELETE'));

  router
    .route('/connections/:id/settings')
    .get(async ({ params: { id } }, response) => {
      response.json(await connections.settings(id));
    })
    .patch(body, async (request: Request<{ id: string }>, response: Response) => {
      const patch: unknown = request.body;
      if (patch === undefined) throw new Problem(415, 'Send the settings to change as JSON.');
      response.json(await connections.patchSettings(request.params.id, patch));
    })
    .all(onlyMethods('GET, PATCH'));
  return router;
}

/** What the caller sent, checked; throws a Problem that names each part that is wrong, without repeating it. */
function given<T>(schema: z.ZodType<T>, value: unknown, what: 'body' | 'query' = 'body'): T {
  if (value === undefined) throw new Problem(415, 'Send JSON, with that content type.');
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(400, `The ${what} is not usable.`, parsed.error.issues.flatMap(faultsOf));
}

function faultsOf({ path, message, ...issue }: z.core.$ZodIssue) {
  const at = path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path: at, message }];
  return issue.keys.map((key) => ({ path: [...path, key].map(String).join('.'), message: 'is not known here' }));
}
