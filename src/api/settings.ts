import { createHash } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import {
  type ExplainedSettings,
  explainedSettings,
  type SettingsPreview,
  settingsQuery,
} from '../contract/settings-preview.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { Settings } from '../domain/settings.ts';
import { callerOf } from './auth.ts';
import { documented } from './document.ts';
import { body, given } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

export type SettingsRouteDeps = {
  connections: Pick<Connections, 'settings' | 'patchSettings'>;
  /** What a change would do; throws ConnectionNotFound and InvalidSettings. */
  preview: (connectionId: string, patch: unknown) => Promise<SettingsPreview>;
  /** Throws ConnectionNotFound. */
  explain: (connectionId: string) => Promise<ExplainedSettings>;
};

export const settingsOperations = [
  documented('getSettings', {
    tag: 'Connections',
    summary: 'The settings in force, with the defaults filled in',
    description:
      'With `explain=true` each by itself: default, what it does, unit, and when it was last changed by whom.',
    ok: 'All settings; the ETag is theirs',
    orElse: explainedSettings,
    problems: [400, 404],
  }),
  documented('changeSettings', {
    tag: 'Connections',
    summary: 'Merges deeply; arrays and `routing` replace',
    description: 'With `If-Match` only where the settings are still those of that ETag.',
    ok: 'The settings in force afterwards',
    example: { channels: { email: { mode: 'assist' } } },
    problems: [404, 412],
  }),
  documented('previewSettings', {
    tag: 'Connections',
    summary: 'What a change of settings would do, without making it',
    ok: 'Which of it lets more customers get a public reply, and how many waiting tickets would',
    example: { channels: { email: { mode: 'autopilot' } } },
    problems: [404],
  }),
];

/** The settings of a connection (section 14 of the rules), and what is to be known before they are changed. */
export function settingsRoutes({ connections, preview, explain }: SettingsRouteDeps): Router {
  const answer = (response: Response, settings: Settings) => response.set('ETag', tagOf(settings)).json(settings);

  const router = Router();
  router
    .route('/connections/:id/settings')
    .get(async ({ params: { id }, query }, response) => {
      if (given(settingsQuery, query, 'query').explain === true) return void response.json(await explain(id));
      answer(response, await connections.settings(id));
    })
    .patch(body, async (request: Request<{ id: string }>, response: Response) => {
      const wanted = request.get('if-match');
      const expected = (now: Settings) => wanted === undefined || matches(wanted, now);
      const { who } = callerOf(response);
      answer(response, await connections.patchSettings(request.params.id, patchOf(request), who, expected));
    })
    .all(onlyMethods('GET, PATCH'));

  router
    .route('/connections/:id/settings/preview')
    .post(body, async (request: Request<{ id: string }>, response: Response) => {
      response.json(await preview(request.params.id, patchOf(request)));
    })
    .all(onlyMethods('POST'));
  return router;
}

function patchOf(request: Request<{ id: string }>): unknown {
  const patch: unknown = request.body;
  if (patch === undefined) throw new Problem(415, 'Send the settings to change as JSON.');
  return patch;
}

function tagOf(settings: Settings): string {
  return `"${createHash('sha256').update(JSON.stringify(settings)).digest('base64url')}"`;
}

/** RFC 9110, 13.1.1: one of the tags, or `*`. */
function matches(wanted: string, settings: Settings): boolean {
  return wanted.trim() === '*' || wanted.split(',').some((tag) => tag.trim() === tagOf(settings));
}
