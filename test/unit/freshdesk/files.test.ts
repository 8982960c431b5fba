import type http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FileHostUnreachable, FileRefused, LinkExpired } from '../../../src/freshdesk/errors.ts';
import { fileCalls } from '../../../src/freshdesk/files.ts';
import { inlineImages } from '../../../src/freshdesk/inline-images.ts';
import { startScriptedServer, type Script, type ScriptedServer } from '../../../testbed/scripted-server.ts';

const LIMIT = { maxBytes: 1_000 };
const ACCOUNT = 'https://acme.freshdesk.com';

describe('fetching a file', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startScriptedServer();
  });
  afterAll(() => server.stop());

  const fetched = (script: Script, path = '/file') => {
    server.answer(script);
    return fileCalls(server.url).download(`${server.url}${path}`, LIMIT);
  };
  const answer =
    (status: number, body: string | Buffer = '', headers: http.OutgoingHttpHeaders = {}): Script =>
    (_, response) =>
      void response.writeHead(status, headers).end(body);
  const redirect = (location: string) => answer(302, '', { location });

  test('F1 the bytes come as they are, and neither key nor any other credential goes to the file store', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    expect(await fetched(answer(200, bytes, { 'content-encoding': 'gzip' }))).toEqual(bytes);
    expect(server.seen.at(-1)?.headers).not.toHaveProperty('authorization');
    expect(server.seen.at(-1)?.headers).not.toHaveProperty('cookie');
  });

  test('F2 a file beyond the cap is given up at the cap, whatever its length is said to be', async () => {
    await expect(fetched(answer(200, Buffer.alloc(1_001)))).rejects.toMatchObject({ reason: 'too_large' });
    expect(await fetched(answer(200, Buffer.alloc(1_000)))).toHaveLength(1_000);
    let written = 0;
    const endless: Script = (_, response) => {
      response.on('error', () => undefined);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000))) written += 10_000;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    await expect(fetched(endless)).rejects.toBeInstanceOf(FileRefused);
    expect(written).toBeLessThan(20_000_000);
  });

  test.each([
    [403, LinkExpired],
    [401, LinkExpired],
    [400, LinkExpired],
    [404, FileRefused],
    [410, FileRefused],
    [500, FileHostUnreachable],
    [503, FileHostUnreachable],
    [204, FileHostUnreachable],
  ])('F1 %d of the file store', async (status, error) => {
    await expect(fetched(answer(status))).rejects.toBeInstanceOf(error);
  });

  test('F1 a file that breaks off is not taken for a whole one', async () => {
    const cut: Script = (_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('only this');
      response.destroy();
    };
    await expect(fetched(cut)).rejects.toBeInstanceOf(FileHostUnreachable);
  });

  test('F1 a dead file store is said to be one', async () => {
    const gone = await startScriptedServer();
    await gone.stop();
    await expect(fileCalls(gone.url).download(`${gone.url}/file`, LIMIT)).rejects.toMatchObject({
      seen: 'ECONNREFUSED',
    });
  });

  test('F1 a redirect within the account’s own address is followed, and not for ever', async () => {
    const once: Script = (request, response) =>
      request.url === '/moved' ? redirect('/file')(request, response) : answer(200, 'moved')(request, response);
    expect((await fetched(once, '/moved')).toString()).toBe('moved');
    await expect(fetched(redirect('/again'))).rejects.toMatchObject({ seen: 'redirects' });
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/latest/',
    'https://127.0.0.1/',
    'http://127.0.0.1:1/',
    'https://2130706433/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://10.0.0.1/',
    'https://0.0.0.0/',
    'https://localhost/',
    'https://user:password@files.example/',
    'https://files.example:8443/',
    'http://files.example/',
    'file:///etc/passwd',
    'ftp://files.example/',
  ])('F2 a redirect to %s is refused', async (location) => {
    await expect(fetched(redirect(location))).rejects.toMatchObject({ reason: 'unsafe_address' });
  });

  test('F2 with a real account no link leads into a private network, not even the first', async () => {
    server.answer(answer(200, 'secret'));
    const before = server.seen.length;
    for (const link of [server.url, 'https://localhost/file', 'https://10.1.2.3/', 'not a link'])
      await expect(fileCalls(ACCOUNT).download(link, LIMIT)).rejects.toMatchObject({ reason: 'unsafe_address' });
    expect(server.seen).toHaveLength(before);
  });
});

describe('F1 inline images', () => {
  const jwt = (payload: object) => `h.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`;
  const link = (id: number) => `https://attachment.freshdesk.com/inline/attachment?token=${jwt({ id })}`;

  test.each<[string, string, object[]]>([
    ['by data-id', `<p>See</p><img src="${link(1)}" data-id="7">`, [{ id: 7, url: link(1) }]],
    ['by the token', `<IMG class=x src='${link(8)}'/>`, [{ id: 8, url: link(8) }]],
    [
      'of another data centre',
      `<img src="https://eucattachment.freshdesk.com/inline/attachment?token=${jwt({ id: 9 })}&amp;x=1">`,
      [{ id: 9, url: `https://eucattachment.freshdesk.com/inline/attachment?token=${jwt({ id: 9 })}&x=1` }],
    ],
    [
      'of older tickets',
      '<img src="http://cdn.freshdesk.com/data/helpdesk/attachments/production/12744808/original/guinea_pig.png?138" class="inline-image" data-id="12744808">',
      [
        {
          id: 12_744_808,
          name: 'guinea_pig.png',
          url: 'https://cdn.freshdesk.com/data/helpdesk/attachments/production/12744808/original/guinea_pig.png?138',
        },
      ],
    ],
    ...[
      's3.amazonaws.com/cdn',
      's3.eu-central-1.amazonaws.com/euc-cdn',
      's3-ap-south-1.amazonaws.com/ind-cdn',
      's3-ap-southeast-2.amazonaws.com/aus-cdn',
    ].map((bucket): [string, string, object[]] => [
      `out of ${bucket}`,
      `<img src="https://${bucket}.freshdesk.com/data/helpdesk/attachments/production/17/original/a.png?1">`,
      [{ id: 17, name: 'a.png' }],
    ]),
    ...[
      'evil.s3.amazonaws.com/cdn.freshdesk.com',
      'ec2-203-0-113-9.compute-1.amazonaws.com/cdn.freshdesk.com',
      'abc123.execute-api.us-east-1.amazonaws.com/cdn.freshdesk.com',
      's3.evil.us-east-1.amazonaws.com/cdn.freshdesk.com',
      's3.amazonaws.com/evil/cdn.freshdesk.com',
      's3.amazonaws.com/evil-cdn.freshdesk.com',
      's3.eu-central-1.amazonaws.com/evilcdn.freshdesk.com',
      's3.amazonaws.com.evil.example/cdn.freshdesk.com',
    ].map((place): [string, string, object[]] => [
      `not what tracks readers from ${place}`,
      `<img src="https://${place}/data/helpdesk/attachments/production/17/original/a.png?mia" data-id="4">`,
      [],
    ]),
    ['once, however often shown', `<img src="${link(3)}"><img src="${link(3)}">`, [{ id: 3 }]],
    ['not what tracks readers', '<img src="https://news.example/open.gif?u=1" data-id="4">', []],
    ['not from elsewhere', '<img src="https://evil.example/inline/attachment?token=a.b.c" data-id="4">', []],
    ['not from the machine', '<img src="file:///etc/passwd" data-id="4"><img src="http://127.0.0.1/" data-id="5">', []],
    ['not without a number', '<img src="https://attachment.freshdesk.com/inline/attachment?token=x">', []],
    ['not in the text', 'I wrote &lt;img src="https://attachment.freshdesk.com/inline/attachment"&gt;', []],
  ])('F1 %s', (_what, html, expected) => {
    expect(inlineImages(html, ACCOUNT)).toEqual(expected.map((image) => expect.objectContaining(image)));
  });

  test('F1 markup without end ends', () => {
    expect(inlineImages('<img '.repeat(100_000), ACCOUNT)).toEqual([]);
    expect(inlineImages(`<img ${'src=" '.repeat(100_000)}`, ACCOUNT)).toEqual([]);
    expect(inlineImages(`<img src="${link(1)}">`.repeat(5_000), ACCOUNT)).toHaveLength(1);
  });
});
