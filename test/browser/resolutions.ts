import { expect, test } from '@jest/globals';
import { createDb } from '../../src/db/client.ts';
import { createRemoval } from '../../src/db/conversations/removal.ts';
import { RETURNS_QUESTION } from '../../testbed/desk.ts';
import type { World } from './world.ts';

const PORTAL = 2;
const SHIPPING_QUESTION = 'How many days does standard shipping take?';

/** What becomes of what the AI has resolved. The days between are made in the ledger: nobody waits for them. */
export function resolutionTests(world: World): void {
  /** What the table of outcomes shows of the portal, which no other test writes by: outcome, what followed, how many. */
  async function outcomes(): Promise<string[]> {
    await world.page.goto(world.url('/reports?channel=web'));
    const rows = world.page.locator('tbody tr');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map((row) => row.split('\t').slice(0, 3).join(', '));
  }

  /** The ticket that the AI answered and that the customer then said was solved. */
  async function solved(email: string): Promise<{ id: string; ticketId: number }> {
    const { id, ticketId } = await world.played(RETURNS_QUESTION, { source: PORTAL, email });
    world.desk.account.customerReplies(ticketId, { text: 'Thank you, that worked!' });
    await world.desk.until(`ticket ${ticketId} is resolved`, async () => {
      return (await world.desk.session(ticketId))?.status === 'closed_resolved';
    });
    await world.desk.quiet(ticketId);
    return { id, ticketId };
  }

  /** That many days ago by the ledger. */
  async function ago(ticketId: number, number: number, columns: string[], days: number): Promise<void> {
    const set = columns.map((column) => `"${column}" = now() - $3 * interval '1 day'`).join(', ');
    await world.sql(`UPDATE "Episode" SET ${set} WHERE "ticketId" = $1 AND "number" = $2`, [ticketId, number, days]);
  }

  test('U12 a resolution is durable or has come back, here or by another ticket; giving it back and erasing who asked change nothing of it', async () => {
    const { account, databaseUrl } = world.desk;
    const { ticketId, id } = await solved('reopens@customer.example');
    expect(await outcomes()).toEqual(['Resolved, confirmed, Too early, 1']);
    await ago(ticketId, 1, ['startedAt', 'resolvedAt'], 8.5);
    expect(await outcomes()).toEqual(['Resolved, confirmed, Durable, 1']);

    account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await world.desk.quiet(ticketId);
    expect(await outcomes()).toEqual(['Resolved, confirmed, Durable, 1', 'Open, Waits for customer, 1']);
    for (const agent of [account.humans[0], account.aiAgent]) {
      account.assign(ticketId, agent?.id ?? null);
      await world.desk.quiet(ticketId);
    }
    const givenBack = ['Not counted, –, 1', 'Open, Went on, 1'];
    expect(await outcomes()).toEqual(['Resolved, confirmed, Durable, 1', ...givenBack]);
    await ago(ticketId, 2, ['startedAt'], 2);
    expect(await outcomes()).toEqual(['Resolved, confirmed, Came back here, 1', ...givenBack]);

    const elsewhere = await solved('writes-anew@customer.example');
    await ago(elsewhere.ticketId, 1, ['startedAt', 'resolvedAt'], 8.5);
    const anew = await world.played(SHIPPING_QUESTION, { source: PORTAL, email: 'writes-anew@customer.example' });
    await ago(anew.ticketId, 1, ['startedAt'], 4);
    const before = await outcomes();
    expect(before).toContain('Resolved, confirmed, Came back elsewhere, 1');
    await expect(world.page.locator('[data-tile="came_back"]').innerText()).resolves.toContain('2 of 2');

    const db = createDb(databaseUrl, { poolSize: 1 });
    await createRemoval(db).eraseContact('default', 'reopens@customer.example');
    await db.$disconnect();
    expect(await outcomes()).toEqual(before);
    await world.page.goto(world.url(`/inbox/${id}`));
    await world.page.getByText('Now: erased: nothing of it is mirrored any more').waitFor();
  });
}
