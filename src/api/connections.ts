import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Connector } from '../connect.ts';
import { type Connection, ConnectionNotFound } from '../db/connection.ts';
import type { Connections } from '../db/connections.ts';
import {
  accountBody,
  changedConnection,
  connectionPatch,
  connectionView,
  createdConnection,
  newConnectionBody,
  removalQuery,
  settings,
  verified,
} from './connection-schemas.ts';
import { jsonBody, connectionParams, EXAMPLE, json, type Operation, problems } from './document.ts';
import { body, given } from './given.ts';
import { onlyMethods, Problem } from './problems.ts';

export const connectionOperations: Operation[] = [
  {
    method: 'post',
    path: '/api/connections/verify',
    operationId: 'verifyAccount',
    tags: ['Connections'],
    summary: 'Asks Freshdesk who the key belongs to, and stores nothing',
    request: { body: jsonBody(accountBody, { domain: 'acme.freshdesk.com', apiKey: 'your-api-key' }) },
    responses: { 200: json('The key works', verified), ...problems(400, 413, 415, 422, 502) },
  },
  {
    method: 'get',
    path: '/api/connections',
    operationId: 'listConnections',
    tags: ['Connections'],
    summary: 'The linked accounts',
    responses: { 200: json('All of them', z.object({ items: z.array(connectionView) })) },
  },
  {
    method: 'post',
    path: '/api/connections',
    operationId: 'createConnection',
    tags: ['Connections'],
    summary: 'Verifies an account and links it; its channels start in assist',
    request: {
      body: jsonBody(newConnectionBody, {
        id: EXAMPLE.newConnection,
        domain: 'shop.freshdesk.com',
        apiKey: 'your-api-key',
        backfill: true,
      }),
    },
    responses: { 201: json('Linked', createdConnection), ...problems(400, 409, 413, 415, 422, 502) },
  },
  {
    method: 'get',
    path: '/api/connections/{id}',
    operationId: 'getConnection',
    tags: ['Connections'],
    summary: 'One linked account',
    request: { params: connectionParams },
    responses: { 200: json('The connection', connectionView), ...problems(404) },
  },
  {
    method: 'patch',
    path: '/api/connections/{id}',
    operationId: 'changeConnection',
    tags: ['Connections'],
    summary: 'Gives it another key, or another webhook secret',
    request: { params: connectionParams, body: jsonBody(connectionPatch, { apiKey: 'your-api-key' }) },
    responses: { 200: json('Changed', changedConnection), ...problems(400, 404, 409, 413, 415, 422, 502) },
  },
  {
    method: 'delete',
    path: '/api/connections/{id}',
    operationId: 'removeConnection',
    tags: ['Connections'],
    summary: 'Ends the connection, and with `data=erase` everything stored of it',
    request: { params: connectionParams, query: removalQuery },
    responses: { 204: { description: 'Removed' }, ...problems(400, 404, 503) },
  },
  {
    method: 'get',
    path: '/api/connections/{id}/settings',
    operationId: 'getSettings',
    tags: ['Connections'],
    summary: 'The settings in force, with the defaults filled in',
    request: { params: connectionParams },
    responses: { 200: json('All settings', settings), ...problems(404) },
  },
  {
    method: 'patch',
    path: '/api/connections/{id}/settings',
    operationId: 'changeSettings',
    tags: ['Connections'],
    summary: 'Merges deeply; arrays and `routing` replace',
    request: {
      params: connectionParams,
      body: jsonBody(z.record(z.string(), z.unknown()).meta({ description: 'Any part of `Settings`' }), {
        channels: { email: { mode: 'assist' } },
      }),
    },
    responses: { 200: json('The settings in force afterwards', settings), ...problems(400, 404, 413, 415) },
  },
];

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
