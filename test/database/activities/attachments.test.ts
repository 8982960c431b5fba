import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { pino } from 'pino';
import { createAttachmentActivities } from '../../../src/activities/attachments.ts';
import type { ActivityDeps } from '../../../src/activities/deps.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import { COPY_ATTEMPTS } from '../../../src/domain/attachments.ts';
import { createFolderStorage } from '../../../src/storage/folder.ts';
import { contentKey } from '../../../src/storage/key.ts';
import { StorageError } from '../../../src/storage/port.ts';
import type { FileInput } from '../../../simulator/inputs.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { pdfOf, PNG } from '../../../testbed/files.ts';
import { runFolder } from '../../../testbed/run-folder.ts';
import { sweepFiles } from '../../../src/loops/sweep-files.ts';
import { until } from '../../../testbed/until.ts';

const FILES = /\/cdn\.freshdesk\.com\//;
const DEFAULT_CAPS = { maxFileBytes: 20_971_520, maxTicketBytes: 104_857_600 };

const isNull = (value: unknown) => value === null;

describe('copying attachments', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror();
  });
  beforeEach(async () => {
    mirror.simulator.faults.clear();
    mirror.later(60 * SECOND_MS);
    await mirror.set({ attachments: DEFAULT_CAPS });
  });
  afterAll(() => mirror.close());

  const file = (name: string, bytes: Uint8Array = randomBytes(1_000), more: Partial<FileInput> = {}): FileInput => ({
    name,
    bytes,
    contentType: 'application/octet-stream',
    ...more,
  });
  function ask(...files: FileInput[]): number {
    return mirror.account.customerCreatesTicket({ email: 'mia@customer.example', text: 'See the file', files }).id;
  }
  /** One attempt of the activity, as Temporal makes it. */
  const copy = (
    ticketId: number,
    { attempt = 1, deps = mirror.deps }: { attempt?: number; deps?: ActivityDeps } = {},
  ) =>
    new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') }).run(
      createAttachmentActivities(deps).copyAttachments,
      {
        connectionId: 'default',
        ticketId,
      },
    );
  async function rows(ticketId: number) {
    return mirror.db.attachment.findMany({
      where: { message: { session: { ticketId: BigInt(ticketId) } } },
      orderBy: [{ message: { seq: 'asc' } }, { remoteId: 'asc' }],
    });
  }
  const contentOf = async (key: string | null): Promise<Buffer | null> => {
    const found = key === null ? null : await mirror.deps.storage.get(key);
    return found === null ? null : buffer(found);
  };
  const contentsOf = async (ticketId: number) => Promise.all((await rows(ticketId)).map(({ key }) => contentOf(key)));
  const linkReads = (ticketId: number) => mirror.simulator.requests.find({ path: `/tickets/${ticketId}` }).length;

  describe('F1', () => {
    test('F1 attachments of customers and agents and inline images are copied byte for byte', async () => {
      const all = [randomBytes(10), randomBytes(300_000), randomBytes(0), PNG, pdfOf(['The bill'])];
      const [first, second, empty, shot, bill] = all;
      const id = ask(file('one.bin', first), file('two.bin', second), file('empty.bin', empty));
      mirror.account.customerReplies(id, { text: 'And this', files: [file('shot.png', shot, { inline: true })] });
      mirror.account.agentReplies(id, { text: 'Your bill', files: [file('bill.pdf', bill)] });
      expect(await mirror.sync(id)).toMatchObject({ pendingFiles: 5 });
      expect(await copy(id)).toEqual({ stored: 5, refused: 0, failed: 0 });
      expect(await contentsOf(id)).toEqual(all);
      expect(await rows(id)).toMatchObject([
        { name: 'one.bin', status: 'stored', size: 10n, inline: false, link: null, reason: null },
        { name: 'two.bin', size: 300_000n },
        { name: 'empty.bin', size: 0n },
        { name: 'image', contentType: 'image/png', inline: true, size: BigInt(PNG.length) },
        { name: 'bill.pdf', contentType: 'application/pdf', text: 'The bill' },
      ]);
    });

    test('F1 the links of the sync are used, so that a copy costs no request to the API', async () => {
      const id = ask(file('a.bin'));
      mirror.account.customerReplies(id, { text: 'More', files: [file('b.bin')] });
      await mirror.sync(id);
      const before = mirror.simulator.requests.count;
      expect(await copy(id)).toMatchObject({ stored: 2 });
      expect(mirror.simulator.requests.count).toBe(before);
    });

    test('F1 links that died before the copy are read again, and every file arrives byte for byte', async () => {
      const bytes = Array.from({ length: 6 }, (_, index) => randomBytes(1_000 + index));
      const [a, b, c, d, e, f] = bytes;
      const id = ask(file('a.bin', a), file('b.bin', b));
      mirror.account.customerReplies(id, { text: 'More', files: [file('c.bin', c), file('d.bin', d)] });
      mirror.account.agentNotes(id, { text: 'For us', files: [file('e.bin', e)] });
      mirror.account.customerReplies(id, { text: 'And', files: [file('f.png', f, { inline: true })] });
      await mirror.sync(id);
      mirror.later(301 * SECOND_MS);
      const before = mirror.simulator.requests.count;
      expect(await copy(id)).toEqual({ stored: 6, refused: 0, failed: 0 });
      expect(await contentsOf(id)).toEqual(bytes);
      expect(mirror.simulator.requests.count - before).toBe(2); // the ticket and one page of its thread, for all of them
    });

    test('F1 links that die while others are copied are read again as well', async () => {
      const bytes = [randomBytes(100), randomBytes(101), randomBytes(102)];
      const id = ask(...bytes.map((content, index) => file(`${index}.bin`, content)));
      await mirror.sync(id);
      mirror.simulator.faults.onRequest({ match: { path: FILES }, at: 'before_apply', times: null }, () =>
        mirror.later(301 * SECOND_MS),
      );
      // Every link is dead on arrival; only the attempts' own readings move on.
      await expect(copy(id)).rejects.toMatchObject({ type: 'LinkExpired' });
      expect(await rows(id)).toMatchObject([{ status: 'pending', reason: 'link_expired' }, {}, {}]);
      mirror.simulator.faults.clear();
      expect(await copy(id, { attempt: 2 })).toEqual({ stored: 3, refused: 0, failed: 0 });
      expect(await contentsOf(id)).toEqual(bytes);
    });

    test('F1 K1 a file whose message is erased while it is copied is not stored any more', async () => {
      const bytes = randomBytes(700);
      const id = ask(file('a.bin', bytes));
      await mirror.sync(id);
      mirror.simulator.faults.onRequest({ match: { path: FILES }, at: 'before_apply' }, async () => {
        await mirror.db.message.deleteMany({ where: { session: { ticketId: BigInt(id) } } });
      });
      expect(await copy(id)).toEqual({ stored: 0, refused: 1, failed: 0 });
      expect(await contentOf(contentKey(bytes))).toBeNull();
    });

    test('F1 K1 the bytes of a file that is erased and swept between being claimed and being stored go as well', async () => {
      const bytes = randomBytes(700);
      const id = ask(file('a.bin', bytes));
      await mirror.sync(id);
      const { storage, attachments } = mirror.deps;
      const sweep = () => attachments.sweep((key) => storage.delete(key));
      const put: typeof storage.put = async (...given) => {
        await mirror.db.message.deleteMany({ where: { session: { ticketId: BigInt(id) } } });
        await sweep();
        await storage.put(...given);
      };
      const deps = { ...mirror.deps, storage: { ...storage, put } };
      expect(await copy(id, { deps })).toEqual({ stored: 0, refused: 1, failed: 0 });
      expect(await contentOf(contentKey(bytes))).toEqual(bytes);
      await sweep();
      expect(await contentOf(contentKey(bytes))).toBeNull();
    });

    /** Tickets with a file each, copied and then erased; gives the files' contents. */
    async function erased(count: number): Promise<Buffer[]> {
      const contents = Array.from({ length: count }, () => randomBytes(100));
      for (const bytes of contents) {
        const id = ask(file('a.bin', bytes));
        await mirror.sync(id);
        await copy(id);
        await mirror.db.message.deleteMany({ where: { session: { ticketId: BigInt(id) } } });
      }
      return contents;
    }

    test('F1 K1 erased files that the store does not remove keep no other ones, and are tried again', async () => {
      const contents = await erased(8);
      const stuck = new Set(contents.slice(0, 6).map(contentKey));
      const { attachments, storage } = mirror.deps;
      const remove = async (key: string) => {
        if (stuck.has(key)) throw new StorageError('The bucket cannot be written.');
        await storage.delete(key);
      };
      const logLines: string[] = [];
      const log = pino({ level: 'info' }, { write: (line: string) => void logLines.push(line) });
      const sweeper = sweepFiles({ attachments, storage: { delete: remove }, log, everyMs: 10 });
      const gone = async () => (await Promise.all(contents.map((bytes) => contentOf(contentKey(bytes))))).map(isNull);
      await until('the others are removed', async () => (await gone()).slice(6).every(Boolean));
      expect((await gone()).slice(0, 6)).toEqual(Array.from({ length: 6 }, () => false));
      expect(logLines.join('')).toContain('The bucket cannot be written.');
      stuck.clear();
      await until('all are removed', async () => (await gone()).every(Boolean));
      await sweeper.stop();
    });

    test('F1 the same file in two messages, and in two tickets, is stored once', async () => {
      const bytes = randomBytes(2_000);
      const folder = runFolder('attachments');
      const deps = { ...mirror.deps, storage: createFolderStorage(folder) };
      const [one, other] = [ask(file('a.bin', bytes), file('copy of a.bin', bytes)), ask(file('b.bin', bytes))];
      for (const id of [one, other]) {
        await mirror.sync(id);
        await copy(id, { deps });
      }
      const keys = [...(await rows(one)), ...(await rows(other))].map(({ key }) => key);
      expect(keys).toEqual(Array.from({ length: 3 }, () => contentKey(bytes)));
      const stored = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(stored).toHaveLength(1);
    });

    test.each(['storing', 'recording'] as const)(
      'F1 a worker killed between %s the bytes and the record leaves nothing undone and nothing twice',
      async (point) => {
        const bytes = randomBytes(500);
        const id = ask(file('a.bin', bytes));
        await mirror.sync(id);
        const killed = () => Promise.reject(new Error('the worker is gone'));
        const deps: ActivityDeps =
          point === 'storing'
            ? { ...mirror.deps, storage: { ...mirror.deps.storage, put: killed } }
            : { ...mirror.deps, attachments: { ...mirror.deps.attachments, stored: killed, failed: killed } };
        await expect(copy(id, { deps })).rejects.toThrow();
        expect(await rows(id)).toMatchObject([{ status: 'pending', key: contentKey(bytes) }]);
        // Whoever sweeps meanwhile leaves the bytes alone: the row already points to them.
        await mirror.deps.attachments.sweep((key) => mirror.deps.storage.delete(key));
        expect(await copy(id, { attempt: 2 })).toEqual({ stored: 1, refused: 0, failed: 0 });
        expect(await contentsOf(id)).toEqual([bytes]);
      },
    );

    test('F1 only what is pending is copied, and the snapshot is silent about files that are not', async () => {
      const id = ask(file('a.bin'));
      await mirror.sync(id);
      await copy(id);
      expect(await mirror.sync(id)).not.toHaveProperty('pendingFiles');
      expect(await copy(id)).toEqual({ stored: 0, refused: 0, failed: 0 });
      const without = mirror.account.customerCreatesTicket({ email: 'mia@customer.example', text: 'No file' }).id;
      const snapshot = await mirror.sync(without);
      expect(snapshot).not.toHaveProperty('pendingFiles');
      expect(JSON.stringify({ ...snapshot, pendingFiles: 1_000 }).length).toBeLessThan(2_048);
    });

    test('F1 a file taken off its message is no longer one of it, and its bytes go', async () => {
      const [kept, removed] = [randomBytes(100), randomBytes(100)];
      const id = ask(file('kept.bin', kept), file('removed.bin', removed));
      const other = ask(file('the same as kept.bin', kept));
      for (const ticketId of [id, other]) {
        await mirror.sync(ticketId);
        await copy(ticketId);
      }
      mirror.account.state.tickets.get(id)?.attachments.splice(0, 2);
      await mirror.sync(id);
      expect(await rows(id)).toEqual([]);
      const swept: string[] = [];
      await mirror.deps.attachments.sweep(async (key) => {
        swept.push(key);
        await mirror.deps.storage.delete(key);
      });
      expect(swept).toEqual([contentKey(removed)]);
      expect(await contentOf(contentKey(removed))).toBeNull();
      expect(await contentsOf(other)).toEqual([kept]);
    });

    test('F1 a deleted note takes its files along', async () => {
      const bytes = randomBytes(100);
      const id = ask();
      const note = mirror.account.agentNotes(id, { text: 'For us', files: [file('note.bin', bytes)] });
      await mirror.sync(id);
      await copy(id);
      mirror.account.deleteNote(note.id);
      await mirror.sync(id, ['operator']);
      expect(await contentOf(contentKey(bytes))).toEqual(bytes);
      const { attachments, storage } = mirror.deps;
      const sweeper = sweepFiles({ attachments, storage, log: pino({ level: 'silent' }) });
      await until('its bytes go', async () => (await contentOf(contentKey(bytes))) === null);
      await sweeper.stop();
    });
  });

  describe('F2', () => {
    test('F2 a file over the cap, and one that the ticket has no room for, are refused with the reason', async () => {
      await mirror.set({ attachments: { maxFileBytes: 1_000, maxTicketBytes: 1_500 } });
      const id = ask(
        file('a.bin', randomBytes(900)),
        file('huge.bin', randomBytes(1_001)),
        file('b.bin', randomBytes(700)),
      );
      await mirror.sync(id);
      expect(await copy(id)).toEqual({ stored: 1, refused: 2, failed: 0 });
      expect(await rows(id)).toMatchObject([
        { status: 'stored', reason: null },
        { status: 'refused', reason: 'too_large', key: null, size: 1_001n },
        { status: 'refused', reason: 'ticket_full' },
      ]);
      expect(await mirror.sync(id)).not.toHaveProperty('pendingFiles');
      expect(mirror.simulator.requests.find({ path: 'huge' })).toEqual([]);
    });

    test('F2 a file larger than Freshdesk says is given up at the cap', async () => {
      await mirror.set({ attachments: { maxFileBytes: 1_000, maxTicketBytes: 10_000 } });
      const id = ask(file('small.bin', randomBytes(10)));
      await mirror.sync(id);
      mirror.simulator.faults.add({ kind: 'status', status: 200, body: 'x'.repeat(5_000), match: { path: FILES } });
      expect(await copy(id)).toMatchObject({ refused: 1 });
      expect(await rows(id)).toMatchObject([{ status: 'refused', reason: 'too_large' }]);
    });

    test('F2 the type is that of the content, whatever name and sender say', async () => {
      const program = Buffer.from(`MZ${'\0'.repeat(300)}`);
      const id = ask(file('photo.jpg', program, { contentType: 'image/jpeg' }));
      await mirror.sync(id);
      await copy(id);
      expect(await rows(id)).toMatchObject([
        { contentType: 'application/x-msdownload', name: 'photo.jpg', text: null },
      ]);
    });

    test.each(['http://169.254.169.254/latest/meta-data/', 'http://127.0.0.1:1/', 'https://localhost/'])(
      'F2 a link that leads to %s is refused',
      async (location) => {
        const id = ask(file('a.bin'));
        await mirror.sync(id);
        mirror.simulator.faults.add({ kind: 'status', status: 302, headers: { location }, match: { path: FILES } });
        expect(await copy(id)).toMatchObject({ refused: 1 });
        expect(await rows(id)).toMatchObject([{ status: 'refused', reason: 'unsafe_address' }]);
      },
    );

    test('F2 while the file store is dead the copy is retried, then given up with the reason, and a person is told', async () => {
      const id = ask(file('a.bin'), file('b.bin'), file('c.bin'), file('d.bin'));
      await mirror.sync(id);
      const dead = mirror.simulator.faults.add({ kind: 'lose_request', match: { path: FILES }, times: null });
      for (let attempt = 1; attempt < COPY_ATTEMPTS; attempt += 1)
        await expect(copy(id, { attempt })).rejects.toMatchObject({ type: 'FileHostUnreachable' });
      expect(await rows(id)).toMatchObject([{ status: 'pending', reason: 'host_unreachable' }, {}, {}, {}]);
      expect(dead.hits).toBe(2 * (COPY_ATTEMPTS - 1)); // after two files the rest is not waited for
      expect(await copy(id, { attempt: COPY_ATTEMPTS })).toEqual({ stored: 0, refused: 0, failed: 4 });
      expect(await rows(id)).toMatchObject(
        Array.from({ length: 4 }, () => ({ status: 'failed', reason: 'host_unreachable' })),
      );
      expect(await createAttention(mirror.db).list(10)).toMatchObject([
        {
          kind: 'failed_copy',
          connection: 'default',
          ticketId: id,
          what: expect.stringContaining('4 files'),
          whatToDo: expect.stringContaining(`"ticket sync ${id}"`),
        },
      ]);

      const snapshot = await mirror.sync(id);
      expect(snapshot).not.toHaveProperty('pendingFiles');
      expect(snapshot.waiting).not.toBeNull(); // the session goes on

      mirror.simulator.faults.clear();
      expect(await mirror.sync(id, ['operator'])).toMatchObject({ pendingFiles: 4 });
      expect(await copy(id)).toMatchObject({ stored: 4 });
      expect(await createAttention(mirror.db).list(10)).toEqual([]);
    });

    test('F2 the daily reading tries again what was given up', async () => {
      const id = ask(file('a.bin'));
      await mirror.sync(id);
      mirror.simulator.faults.add({ kind: 'status', status: 503, match: { path: FILES } });
      expect(await copy(id, { attempt: COPY_ATTEMPTS })).toMatchObject({ failed: 1 });
      mirror.later(25 * 3_600 * SECOND_MS);
      expect(await mirror.sync(id)).toMatchObject({ pendingFiles: 1 });
      expect(await copy(id)).toMatchObject({ stored: 1 });
    });

    test('F2 one file that cannot be had does not keep the others', async () => {
      const id = ask(file('a.bin'), file('b.bin'), file('c.bin'));
      await mirror.sync(id);
      const [, second] = await rows(id);
      const broken = new RegExp(`/production/${second?.remoteId}/`);
      mirror.simulator.faults.add({ kind: 'status', status: 500, match: { path: broken }, times: null });
      await expect(copy(id)).rejects.toMatchObject({ type: 'FileHostUnreachable' });
      expect((await rows(id)).map(({ status }) => status)).toEqual(['stored', 'pending', 'stored']);
      expect(await copy(id, { attempt: COPY_ATTEMPTS })).toEqual({ stored: 0, refused: 0, failed: 1 });
    });

    test('F2 a file that is gone from Freshdesk before it is copied is refused, not retried', async () => {
      const id = ask(file('a.bin'));
      await mirror.sync(id);
      mirror.account.state.tickets.get(id)?.attachments.splice(0, 1);
      mirror.later(301 * SECOND_MS);
      expect(await copy(id)).toMatchObject({ refused: 1 });
      expect(await rows(id)).toMatchObject([{ status: 'refused', reason: 'gone' }]);
    });

    test('F2 a storage that cannot be written is retried, and said to be the reason', async () => {
      const id = ask(file('a.bin'));
      await mirror.sync(id);
      const deps = { ...mirror.deps, storage: createFolderStorage('/dev/null/attachments') };
      await expect(copy(id, { deps })).rejects.toMatchObject({
        type: 'StorageError',
        message: expect.stringContaining('STORAGE_URL'),
      });
      expect(await copy(id, { deps, attempt: COPY_ATTEMPTS })).toMatchObject({ failed: 1 });
      expect(await rows(id)).toMatchObject([{ status: 'failed', reason: 'storage_unusable' }]);
    });

    test('F2 a Freshdesk that cannot be read is the reason when links have died', async () => {
      const id = ask(file('a.bin'));
      await mirror.sync(id);
      mirror.later(301 * SECOND_MS);
      mirror.simulator.faults.add({ kind: 'status', status: 502, match: { path: `/tickets/${id}` }, times: null });
      await expect(copy(id)).rejects.toMatchObject({ type: 'Unreachable' });
      expect(await copy(id, { attempt: COPY_ATTEMPTS })).toMatchObject({ failed: 1 });
      expect(await rows(id)).toMatchObject([{ status: 'failed', reason: 'freshdesk_unreachable' }]);
      expect(linkReads(id)).toBeGreaterThan(0);
    });

    test('nothing that a customer has named or written is logged', () => {
      expect(JSON.stringify(mirror.logLines)).not.toMatch(/\.bin|\.jpg|See the file/);
    });
  });
});
