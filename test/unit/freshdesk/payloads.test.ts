import { expect, test } from '@jest/globals';
import { mePayload, statusFieldsPayload } from '../../../src/freshdesk/account-payloads.ts';
import { conversationPayload, ticketPayload } from '../../../src/freshdesk/payloads.ts';

const least = { id: 12, status: 2, created_at: '2026-08-01T12:00:00Z' };
const leastMs = Date.parse(least.created_at);

test('a ticket with nothing but its id, status and time has harmless values for the rest', () => {
  expect(ticketPayload.parse(least)).toEqual({
    id: 12,
    subject: '',
    descriptionHtml: '',
    descriptionText: '',
    status: 2,
    priority: 1,
    source: 0,
    type: null,
    requesterId: null,
    responderId: null,
    groupId: null,
    productId: null,
    companyId: null,
    emailConfigId: null,
    spam: false,
    deleted: false,
    tags: [],
    supportEmail: null,
    toEmails: [],
    replyCcEmails: [],
    ccEmails: [],
    customFields: {},
    attachments: [],
    createdAtMs: leastMs,
    updatedAtMs: leastMs,
  });
});

test('nulls read as missing keys do', () => {
  const keys = Object.keys(ticketPayload.in.shape).filter((key) => !(key in least));
  const nulls = Object.fromEntries(keys.map((key) => [key, null]));
  expect(ticketPayload.parse({ ...least, ...nulls })).toEqual(ticketPayload.parse(least));
  const words = { id: 3, created_at: least.created_at };
  const wordKeys = Object.keys(conversationPayload.in.shape).filter((key) => !(key in words));
  const wordNulls = Object.fromEntries(wordKeys.map((key) => [key, null]));
  expect(conversationPayload.parse({ ...words, ...wordNulls })).toEqual(conversationPayload.parse(words));
});

test('null arrays are empty, and one bad element does not cost the others', () => {
  const file = {
    id: 5,
    name: 'a.pdf',
    content_type: 'application/pdf',
    size: 9,
    attachment_url: 'https://files.example/a',
  };
  const parsed = ticketPayload.parse({
    ...least,
    cc_emails: null,
    to_emails: null,
    tags: ['vip', null, 'b2b'],
    attachments: [file, { name: 'without an id' }, { ...file, id: 6, size: undefined, file_size: 7 }],
  });
  expect(parsed).toMatchObject({ ccEmails: [], toEmails: [], tags: ['vip', 'b2b'] });
  expect(parsed.attachments).toEqual([
    { id: 5, name: 'a.pdf', contentType: 'application/pdf', size: 9, url: 'https://files.example/a' },
    { id: 6, name: 'a.pdf', contentType: 'application/pdf', size: 7, url: 'https://files.example/a' },
  ]);
});

test('S1 E7 unknown statuses and sources stay the numbers they are', () => {
  expect(ticketPayload.parse({ ...least, status: 4711, source: 108, priority: 9 })).toMatchObject({
    status: 4711,
    source: 108,
    priority: 9,
  });
  const entry = conversationPayload.parse({ id: 3, created_at: least.created_at, source: 99, auto_response: true });
  expect(entry).toMatchObject({ source: 99, autoResponse: true });
});

test('unknown keys are dropped, and custom fields keep their plain values', () => {
  const custom = { cf_text: 'a', cf_decimal: '1.1', cf_number: 4, cf_box: true, cf_empty: null, cf_nested: { a: 1 } };
  const parsed = ticketPayload.parse({
    ...least,
    sentiment_score: 3,
    structured_description: {},
    custom_fields: custom,
  });
  expect(parsed).not.toHaveProperty('sentiment_score');
  expect(parsed.customFields).toEqual({ cf_text: 'a', cf_decimal: '1.1', cf_number: 4, cf_box: true, cf_empty: null });
});

test('times are milliseconds, in whatever zone they come', () => {
  const stats = { resolved_at: '2026-08-01T17:30:00+05:30', closed_at: null, pending_since: null };
  const parsed = ticketPayload.parse({ ...least, updated_at: '2026-08-01T12:00:00.250Z', stats });
  expect(parsed.updatedAtMs).toBe(leastMs + 250);
  expect(parsed.stats).toEqual({ resolvedAtMs: leastMs, closedAtMs: null });
});

test.each([
  ['no id', { ...least, id: undefined }],
  ['an id beyond the safe integers', { ...least, id: 2 ** 60 }],
  ['no status', { ...least, status: null }],
  ['no time', { ...least, created_at: null }],
  ['a time that is none', { ...least, created_at: 'yesterday' }],
  ['no object', []],
])('what is no ticket does not parse: %s', (_, raw) => {
  expect(ticketPayload.safeParse(raw).success).toBe(false);
});

test('the agent of a key has roles and a contact, or none', () => {
  expect(mePayload.parse({ id: 4, contact: null, role_ids: null })).toMatchObject({ name: '', email: '', roleIds: [] });
  expect(mePayload.parse({ id: 4, role_ids: [1, 2], contact: { name: 'Ada', email: 'a@b.example' } })).toMatchObject({
    name: 'Ada',
    email: 'a@b.example',
    roleIds: [1, 2],
    deactivated: false,
  });
});

test('S1 a status field without usable choices gives no statuses', () => {
  expect(statusFieldsPayload.parse([{ type: 'default_status', choices: null }, { type: null }])).toEqual([]);
  expect(
    statusFieldsPayload.parse([{ type: 'default_status', choices: { '6': [], '8': 'Monthly', x: ['X'] } }]),
  ).toEqual([
    { id: 6, label: '6' },
    { id: 8, label: 'Monthly' },
  ]);
});
