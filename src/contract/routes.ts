/**
 * Every operation below /api: method and path, under the name it has in the OpenAPI document. Nothing else stands here, so
 * that a browser can call them without loading a schema; `operations.ts` has those.
 */
export const ROUTES = {
  signIn: ['post', '/api/sign-in'],
  signOut: ['delete', '/api/sign-in'],
  getMe: ['get', '/api/me'],
  verifyAccount: ['post', '/api/connections/verify'],
  listConnections: ['get', '/api/connections'],
  createConnection: ['post', '/api/connections'],
  getConnection: ['get', '/api/connections/{id}'],
  changeConnection: ['patch', '/api/connections/{id}'],
  removeConnection: ['delete', '/api/connections/{id}'],
  getSettings: ['get', '/api/connections/{id}/settings'],
  changeSettings: ['patch', '/api/connections/{id}/settings'],
  startBackfill: ['post', '/api/connections/{id}/backfills'],
  getBackfill: ['get', '/api/connections/{id}/backfills/current'],
  changeBackfill: ['patch', '/api/connections/{id}/backfills/current'],
  listSessions: ['get', '/api/sessions'],
  countSessions: ['get', '/api/sessions/counts'],
  getSession: ['get', '/api/sessions/{id}'],
  listMessages: ['get', '/api/sessions/{id}/messages'],
  getTrace: ['get', '/api/sessions/{id}/trace'],
  syncSession: ['post', '/api/sessions/{id}/sync'],
  retrySession: ['post', '/api/sessions/{id}/retry'],
  getAttachmentContent: ['get', '/api/attachments/{id}/content'],
  listAttention: ['get', '/api/attention'],
  reportOutcomes: ['get', '/api/reports/outcomes'],
  reportVolume: ['get', '/api/reports/volume'],
  reportHandoffs: ['get', '/api/reports/handoffs'],
  reportDrafts: ['get', '/api/reports/drafts'],
  reportSubjects: ['get', '/api/reports/subjects'],
  reportSpeed: ['get', '/api/reports/speed'],
  reportCost: ['get', '/api/reports/cost'],
  reportCalibration: ['get', '/api/reports/calibration'],
  reportArticles: ['get', '/api/reports/articles'],
  listEpisodes: ['get', '/api/reports/episodes'],
} as const satisfies Record<string, readonly ['get' | 'post' | 'put' | 'patch' | 'delete', string]>;

export type RouteName = keyof typeof ROUTES;
