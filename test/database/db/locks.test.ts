import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAttachments } from '../../../src/db/conversations/attachments.ts';
import { createContacts } from '../../../src/db/conversations/contacts.ts';
import { createKnowledge } from '../../../src/db/knowledge/knowledge.ts';
import { lock } from '../../../src/db/locks.ts';
import { createOutbounds } from '../../../src/db/turns/outbounds.ts';
import { openTestConnections } from '../../../testbed/api.ts';

let opened: Awaited<ReturnType<typeof openTestConnections>>;
beforeAll(async () => {
  opened = await openTestConnections();
});
afterAll(() => opened.close());

const NAME = 'default';
const brake = { target: { connectionId: NAME, ticketId: 1 }, judge: () => null };
const work = {
  import: () => createKnowledge(opened.db).replaceFolder(NAME, []),
  claim: () => createOutbounds(opened.db).claim({ key: 'x', tries: 0, state: 'pending' }, [], new Date(), brake),
  content: () => createAttachments(opened.db).claim('0198a3c2-7b1e-7000-8000-000000000000', NAME),
  contacts: () => createContacts(opened.db).of(NAME, { email: 'a@b.example', phone: null, name: null }),
};

test.each(['import', 'claim', 'content', 'contacts', 'connect'] as const)(
  'A5, F1, K1 while the lock “%s” is held, work under the other locks goes on, though it is for the same name',
  async (held) => {
    const others = Object.entries(work).filter(([kind]) => kind !== held);
    const done: string[] = [];
    await opened.db.$transaction(async (tx) => {
      await lock(tx, held, NAME);
      for (const [kind, run] of others) {
        await run();
        done.push(kind);
      }
    });
    expect(done).toEqual(others.map(([kind]) => kind));
  },
);
