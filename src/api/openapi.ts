/**
 * The OpenAPI document, made of the schemas that parse requests and of those that describe the answers.
 *
 * How to add a route: export its operations from its file as a list of `Operation` (see `document.ts`), with a schema for each
 * answer and an `example` for each path parameter and body, and put the list into OPERATIONS below.
 * `test/api/openapi.test.ts` fails for a route that is missing here, and for one whose answers are not what it says.
 */
import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { Router } from 'express';
import { z } from 'zod';
import { attachmentOperations } from './attachments.ts';
import { attentionOperations } from './attention.ts';
import { auditOperations } from './audit.ts';
import { backfillOperations } from './backfills.ts';
import { connectionOperations } from './connections.ts';
import { type Operation, problems } from './document.ts';
import { gapOperations } from './gaps.ts';
import { healthOperations } from './health.ts';
import { knowledgeOperations } from './knowledge.ts';
import { metricsOperations } from './metrics.ts';
import { onlyMethods } from './problems.ts';
import { operatingOperations } from './operating.ts';
import { overviewOperations } from './overview.ts';
import { reportOperations } from './reports.ts';
import { reviewOperations } from './reviews.ts';
import { sessionOperations } from './sessions.ts';
import { settingsOperations } from './settings.ts';
import { signInOperations } from './sign-in.ts';
import { webhookOperations } from './webhooks.ts';

const SELF: Operation = {
  method: 'get',
  path: '/openapi.json',
  operationId: 'getDocument',
  tags: ['Operations'],
  summary: 'This document',
  responses: {
    200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } } },
  },
};

const OPERATIONS: readonly Operation[] = [
  ...signInOperations,
  ...connectionOperations,
  ...settingsOperations,
  ...backfillOperations,
  ...sessionOperations,
  ...attachmentOperations,
  ...attentionOperations,
  ...overviewOperations,
  ...operatingOperations,
  ...reportOperations,
  ...knowledgeOperations,
  ...auditOperations,
  ...gapOperations,
  ...reviewOperations,
  ...webhookOperations,
  ...healthOperations,
  ...metricsOperations,
  SELF,
];

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

/** `serverUrl` is where Freshdesk and others reach us, or nothing for the address the document was read from. */
export function openApiDocument(serverUrl = '/'): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'adminToken', {
    type: 'http',
    scheme: 'bearer',
    description: 'ADMIN_TOKEN; VIEWER_TOKEN for what only reads',
  });
  registry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-opencx',
    description: 'What POST /api/sign-in gives; for the pages of this service alone',
  });
  registry.registerComponent('securitySchemes', 'webhookSecret', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Webhook-Secret',
    description: "The connection's webhook secret",
  });
  registry.registerComponent('securitySchemes', 'webhookPassword', {
    type: 'http',
    scheme: 'basic',
    description: "The connection's webhook secret as the password, with any user",
  });
  for (const operation of OPERATIONS) {
    const { path, method, responses, security } = operation;
    const closed = path.startsWith('/api/') && security === undefined;
    registry.registerPath(
      closed
        ? {
            ...operation,
            security: [{ adminToken: [] }, { cookie: [] }],
            responses: { ...responses, ...problems(401, 429, 500, 503, ...(method === 'get' ? [] : [403 as const])) },
          }
        : { security: [], ...operation },
    );
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'opencx-freshdesk',
      version: '1',
      description: 'What the AI agent for Freshdesk mirrors, decides and needs. Errors are problem details (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set(OPERATIONS.flatMap(({ tags }) => tags))].map((name) => ({ name })),
  });
}

export function openApiRoutes(): Router {
  const document = openApiDocument();
  const router = Router();
  router
    .route('/openapi.json')
    .get((_request, response) => {
      response.json(document);
    })
    .all(onlyMethods('GET'));
  return router;
}
