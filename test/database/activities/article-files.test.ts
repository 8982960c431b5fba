import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createReplyActivities } from '../../../src/activities/reply.ts';
import { createArticleFiles } from '../../../src/db/knowledge/article-files.ts';
import { createKnowledge } from '../../../src/db/knowledge/knowledge.ts';
import { createSessionReads } from '../../../src/db/reads/session-reads.ts';
import type { Turn } from '../../../src/db/turns/turns.ts';
import type { WritingMode } from '../../../src/domain/ticket.ts';
import { importFolder } from '../../../src/knowledge-import/folder.ts';
import { contentKey } from '../../../src/storage/key.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { pdfOf } from '../../../testbed/files.ts';
import { runFolder } from '../../../testbed/run-folder.ts';

const REPLIES = { method: 'POST', path: '/tickets/:id/reply' };
const MEGABYTE = 1_024 * 1_024;
const WEB_CHAT = 15;
const guide = pdfOf(['How to return a jacket']);
const label = randomBytes(1_000);

describe('F4 the files of cited articles', () => {
  let mirror: Mirror;
  let folder: string;

  beforeAll(async () => {
    mirror = await openMirror();
  });
  beforeEach(async () => {
    mirror.simulator.faults.clear();
    mirror.later(3_600 * SECOND_MS);
    await mirror.set({
      channels: { email: { mode: 'autopilot' }, web: { mode: 'autopilot' } },
      limits: { repliesPerRequesterPerDay: 1_000, repliesPerConnectionPerHour: 1_000 },
    });
    folder = runFolder('knowledge');
    write('guides/returns.md', '---\ntitle: Returns\nattachments: [files/guide.pdf, ../Etikett März.bin]\n---\nText.');
    write('guides/files/guide.pdf', guide);
    write('Etikett März.bin', label);
  });
  afterAll(() => mirror.close());

  function write(file: string, content: string | Buffer): void {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  const importing = () => {
    const { db, deps } = mirror;
    return importFolder(
      { knowledge: createKnowledge(db), articleFiles: createArticleFiles(db), storage: deps.storage },
      'default',
      folder,
    );
  };
  const articles = () => mirror.db.knowledgeArticle.findMany({ include: { files: { orderBy: { position: 'asc' } } } });

  async function ask(ticket: Parameters<Mirror['account']['customerCreatesTicket']>[0] = {}): Promise<number> {
    const email = `customer-${randomUUID()}@customer.example`;
    const { id } = mirror.account.customerCreatesTicket({ email, subject: 'A question', text: 'How?', ...ticket });
    await mirror.sync(id);
    return id;
  }
  /** A turn that answers with every article there is. */
  async function planned(ticketId: number, mode: WritingMode): Promise<string> {
    const session = await mirror.deps.sessions.find('default', ticketId, mirror.account.aiAgent.id);
    const turn: Turn = {
      id: randomUUID(),
      sessionId: session?.id ?? '',
      episode: 1,
      throughSeq: session?.cursorSeq === 0 ? 0 : (session?.cursorSeq ?? 0),
      rule: 'E6',
      mode,
      verdict: 'answer',
      confidence: 0.9,
      topic: null,
      reasons: [],
      sources: (await articles()).map(({ id, title }) => ({ articleId: id, title, score: 1 })),
      summary: 'A question.',
      sentiment: null,
      language: 'en',
      engine: 'rules',
      model: null,
      tokens: null,
      ms: 0,
    };
    await mirror.deps.turns.record(turn, '<p>Like this.</p>');
    return turn.id;
  }
  async function deliver(ticketId: number, mode: WritingMode = 'autopilot', turnId?: string) {
    const input = {
      connectionId: 'default',
      ticketId,
      turnId: turnId ?? (await planned(ticketId, mode)),
      final: false,
    };
    const { deliverReply, deliverDraft } = createReplyActivities(mirror.deps);
    return mode === 'autopilot' ? deliverReply(input) : deliverDraft(input);
  }
  const sent = (ticketId: number) =>
    mirror.account
      .thread(ticketId)
      .filter((entry) => entry.userId === mirror.account.aiAgent.id)
      .map(({ body, attachments }) => ({
        body,
        files: attachments.map(({ name, bytes }) => [name, Buffer.from(bytes)] as const),
      }));
  const recorded = async (ticketId: number) => {
    const session = await mirror.session(ticketId);
    const detail = await createSessionReads(mirror.db).get(session?.id ?? '');
    return detail?.turns.map((turn) => turn.attachments);
  };
  const both = [
    ['guide.pdf', guide],
    ['Etikett März.bin', label],
  ];
  const attached = [
    { name: 'guide.pdf', size: guide.length, outcome: 'attached' },
    { name: 'Etikett März.bin', size: label.length, outcome: 'attached' },
  ];

  test('F4 a reply carries them byte for byte, and is otherwise as without', async () => {
    await importing();
    const ticketId = await ask({ cc: ['boss@customer.example'] });
    expect(await deliver(ticketId)).toMatchObject({ outcome: 'sent', owner: 'ai' });
    expect(sent(ticketId)).toEqual([{ body: expect.stringContaining('Like this.'), files: both }]);
    expect(mirror.account.thread(ticketId)[0]).toMatchObject({ private: false, ccEmails: ['boss@customer.example'] });
    expect(await recorded(ticketId)).toEqual([attached]);
  });

  test('F4 a draft carries them too, and its note stays private', async () => {
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    await importing();
    const ticketId = await ask();
    await deliver(ticketId, 'assist');
    expect(sent(ticketId)).toMatchObject([{ files: both }]);
    expect(mirror.account.thread(ticketId)[0]).toMatchObject({ private: true });
    expect(await recorded(ticketId)).toEqual([attached]);
  });

  test('F4 A7 a web chat’s reply carries them beside its text', async () => {
    await importing();
    const ticketId = await ask({ source: WEB_CHAT });
    await deliver(ticketId);
    expect(sent(ticketId)).toMatchObject([{ body: expect.stringContaining('Like this.'), files: both }]);
    expect(mirror.account.thread(ticketId).at(-1)?.structuredBody).toEqual([
      { type: 'text', data: { content: 'Like this.' } },
    ]);
  });

  test('F4 an answer whose sources have no files says nothing about files', async () => {
    write('guides/returns.md', '---\ntitle: Returns\n---\nText.');
    await importing();
    const ticketId = await ask();
    await deliver(ticketId);
    expect(sent(ticketId)).toMatchObject([{ files: [] }]);
    expect(await recorded(ticketId)).toEqual([undefined]);
  });

  test('F4 what does not fit into 20 MB is left out before sending, and the record says so', async () => {
    write('guides/files/large.bin', randomBytes(10));
    truncateSync(path.join(folder, 'guides/files/large.bin'), 20 * MEGABYTE);
    write('guides/returns.md', '---\nattachments: [files/guide.pdf, files/large.bin, ../Etikett März.bin]\n---\nText.');
    await importing();
    const ticketId = await ask();
    await deliver(ticketId);
    expect(sent(ticketId)).toMatchObject([{ files: both }]);
    expect(await recorded(ticketId)).toEqual([
      [{ name: 'large.bin', size: 20 * MEGABYTE, outcome: 'left_out', why: 'too_large' }, ...attached],
    ]);
  });

  const refused = attached.map(({ name, size }) => ({ name, size, outcome: 'left_out', why: 'refused' }));

  test.each(['autopilot', 'assist'] as const)(
    'F4 where Freshdesk refuses the files, because the ticket is full, the answer goes without them, once (%s)',
    async (mode) => {
      await mirror.set({ channels: { email: { mode } } });
      await importing();
      const ticketId = await ask({ files: [{ name: 'full.bin', bytes: new Uint8Array(20 * MEGABYTE) }] });
      expect(await deliver(ticketId, mode)).toMatchObject({ outcome: 'sent' });
      expect(sent(ticketId)).toMatchObject([{ body: expect.stringContaining('Like this.'), files: [] }]);
      expect(await recorded(ticketId)).toEqual([refused]);
      const outbounds = await mirror.db.outbound.findMany({ where: { ticketId: BigInt(ticketId) } });
      expect(outbounds).toMatchObject([{ state: 'sent', tries: 1, refusal: null }]);
    },
  );

  test('F4 a 413 from whatever stands in front of Freshdesk counts as a refusal of the files', async () => {
    await importing();
    const ticketId = await ask();
    mirror.simulator.faults.add({ kind: 'status', status: 413, body: '<h1>Too large</h1>', match: REPLIES });
    await deliver(ticketId);
    expect(sent(ticketId)).toMatchObject([{ files: [] }]);
    expect(await recorded(ticketId)).toEqual([refused]);
  });

  test('F4 A6 a refusal of something else is final, with files as without', async () => {
    await importing();
    const ticketId = await ask();
    mirror.simulator.faults.add({ kind: 'refuse_field', field: 'body', match: REPLIES });
    await expect(deliver(ticketId)).rejects.toMatchObject({ type: 'Rejected', nonRetryable: true });
    expect(sent(ticketId)).toEqual([]);
  });

  /** Attempts until one succeeds, as Temporal makes them. */
  async function persistently(ticketId: number): Promise<void> {
    const turnId = await planned(ticketId, 'autopilot');
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const failure = await deliver(ticketId, 'autopilot', turnId).then(
        () => null,
        (error: unknown) => error,
      );
      if (failure === null) return;
      if (!(failure instanceof ApplicationFailure) || failure.nonRetryable === true) throw failure;
      mirror.later(7 * SECOND_MS);
    }
    throw new Error('not delivered in six attempts');
  }

  test('F4 A5 a reply with files whose answer is lost is found again, and not sent twice', async () => {
    await importing();
    const ticketId = await ask();
    mirror.simulator.faults.add({ kind: 'lose_response', match: REPLIES });
    await persistently(ticketId);
    expect(sent(ticketId)).toMatchObject([{ files: both }]);
    expect(await recorded(ticketId)).toEqual([attached]);
  });

  test('F4 A5 a reply that got lost with its files is tried again without them, and the record says so', async () => {
    await importing();
    const ticketId = await ask();
    mirror.simulator.faults.add({ kind: 'lose_request', match: REPLIES });
    await persistently(ticketId);
    expect(sent(ticketId)).toMatchObject([{ files: [] }]);
    expect(await recorded(ticketId)).toEqual([
      attached.map(({ name, size }) => ({ name, size, outcome: 'left_out', why: 'no_answer' })),
    ]);
  });

  test('F4 a file that the storage has lost keeps no answer back', async () => {
    await importing();
    await mirror.deps.storage.delete(contentKey(guide));
    const ticketId = await ask();
    await deliver(ticketId);
    expect(sent(ticketId)).toMatchObject([{ files: [both[1]] }]);
    expect(await recorded(ticketId)).toEqual([
      [{ name: 'guide.pdf', size: guide.length, outcome: 'left_out', why: 'storage' }, attached[1]],
    ]);
    await importing(); // brings it back
    const found = await mirror.deps.storage.get(contentKey(guide));
    expect(found === null ? null : await buffer(found)).toEqual(guide);
  });

  describe('importing', () => {
    test('F4 the type is that of the content, and a changed, renamed or dropped file is noticed', async () => {
      await importing();
      expect((await articles())[0]?.files).toMatchObject([
        { name: 'guide.pdf', contentType: 'application/pdf', key: contentKey(guide) },
        { name: 'Etikett März.bin', size: 1_000n, key: contentKey(label) },
      ]);
      const other = pdfOf(['Another guide']);
      write('guides/files/guide.pdf', other);
      expect(await importing()).toMatchObject({ unchanged: 1 });
      expect((await articles())[0]?.files[0]).toMatchObject({ key: contentKey(other) });

      const swept: string[] = [];
      await mirror.deps.attachments.sweep(async (key) => void swept.push(key));
      expect(swept).toContain(contentKey(guide));
      expect(swept).not.toContain(contentKey(other));
      write('guides/returns.md', '---\ntitle: Returns\n---\nText.');
      await importing();
      expect((await articles())[0]?.files).toEqual([]);
    });

    test.each([
      ['../../etc/passwd', 'is not a file of the imported folder'],
      ['/etc/passwd', 'is not a file of the imported folder'],
      ['files/../../../x.pdf', 'is not a file of the imported folder'],
      ['..\\..\\x.pdf', 'is not a file of the imported folder'],
      ['.env', 'is not a file of the imported folder'],
      ['files/missing.pdf', 'does not exist'],
      ['files', 'Name a file in it'],
      ['files/out.pdf', 'leads out of the imported folder'],
      ['files/huge.bin', 'larger than the 20 MB'],
    ])('F4 %s is refused, by name, and nothing is imported', async (named, why) => {
      await importing();
      const before = await articles();
      symlinkSync('/etc/passwd', path.join(folder, 'guides/files/out.pdf'));
      write('guides/files/huge.bin', '');
      truncateSync(path.join(folder, 'guides/files/huge.bin'), 20 * MEGABYTE + 1);
      write('guides/returns.md', `---\ntitle: Changed\nattachments: [${JSON.stringify(named)}]\n---\nText.`);
      await expect(importing()).rejects.toThrow(why);
      await expect(importing()).rejects.toThrow('guides/returns.md');
      expect(await articles()).toEqual(before);
    });
  });
});
