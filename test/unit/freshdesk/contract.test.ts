import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import type { z } from 'zod';
import { refusalOf } from '../../../src/freshdesk/answers.ts';
import {
  conversationPayload,
  conversationsPayload,
  postedPayload,
  ticketPayload,
} from '../../../src/freshdesk/payloads.ts';

const folder = path.resolve(import.meta.dirname, '../../../../shared/freshdesk-fixtures');
const present = existsSync(folder);
if (!present)
  console.info('contract tests skipped: the folder ../shared/freshdesk-fixtures is not beside this checkout');
const contract = present ? test : test.skip;

function payload(file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
}

const accepted: [string, z.ZodType, Record<string, unknown> | Record<string, unknown>[]][] = [
  [
    'python-freshdesk/ticket_1.json',
    ticketPayload,
    {
      id: 1,
      tags: ['foo', 'bar'],
      toEmails: [],
      attachments: [{ id: 1, size: 44115, contentType: 'text/plain' }],
      stats: { closedAtMs: null },
    },
  ],
  [
    'dotnet-client/create-ticket-response.json',
    ticketPayload,
    { id: 49548, spam: false, deleted: false, responderId: null },
  ],
  [
    'python-freshdesk/conversations.json',
    conversationsPayload,
    {
      entries: [
        { id: 1, private: true, incoming: false, fromEmail: null, ccEmails: [] },
        { id: 2, private: false, source: 0, autoResponse: null },
      ],
      unusable: 0,
    },
  ],
  ['python-freshdesk/reply_1.json', postedPayload, { id: 2, createdAtMs: Date.parse('2016-05-19T05:36:14Z') }],
  ['python-freshdesk/note_1.json', postedPayload, { id: 1, createdAtMs: Date.parse('2016-05-19T05:36:12Z') }],
  ['python-freshdesk/note_1.json', conversationPayload, { id: 1, private: true, source: 2 }],
];
contract.each(accepted)('the real payload %s parses', (file, schema, expected) => {
  expect(schema.parse(payload(file))).toMatchObject(expected);
});

const refused: [string, Record<string, unknown>][] = [
  ['400-docs-missing-field', { name: 'Rejected', status: 400, fields: [{ field: 'name', code: 'missing_field' }] }],
  ['400-invalid-json', { name: 'Rejected', status: 400, code: 'invalid_json', fields: [] }],
  ['400-page-beyond-300', { name: 'Rejected', fields: [{ field: 'page', code: 'invalid_value' }] }],
  ['401-invalid-credentials', { name: 'Unauthorized', reason: 'invalid_credentials' }],
  ['405-contact-deleted-or-spam', { name: 'Rejected', status: 405, code: null }],
  ['405-method-not-allowed', { name: 'Rejected', status: 405, code: null }],
];
contract.each(refused)('the real error %s is understood', (file, expected) => {
  const { status, response } = payload(`errors/${file}.json`) as { status: number; response: unknown };
  expect(refusalOf('PUT /tickets/1', { status, headers: {}, body: JSON.stringify(response) })).toMatchObject(expected);
});
