import { condition, defineSignal, proxyActivities, setHandler, upsertSearchAttributes } from '@temporalio/workflow';

/** What a ticket's run did until its customer was answered, and after that until it was quiet. */
export type Shape = { before: Actions; after: Actions };
export type Actions = { activities: number; upserts: number };

export type BareActivities = { nothing(what: { ticket: number; replied: boolean }): Promise<void> };

export const bareHint = defineSignal('hint');

/** As many activities and actions as a ticket has, which do nothing: the least that Temporal asks for such a life. */
export async function bareTicket(ticket: number, { before, after }: Shape): Promise<void> {
  const { nothing } = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' });
  let hints = 0;
  setHandler(bareHint, () => void (hints += 1));
  await condition(() => hints > 0);
  for (let nth = 1; nth <= before.activities; nth += 1) {
    if (nth <= before.upserts) upsertSearchAttributes({ SessionStatus: [`open${nth}`] });
    await nothing({ ticket, replied: nth === before.activities });
  }
  await condition(() => hints > 1);
  for (let nth = 1; nth <= after.activities; nth += 1) {
    if (nth <= after.upserts) upsertSearchAttributes({ SessionStatus: [`quiet${nth}`] });
    await nothing({ ticket, replied: false });
  }
  await condition(() => false);
}
