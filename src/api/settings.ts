import { type Request, type Response, Router } from 'express';
import type { SettingsPreview } from '../contract/settings-preview.ts';
import { documented } from './document.ts';
import { body } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

export const settingsOperations = [
  documented('previewSettings', {
    tag: 'Connections',
    summary: 'What a change of settings would do, without making it',
    ok: 'Which of it lets more customers get a public reply, and how many waiting tickets would',
    example: { channels: { email: { mode: 'autopilot' } } },
    problems: [404],
  }),
];

/** Throws ConnectionNotFound and InvalidSettings. */
export type PreviewSettings = (connectionId: string, patch: unknown) => Promise<SettingsPreview>;

/** What is to be known before settings are changed. */
export function settingsRoutes(preview: PreviewSettings): Router {
  const router = Router();
  router
    .route('/connections/:id/settings/preview')
    .post(body, async (request: Request<{ id: string }>, response: Response) => {
      const patch: unknown = request.body;
      if (patch === undefined) throw new Problem(415, 'Send the settings to change as JSON.');
      response.json(await preview(request.params.id, patch));
    })
    .all(onlyMethods('POST'));
  return router;
}
