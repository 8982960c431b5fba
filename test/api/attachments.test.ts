import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFolderStorage } from '../../src/storage/folder.ts';
import { contentKey } from '../../src/storage/key.ts';
import { ADMIN_TOKEN, startTestApi } from '../../testbed/api.ts';
import { runFolder } from '../../testbed/run-folder.ts';

const PAGE = Buffer.from('<script>alert(document.cookie)</script>');
const UNKNOWN_ID = '01990000-0000-7000-8000-00000000ffff';
const authorized = { authorization: `Bearer ${ADMIN_TOKEN}` };

describe('F2 GET /api/attachments/:id/content', () => {
  let api: Awaited<ReturnType<typeof startTestApi>>;
  let messageId: string;
  const folder = runFolder('attachments');
  const storage = createFolderStorage(folder);
  let files = 0;

  beforeAll(async () => {
    api = await startTestApi({ storage });
    await storage.put(contentKey(PAGE), PAGE, 'text/plain');
    const at = new Date(0);
    const session = await api.db.session.create({
      data: {
        connectionId: 'default',
        ticketId: 1n,
        status: 'open',
        channel: 'email',
        admittedBy: 'assigned',
        subject: 'Hi',
        source: 1,
        ticketStatus: 2,
        lookedAt: at,
        ticketCreatedAt: at,
        ticketUpdatedAt: at,
        messages: {
          create: {
            connectionId: 'default',
            freshdeskId: 'ticket:1',
            seq: 0n,
            author: 'customer',
            visibility: 'public',
            kind: 'description',
            html: '',
            text: '',
            createdAt: at,
            updatedAt: at,
          },
        },
      },
      include: { messages: true },
    });
    messageId = session.messages[0]?.id ?? '';
  });
  afterAll(() => api.close());

  const add = async (data: {
    name?: string;
    status?: 'pending' | 'stored' | 'refused' | 'failed';
    reason?: string;
    key?: string;
  }) => {
    files += 1;
    const row = { messageId, remoteId: BigInt(files), contentType: 'text/plain', size: BigInt(PAGE.length) };
    const { id } = await api.db.attachment.create({ data: { ...row, name: 'page.html', status: 'stored', ...data } });
    return id;
  };
  const get = (id: string, headers: Record<string, string> = authorized) =>
    fetch(`${api.url}/api/attachments/${id}/content`, { headers });

  test('F2 the stored bytes, always to be saved, never to be shown', async () => {
    const response = await get(await add({ key: contentKey(PAGE) }));
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PAGE);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-disposition': 'attachment; filename=page.html',
      'content-type': 'text/plain',
      'content-length': String(PAGE.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
    });
  });

  test.each([
    ['Rechnung März.pdf', `attachment; filename="Rechnung M?rz.pdf"; filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf`],
    ['請求書.pdf', `attachment; filename="???.pdf"; filename*=UTF-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.pdf`],
    ['../../etc/passwd', 'attachment; filename=_.._etc_passwd'],
    ['a"; filename="b.exe', 'attachment; filename="a\\"; filename=\\"b.exe"'],
    ['x\r\nSet-Cookie: a=b.txt', 'attachment; filename="xSet-Cookie: a=b.txt"'],
    ['invoice\u202efdp.exe', 'attachment; filename=invoicefdp.exe'],
    ['', 'attachment; filename=attachment'],
    ['\ud800.txt', expect.stringMatching(/^attachment; filename=/)],
  ])('F2 the name %j', async (name, disposition) => {
    const response = await get(await add({ name: name.toWellFormed(), key: contentKey(PAGE) }));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toEqual(disposition);
    expect(response.headers.get('set-cookie')).toBeNull();
    await response.arrayBuffer();
  });

  test.each<Record<string, string>>([{}, { authorization: 'Bearer wrong' }, { cookie: `token=${ADMIN_TOKEN}` }])(
    'F2 nobody gets it without the admin token: %j',
    async (headers) => {
      const response = await get(await add({ key: contentKey(PAGE) }), headers);
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain('alert');
    },
  );

  test.each<[string, Parameters<typeof add>[0], string]>([
    ['not copied yet', { status: 'pending' }, 'is not copied yet'],
    [
      'refused',
      { status: 'refused', reason: 'too_large' },
      'none will be made. Whoever needs it opens it in Freshdesk.',
    ],
    [
      'not to be had',
      { status: 'failed', reason: 'timed_out' },
      'tried again a day after it failed, or when the ticket',
    ],
  ])('F2 a file that is %s is 404, with the reason', async (_what, data, detail) => {
    const response = await get(await add(data));
    expect(response.status).toBe(404);
    const problem = (await response.json()) as { detail: string };
    expect(problem.detail).toContain(detail);
    if (data.reason !== undefined) expect(problem.detail).toContain(data.reason);
  });

  test.each([UNKNOWN_ID, '1', 'x'])('an unknown attachment is 404: %s', async (id) => {
    expect((await get(id)).status).toBe(404);
  });

  test('F2 bytes that the storage has lost, or cannot read, are 503, and the log says why', async () => {
    const lost = await get(await add({ key: contentKey(Buffer.from('lost')) }));
    expect(lost.status).toBe(503);
    expect(await lost.text()).toContain('does not have the file');
    const key = contentKey(PAGE);
    const file = path.join(folder, key.slice(0, 2), key.slice(2, 4), key);
    await rm(file);
    expect((await get(await add({ key }))).status).toBe(503);
    expect(api.logLines.join('')).toContain('the storage does not have a file');
  });
});
