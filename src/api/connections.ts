import { json, type Request, type Response, Router } from 'express';
import { type Connection, ConnectionNotFound, type Connections } from '../db/connections.ts';
import { onlyMethods, Problem } from './problems.ts';

/** The linked accounts and their settings; keys and secrets never leave (C3). */
export function connectionRoutes(connections: Connections, publicUrl: string): Router {
  const view = ({ id, domain, agent, state, connectedAt }: Connection) => ({
    id,
    domain,
    agent,
    state,
    webhookUrl: webhookUrl(publicUrl, id),
    connectedAt,
  });

  const router = Router();
  router
    .route('/connections')
    .get(async (_request, response) => {
      response.json({ items: (await connections.list()).map(view) });
    })
    .all(onlyMethods('GET'));

  router
    .route('/connections/:id')
    .get(async ({ params: { id } }, response) => {
      const connection = await connections.get(id);
      if (connection === null) throw new ConnectionNotFound(id);
      response.json(view(connection));
    })
    .all(onlyMethods('GET'));

  router
    .route('/connections/:id/settings')
    .get(async ({ params: { id } }, response) => {
      response.json(await connections.settings(id));
    })
    .patch(
      json({ limit: '256kb', strict: false, type: ['json', '+json'] }),
      async (request: Request<{ id: string }>, response: Response) => {
        const patch: unknown = request.body;
        if (patch === undefined) throw new Problem(415, 'Send the settings to change as JSON.');
        response.json(await connections.patchSettings(request.params.id, patch));
      },
    )
    .all(onlyMethods('GET, PATCH'));
  return router;
}

/** What an admin pastes into Freshdesk's automation rules (C4). */
export function webhookUrl(publicUrl: string, connectionId: string): string {
  return `${publicUrl}/webhooks/freshdesk/${encodeURIComponent(connectionId)}`;
}
