import type { z } from 'zod';
import { attentionList } from './attention.ts';
import { auditPage, auditQuery } from './audit.ts';
import { backfillChange, backfillList, backfillStart, backfillView } from './backfills.ts';
import {
  accountBody,
  changedConnection,
  connectionList,
  connectionPatch,
  connectionView,
  createdConnection,
  newConnectionBody,
  removalQuery,
  settings,
  settingsPatch,
  verified,
} from './connections.ts';
import {
  articleDetail,
  articlePage,
  articleParams,
  articlesQuery,
  askBody,
  askedPlan,
  knowledgeSync,
  searchBody,
  searchReport,
} from './knowledge.ts';
import { gapList, gapPatch, gapsQuery } from './gaps.ts';
import { graded, reviewBody, reviewQueue, reviewQueueQuery, turnParams } from './reviews.ts';
import { account, directory, doctorBody, findings, reconciled } from './operating.ts';
import { overview, overviewQuery } from './overview.ts';
import { episodePage, episodesQuery, reportQuery, reports } from './reports.ts';
import type { RouteName } from './routes.ts';
import {
  hinted,
  messagePage,
  retried,
  sessionCounts,
  sessionCountsQuery,
  sessionDetail,
  sessionPage,
  sessionParams,
  sessionsQuery,
} from './sessions.ts';
import { settingsPreview, settingsQuery } from './settings-preview.ts';
import { me, signInBody } from './sign-in.ts';
import { ticketTrace } from './trace.ts';
import { attachmentParams, connectionParams, pageQuery } from './values.ts';

/** What an operation takes, and what it answers with when it works; `answer` null: nothing, or a file. */
export type Exchange = {
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** 200 where it is left out. */
  status?: 201 | 202 | 204;
  answer: z.ZodType | null;
};

/** Of every operation in ROUTES the schemas: the API parses and documents with them. */
export const operations = {
  signIn: { body: signInBody, answer: me },
  signOut: { status: 204, answer: null },
  getMe: { answer: me },
  verifyAccount: { body: accountBody, answer: verified },
  listConnections: { answer: connectionList },
  createConnection: { body: newConnectionBody, status: 201, answer: createdConnection },
  getConnection: { params: connectionParams, answer: connectionView },
  changeConnection: { params: connectionParams, body: connectionPatch, answer: changedConnection },
  removeConnection: { params: connectionParams, query: removalQuery, status: 204, answer: null },
  getSettings: { params: connectionParams, query: settingsQuery, answer: settings },
  changeSettings: { params: connectionParams, body: settingsPatch, answer: settings },
  listBackfills: { params: connectionParams, answer: backfillList },
  startBackfill: { params: connectionParams, body: backfillStart, status: 201, answer: backfillView },
  getBackfill: { params: connectionParams, answer: backfillView },
  changeBackfill: { params: connectionParams, body: backfillChange, answer: backfillView },
  listSessions: { query: sessionsQuery, answer: sessionPage },
  countSessions: { query: sessionCountsQuery, answer: sessionCounts },
  getSession: { params: sessionParams, answer: sessionDetail },
  listMessages: { params: sessionParams, query: pageQuery, answer: messagePage },
  getTrace: { params: sessionParams, answer: ticketTrace },
  syncSession: { params: sessionParams, status: 202, answer: hinted },
  retrySession: { params: sessionParams, status: 202, answer: retried },
  getAttachmentContent: { params: attachmentParams, answer: null },
  listAttention: { answer: attentionList },
  reportOutcomes: { query: reportQuery, answer: reports.outcomes },
  reportVolume: { query: reportQuery, answer: reports.volume },
  reportHandoffs: { query: reportQuery, answer: reports.handoffs },
  reportDrafts: { query: reportQuery, answer: reports.drafts },
  reportSubjects: { query: reportQuery, answer: reports.subjects },
  reportSpeed: { query: reportQuery, answer: reports.speed },
  reportCost: { query: reportQuery, answer: reports.cost },
  reportCalibration: { query: reportQuery, answer: reports.calibration },
  reportArticles: { query: reportQuery, answer: reports.articles },
  getOverview: { query: overviewQuery, answer: overview },
  listArticles: { params: connectionParams, query: articlesQuery, answer: articlePage },
  getArticle: { params: articleParams, answer: articleDetail },
  searchKnowledge: { params: connectionParams, body: searchBody, answer: searchReport },
  askKnowledge: { params: connectionParams, body: askBody, answer: askedPlan },
  getKnowledgeSync: { params: connectionParams, answer: knowledgeSync },
  syncKnowledge: { params: connectionParams, status: 202, answer: knowledgeSync },
  listReviewQueue: { query: reviewQueueQuery, answer: reviewQueue },
  reviewTurn: { params: turnParams, body: reviewBody, answer: graded },
  unreviewTurn: { params: turnParams, status: 204, answer: null },
  listGaps: { params: connectionParams, query: gapsQuery, answer: gapList },
  markGap: { params: connectionParams, body: gapPatch, status: 204, answer: null },
  examine: { body: doctorBody, answer: findings },
  reconcileNow: { params: connectionParams, answer: reconciled },
  getAccount: { params: connectionParams, answer: account },
  getDirectory: { params: connectionParams, answer: directory },
  previewSettings: { params: connectionParams, body: settingsPatch, answer: settingsPreview },
  listEpisodes: { query: episodesQuery, answer: episodePage },
  listAudit: { query: auditQuery, answer: auditPage },
} as const satisfies Record<RouteName, Exchange>;

type Operations = typeof operations;
type Sent<T> = T extends z.ZodType ? z.input<T> : undefined;

/** What a caller sends and gets, as it is on the wire: times are texts there. */
export type Call<Name extends RouteName> = {
  params: Operations[Name] extends { params: infer T } ? Sent<T> : undefined;
  query: Operations[Name] extends { query: infer T } ? Partial<Sent<T>> : undefined;
  body: Operations[Name] extends { body: infer T } ? Sent<T> : undefined;
  answer: Operations[Name]['answer'] extends z.ZodType ? z.input<Operations[Name]['answer']> : null;
};
