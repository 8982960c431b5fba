import { raw, type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { EXAMPLE } from '../contract/values.ts';
import type { Connections } from '../db/connections/connections.ts';
import { webhookSecretOf } from './auth.ts';
import { json, jsonBody, type Operation, problems } from './document.ts';
import { createLastWebhook } from './last-webhook.ts';
import type { WebhookResult } from './metrics.ts';
import { onlyMethods, Problem } from './problems.ts';
import type { SignalTicket } from '../temporal/signal-ticket.ts';
import { ticketIdIn } from './ticket-id.ts';

export type WebhookDeps = {
  connections: Pick<Connections, 'checkWebhookSecret' | 'sawWebhook'>;
  signalTicket: SignalTicket;
  log: Logger;
  /** Told what became of each, for the figures. */
  observe?: (result: WebhookResult) => void;
};

export const webhookOperations: Operation[] = [
  {
    method: 'post',
    path: '/webhooks/freshdesk/{connection}',
    operationId: 'receiveWebhook',
    tags: ['Webhooks'],
    summary: 'A hint that a ticket changed; everything else is read from Freshdesk',
    description: 'Freshdesk\'s own `{"freshdesk_webhook": {"ticket_id": 42}}` is taken as well.',
    security: [{ webhookSecret: [] }, { webhookPassword: [] }],
    request: {
      params: z.object({ connection: z.string().meta({ example: EXAMPLE.connection }) }),
      body: jsonBody(z.object({ ticket_id: z.union([z.string(), z.int()]) }), { ticket_id: EXAMPLE.ticketId }),
    },
    responses: {
      202: json('Handed over', z.object({ ticketId: z.int() })),
      ...problems(400, 401, 413, 415, 503),
    },
  },
];

const MOST_BYTES = 256 * 1024;
const RESULTS: Readonly<Record<number, WebhookResult>> = {
  202: 'accepted',
  400: 'no_ticket_id',
  401: 'unauthorized',
  413: 'too_large',
  415: 'not_json',
  503: 'unavailable',
};
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * Freshdesk's hints that a ticket changed (W1–W4). The secret is checked before a byte of the body is read, and 202 is
 * said only when Temporal has the hint: after anything else Freshdesk delivers again.
 */
export function webhookRoutes({ connections, signalTicket, log, observe }: WebhookDeps): Router {
  const sawWebhook = createLastWebhook(connections, log);
  const authenticate: RequestHandler<{ connection: string }> = async (request, response, next) => {
    const known = await connections
      .checkWebhookSecret(request.params.connection, webhookSecretOf(request))
      .catch(() => unavailable('the database could not be reached'));
    if (!known) {
      response.set('WWW-Authenticate', 'Basic realm="opencx-freshdesk"');
      throw new Problem(401, 'The secret is wrong, or there is no such connection.');
    }
    next();
  };

  const accept: RequestHandler<{ connection: string }> = async (request, response) => {
    const ticketId = ticketIdIn(textOf(request.body));
    const connection = request.params.connection;
    if (ticketId === null) {
      log.warn({ connection }, 'webhook without a usable ticket id: check the content of the automation rule');
      throw new Problem(
        400,
        'The body holds no usable ticket_id. Set the content of the automation rule to Advanced, exactly {"ticket_id":"{{ticket.id}}"}.',
      );
    }
    await signalTicket(connection, ticketId, { kind: 'webhook' }).catch(() =>
      unavailable('Temporal could not be reached', { connection, ticketId }),
    );
    log.debug({ connection, ticketId }, 'webhook accepted');
    response.status(202).json({ ticketId });
    sawWebhook(connection);
  };

  function unavailable(why: string, ids: { connection?: string; ticketId?: number } = {}): never {
    log.error(ids, `webhook not accepted: ${why}; Freshdesk will deliver it again`);
    throw new Problem(503, 'The hint could not be handed over; deliver it again later.');
  }

  const counted: RequestHandler<{ connection: string }> = (_request, response, next) => {
    response.once('close', () => observe?.(RESULTS[response.statusCode] ?? 'other'));
    next();
  };

  const router = Router();
  router
    .route('/freshdesk/:connection')
    .post(counted, authenticate, onlyJson, raw({ type: () => true, limit: MOST_BYTES, inflate: false }), accept)
    .all(onlyMethods('POST'));
  return router;
}

const onlyJson: RequestHandler<{ connection: string }> = (request, _response, next) => {
  if (!JSON_TYPE.test(request.get('content-type') ?? '')) throw new Problem(415, 'The content type must be JSON.');
  next();
};

function textOf(body: unknown): string {
  return Buffer.isBuffer(body) ? body.toString('utf8') : '';
}
