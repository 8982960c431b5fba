import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { createHmac } from 'node:crypto';
import type { FaultPoints } from './faults.ts';
import type { FileInput } from './inputs.ts';
import { nextId, nowStamp, threadOf, type State } from './state.ts';
import type { Timers } from './timers.ts';
import type { Attachment, Ticket } from './types.ts';

/** Freshdesk's limit is for all attachments of a ticket together, not for one message. */
export const MAX_TICKET_BYTES = 20 * 1024 * 1024;

const EXPIRES_S = 300;
const SECRET = 'signs the links of this simulator';

function bytesOf(file: FileInput): Uint8Array {
  if (file.bytes !== undefined) return file.bytes;
  return file.base64 === undefined ? Buffer.from(file.text ?? '') : Buffer.from(file.base64, 'base64');
}

export function newAttachment(state: State, file: FileInput): Attachment {
  const at = nowStamp(state);
  return {
    id: nextId(state),
    name: file.name,
    contentType: file.contentType ?? 'application/octet-stream',
    bytes: bytesOf(file),
    inline: file.inline ?? false,
    createdAt: at,
    updatedAt: at,
  };
}

/** Bytes of everything attached to a ticket so far. */
export function attachedBytes(state: State, ticket: Ticket): number {
  const all = [ticket.attachments, ...threadOf(state, ticket.id).map((entry) => entry.attachments)].flat();
  return all.reduce((sum, attachment) => sum + attachment.bytes.length, 0);
}

function sign(text: string): string {
  return createHmac('sha256', SECRET).update(text).digest('hex');
}

/** Like a presigned link: good for 300 s from this reading on, and another one on every reading. */
function linkTo(state: State, attachment: Attachment): string {
  state.linksMade += 1;
  const date = state.now().toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `SIMULATOR${state.linksMade}`,
    'X-Amz-Date': date,
    'X-Amz-Expires': String(EXPIRES_S),
    'X-Amz-Signature': sign(`${attachment.id} ${date} ${state.linksMade}`),
  });
  const folder = `${state.url}/cdn.freshdesk.com/data/helpdesk/attachments/production/${attachment.id}/original`;
  return `${folder}/${encodeURIComponent(attachment.name)}?${query.toString()}`;
}

/** Attachments of an API answer; inline images are in the HTML instead. */
export function attachmentViews(state: State, attachments: Attachment[]): object[] {
  return attachments
    .filter((attachment) => !attachment.inline)
    .map((attachment) => {
      const url = linkTo(state, attachment);
      return {
        id: attachment.id,
        name: attachment.name,
        content_type: attachment.contentType,
        size: attachment.bytes.length,
        created_at: attachment.createdAt,
        updated_at: attachment.updatedAt,
        attachment_url: url,
        ...(attachment.contentType.startsWith('image/') ? { thumb_url: url } : {}),
      };
    });
}

/** The images inside a message's HTML: their links do not expire. */
export function inlineImages(state: State, attachments: Attachment[]): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return attachments
    .filter((attachment) => attachment.inline)
    .map(({ id }) => {
      const content = `${encode({ alg: 'HS256' })}.${encode({ id, domain: 'acme.freshdesk.com', account_id: 1_490_512 })}`;
      const src = `${state.url}/inline/attachment?token=${content}.${sign(content)}`;
      return `<img src="${src}" class="inline-image" data-id="${id}">`;
    })
    .join('');
}

function attachmentOf(state: State, id: number): Attachment | undefined {
  const holders = [...state.tickets.values(), ...state.conversations.values()];
  return holders.flatMap((holder) => holder.attachments).find((attachment) => attachment.id === id);
}

/** Takes an attachment off its ticket or message; false when there is none with this id. */
export function removeAttachment(state: State, id: number): boolean {
  for (const holder of [...state.tickets.values(), ...state.conversations.values()]) {
    const kept = holder.attachments.filter((attachment) => attachment.id !== id);
    if (kept.length === holder.attachments.length) continue;
    holder.attachments = kept;
    return true;
  }
  return false;
}

function denied(response: Response, status: number, code: string, message: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.status(status).type('application/xml').send(xml);
}

function deliver(response: Response, attachment: Attachment | undefined): void {
  if (attachment === undefined) return denied(response, 404, 'NoSuchKey', 'The specified key does not exist.');
  response.setHeader('content-type', attachment.contentType);
  response.end(attachment.bytes);
}

function signedFile(state: State, request: Request, response: Response): void {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  const date = query.get('X-Amz-Date') ?? '';
  const made = (query.get('X-Amz-Credential') ?? '').replace('SIMULATOR', '');
  const id = Number(request.params['id']);
  if (request.get('authorization') !== undefined) {
    return denied(response, 400, 'InvalidArgument', 'Only one auth mechanism allowed');
  }
  if (query.get('X-Amz-Signature') !== sign(`${id} ${date} ${made}`)) {
    return denied(response, 403, 'SignatureDoesNotMatch', 'The signature does not match');
  }
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (state.now().getTime() > signedAt + EXPIRES_S * 1000) {
    return denied(response, 403, 'AccessDenied', 'Request has expired');
  }
  return deliver(response, attachmentOf(state, id));
}

function inlineFile(state: State, request: Request, response: Response): void {
  const token = new URLSearchParams(request.url.split('?')[1] ?? '').get('token') ?? '';
  const [header, payload, signature] = token.split('.');
  if (signature !== sign(`${header}.${payload}`)) return void response.status(403).end();
  const { id } = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as { id: number };
  return deliver(response, attachmentOf(state, id));
}

/** A file store has its bad days too: it is lost, answers something else, or is slow. */
async function strike(points: FilePoints, request: Request, response: Response, next: NextFunction): Promise<void> {
  const seen = { method: request.method, path: request.path, ticketId: null, body: undefined, status: null };
  const fault = points.faults.takeRequest(seen);
  await points.faults.runHooks('before_apply', seen);
  if (fault?.kind === 'lose_request') return void request.socket.destroy();
  if (fault?.kind === 'status') {
    response.status(fault.status).set(fault.headers ?? {});
    return void response.end(fault.body);
  }
  if (fault?.kind === 'stall' && !(await points.timers.pause(fault.ms ?? null))) return void request.socket.destroy();
  next();
}

export type FilePoints = { faults: FaultPoints; timers: Timers };

/** Serves the files that the API's links point to; plays the object store, so it knows no API key. */
export function filesRouter(state: State, points: FilePoints): Router {
  const router = express.Router();
  const stored = '/cdn.freshdesk.com/data/helpdesk/attachments/production/:id/original/:name';
  const inline = '/inline/attachment';
  router.get([stored, inline], (request, response, next) => strike(points, request, response, next));
  router.get(stored, (request, response) => signedFile(state, request, response));
  router.get(inline, (request, response) => inlineFile(state, request, response));
  return router;
}
