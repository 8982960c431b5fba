import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Logger } from 'pino';
import type { ExplainSearch } from '../ai/knowledge/explain.ts';
import { articlesQuery, askBody, type AskedPlan, type Question, searchBody } from '../contract/knowledge.ts';
import type { Audit } from '../db/audit.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { KnowledgeSyncs } from '../db/background/knowledge-syncs.ts';
import type { Articles } from '../db/reads/articles.ts';
import { callerOf } from './auth.ts';
import { documented } from './document.ts';
import { existing } from './existing.ts';
import { body, given } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

export type KnowledgeRouteDeps = {
  connections: Pick<Connections, 'get'>;
  articles: Articles;
  search: ExplainSearch;
  knowledgeSyncs: Pick<KnowledgeSyncs, 'last' | 'askedFor'>;
  /** What the AI would do with a new ticket. */
  ask: (connectionId: string, question: Question) => Promise<AskedPlan>;
  audit: Pick<Audit, 'note'>;
  log: Logger;
};

export const knowledgeOperations = [
  documented('listArticles', {
    tag: 'Knowledge',
    summary: 'The articles of the connection, the last changed first',
    ok: 'A page',
    problems: [400, 404],
  }),
  documented('getArticle', {
    tag: 'Knowledge',
    summary: 'An article with its passages',
    ok: 'The article',
    problems: [404],
  }),
  documented('searchKnowledge', {
    tag: 'Knowledge',
    summary: 'What a question finds, and how sure the embedded engine would be',
    ok: 'What `knowledge search --json` prints',
    example: { question: 'How do I send something back?' },
    problems: [404],
  }),
  documented('askKnowledge', {
    tag: 'Knowledge',
    summary: "What the AI would do with that message by today's settings",
    description:
      'Nothing is stored and nothing is sent. With a language model it costs what an answer costs, and no budget counts it.',
    ok: 'The plan',
    example: { question: 'How do I send something back?', channel: 'email', mode: 'autopilot' },
    problems: [404],
  }),
  documented('getKnowledgeSync', {
    tag: 'Knowledge',
    summary: 'When Freshdesk Solutions were last read, and what came of it',
    ok: 'The last sync',
    problems: [404],
  }),
  documented('syncKnowledge', {
    tag: 'Knowledge',
    summary: 'Has Freshdesk Solutions read within the next minute',
    ok: 'Asked for, or under way already',
    problems: [404],
  }),
];

/** What the AI knows, and what it would make of a question (N4). */
export function knowledgeRoutes({
  connections,
  articles,
  search,
  knowledgeSyncs,
  ask,
  audit,
  log,
}: KnowledgeRouteDeps): Router {
  const known: RequestHandler<{ id: string }> = async ({ params: { id } }, _response, next) => {
    await existing(connections, id);
    next();
  };
  const lastSync = async (id: string) =>
    (await knowledgeSyncs.last(id)) ?? { startedAt: null, endedAt: null, failure: null };

  const router = Router();
  router
    .route('/connections/:id/knowledge/articles')
    .get(known, async ({ params: { id }, query }, response) => {
      const { cursor, limit, ...asked } = given(articlesQuery, query, 'query');
      response.json(await articles.list(id, asked, { cursor: cursor ?? null, limit }));
    })
    .all(onlyMethods('GET'));

  router
    .route('/connections/:id/knowledge/articles/:article')
    .get(known, async ({ params: { id, article } }: Request<{ id: string; article: string }>, response: Response) => {
      const found = await articles.get(id, article);
      if (found === null) throw new Problem(404, `There is no article ${article} in the knowledge of ${id}.`);
      response.json(found);
    })
    .all(onlyMethods('GET'));

  router
    .route('/connections/:id/knowledge/search')
    .post(known, body, async (request: Request<{ id: string }>, response: Response) => {
      const { question, internal } = given(searchBody, request.body);
      const { id: connectionId } = request.params;
      response.json(await search({ connectionId, question, includeInternal: internal }));
    })
    .all(onlyMethods('POST'));

  router
    .route('/connections/:id/knowledge/ask')
    .post(known, body, async (request: Request<{ id: string }>, response: Response) => {
      response.json(await ask(request.params.id, given(askBody, request.body)));
    })
    .all(onlyMethods('POST'));

  router
    .route('/connections/:id/knowledge/sync')
    .get(known, async ({ params: { id } }, response) => {
      response.json(await lastSync(id));
    })
    .post(known, async ({ params: { id } }, response) => {
      await knowledgeSyncs.askedFor(id);
      await audit.note({ connectionId: id, what: 'solutions_asked_for', by: callerOf(response).who });
      log.info({ connection: id }, 'an operator has Freshdesk Solutions read again');
      response.status(202).json(await lastSync(id));
    })
    .all(onlyMethods('GET, POST'));
  return router;
}
