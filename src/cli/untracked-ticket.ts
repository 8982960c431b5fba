import { admits } from '../domain/engagement.ts';
import type { Settings } from '../domain/settings.ts';
import { responderOf } from '../domain/ticket.ts';
import type { Ticket } from '../freshdesk/client.ts';
import { NotFound } from '../freshdesk/errors.ts';
import type { Opened } from './deps.ts';

/** Why a ticket has no session, asked of Freshdesk itself: there is none, the intake does not take it, or nobody has told us. */
export async function whyUntracked(opened: Opened, connection: string, ticketId: number): Promise<string> {
  const none = `Ticket ${ticketId} is not tracked on connection "${connection}"`;
  const { freshdesk, settings, connection: account } = await opened.account(connection);
  let ticket: Ticket;
  try {
    ticket = (await freshdesk.ticket(ticketId)).value;
  } catch (error) {
    if (error instanceof NotFound)
      return `${account.domain} has no ticket ${ticketId} (or its key may not see it). Look at the number, and at --connection.`;
    const { wordsOf } = await import('./error-advice.ts');
    return `${none}, and Freshdesk could not be asked about it: ${wordsOf(error)}`;
  }
  if (ticket.spam || ticket.deleted)
    return `${none}: it is ${ticket.spam ? 'spam' : 'in the trash'} in Freshdesk. Restored, it is looked at afresh.`;
  const { groupId, productId, tags } = ticket;
  const responder = responderOf(ticket.responderId, account.agent.id);
  if (admits(settings, { id: ticketId, responder, groupId, productId, tags }, { backfill: false }) !== null)
    return `${none} yet, though the intake takes it: nobody has told us of it. "ticket sync ${ticketId}" has it looked at now; "doctor" looks at the automation rules.`;
  return `${none}: ${whyNot(ticket, responder, settings)} Assigned to the AI agent it is taken, unless intake.exclude names it. (E2)`;
}

function whyNot({ groupId, productId, tags }: Ticket, responder: string, { intake, rollout }: Settings): string {
  const { exclude, defaultGroupId, autoHandleAll } = intake;
  if (groupId !== null && exclude.groupIds.includes(groupId))
    return `its group ${groupId} is in intake.exclude.groupIds.`;
  if (productId !== null && exclude.productIds.includes(productId))
    return `its product ${productId} is in intake.exclude.productIds.`;
  const excluded = tags.find((tag) => exclude.tags.includes(tag));
  if (excluded !== undefined) return `its tag "${excluded}" is in intake.exclude.tags.`;
  const whose = responder === 'person' ? 'assigned to a person' : 'assigned to nobody';
  if (autoHandleAll || (defaultGroupId !== null && groupId === defaultGroupId))
    return `it is ${whose}, and not among the ${rollout.percent} % of rollout.percent.`;
  const group = defaultGroupId === null ? '' : `, not in group ${defaultGroupId} (intake.defaultGroupId)`;
  return `it is ${whose}${group}, and intake.autoHandleAll is off.`;
}
