import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Attachments } from '../db/conversations/attachments.ts';
import type { Storage } from '../storage/port.ts';
import { documented } from './document.ts';
import { onlyMethods, Problem } from './problems.ts';

export type AttachmentDeps = { attachments: Pick<Attachments, 'find'>; storage: Pick<Storage, 'get'>; log: Logger };

export const attachmentOperations = [
  documented('getAttachmentContent', {
    tag: 'Sessions',
    summary: 'A copied file, to be saved',
    ok: 'The file, as its content says',
    content: { '*/*': { schema: z.string().meta({ format: 'binary' }) } },
    problems: [404, 503],
  }),
];

/** The stored files (F2): to be saved, never to be shown, since they were written by whoever sent them. */
export function attachmentRoutes({ attachments, storage, log }: AttachmentDeps): Router {
  const router = Router();
  router
    .route('/attachments/:id/content')
    .get(async ({ params: { id } }, response) => {
      const file = await attachments.find(id);
      if (file === null)
        throw new Problem(404, `There is no attachment ${id}. GET /api/sessions/:id/messages lists those of a ticket.`);
      const { status, reason, key } = file;
      if (status !== 'stored' || key === null) throw new Problem(404, notStored(id, status, reason));
      const content = await storage.get(key).catch((error: unknown) => {
        log.error({ attachment: id, reason: error instanceof Error ? error.message : 'unknown' }, 'storage unusable');
        throw new Problem(503, 'The attachment storage cannot be read; the log says why.');
      });
      if (content === null) {
        log.error({ attachment: id }, 'the storage does not have a file that was stored: was it restored or moved?');
        throw new Problem(503, `The attachment storage does not have the file of ${id} any more.`);
      }
      response.attachment(safeName(file.name));
      response.setHeader('Content-Type', file.contentType); // as it is: Express would add a charset that nobody has checked
      response.set({
        'Content-Length': String(file.size),
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': "default-src 'none'; sandbox",
      });
      await pipeline(content, response);
    })
    .all(onlyMethods('GET'));
  return router;
}

/** F2. What was refused stays so; what failed is tried again. */
function notStored(id: string, status: string, reason: string | undefined): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  if (status === 'pending') return `Attachment ${id} is not copied yet${why}: ask again in a minute.`;
  const what = `There is no copy of attachment ${id}${why}`;
  return status === 'failed'
    ? `${what}. It is tried again a day after it failed, or when the ticket is read by hand ("ticket sync").`
    : `${what}, and none will be made. Whoever needs it opens it in Freshdesk.`;
}

/** No folders, no control or direction characters: what is saved is called what it looks like. */
function safeName(name: string): string {
  const safe = name
    .replace(/[^\P{Cc}]|[^\P{Cf}]/gu, '')
    .replace(/[/\\]/g, '_')
    .replace(/^\.+/, '')
    .slice(-150)
    .toWellFormed()
    .trim();
  return safe === '' ? 'attachment' : safe;
}
