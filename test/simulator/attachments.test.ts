import { expect, test } from '@jest/globals';
import type { Simulator } from '../../simulator/simulator.ts';
import { at, call, clock, simulator } from './harness.ts';

async function upload(sim: Simulator, path: string, form: FormData): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${sim.url}/api/v2${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${sim.apiKey}:X`).toString('base64')}` },
    body: form,
  });
  return { status: response.status, body: await response.json() };
}

function link(body: unknown): string {
  return String(at(body, 'attachments', 0, 'attachment_url'));
}

test('an attachment’s link changes on every reading, dies after 300 seconds and takes no credentials', async () => {
  const time = clock();
  const sim = await simulator({ now: time.now });
  const files = [{ name: 'bill.pdf', contentType: 'application/pdf', text: 'content' }];
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi', files });
  const first = await call(sim, 'GET', `/tickets/${id}`);
  expect(at(first.body, 'attachments', 0)).toMatchObject({
    name: 'bill.pdf',
    content_type: 'application/pdf',
    size: 7,
  });
  const url = link(first.body);
  expect(link((await call(sim, 'GET', `/tickets/${id}`)).body)).not.toBe(url);
  expect(await (await fetch(url)).text()).toBe('content');
  expect((await fetch(url, { headers: { authorization: 'Basic eA==' } })).status).toBe(400);
  time.advance(301_000);
  const expired = await fetch(url);
  expect([expired.status, (await expired.text()).includes('Request has expired')]).toEqual([403, true]);
  expect((await fetch(link((await call(sim, 'GET', `/tickets/${id}`)).body))).status).toBe(200);
});

test('an inline image is in the HTML with a link that does not expire, not among the attachments', async () => {
  const time = clock();
  const sim = await simulator({ now: time.now });
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const files = [{ name: 'shot.png', contentType: 'image/png', base64: 'AAEC', inline: true }];
  sim.account.customerReplies(id, { text: 'see', files });
  const { body } = await call(sim, 'GET', `/tickets/${id}/conversations`);
  expect(at(body, 0, 'attachments')).toEqual([]);
  const source = /src="([^"]+)"/.exec(String(at(body, 0, 'body')))?.[1] ?? '';
  time.advance(86_400_000);
  expect([...new Uint8Array(await (await fetch(source)).arrayBuffer())]).toEqual([0, 1, 2]);
  expect((await fetch(`${source}x`)).status).toBe(403);
});

test('a reply takes files as a form, refuses more than 20 MB for the ticket, and a file can be deleted', async () => {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const form = new FormData();
  form.append('body', '12');
  form.append('cc_emails[]', 'c@b.example');
  form.append('attachments[]', new Blob(['guide'], { type: 'text/plain' }), 'guide ü.txt');
  const reply = await upload(sim, `/tickets/${id}/reply`, form);
  expect(reply.status).toBe(201);
  expect(reply.body).toMatchObject({
    body_text: '12',
    cc_emails: ['c@b.example'],
    attachments: [{ name: 'guide ü.txt', size: 5 }],
  });
  const heavy = new FormData();
  heavy.append('body', 'x');
  heavy.append('attachments[]', new Blob([new Uint8Array(20 * 1024 * 1024 - 4)]), 'heavy.bin');
  const refused = await upload(sim, `/tickets/${id}/reply`, heavy);
  expect([refused.status, at(refused.body, 'errors', 0, 'field')]).toEqual([400, 'attachments']);
  expect(sim.account.thread(id)).toHaveLength(1);
  const file = String(at(reply.body, 'attachments', 0, 'id'));
  expect((await call(sim, 'DELETE', `/attachments/${file}`)).status).toBe(204);
  expect((await call(sim, 'DELETE', `/attachments/${file}`)).status).toBe(404);
});
