import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageView, SessionDetail, SessionView } from '../src/contract/sessions.ts';
import { MARKER_FIELD } from '../src/domain/routing.ts';
import { ticketWorkflowId } from '../src/domain/temporal-names.ts';
import type { Account } from '../simulator/account.ts';
import type { Conversation, Ticket } from '../simulator/types.ts';
import type { Desk } from './desk.ts';
import { kindOfNote, statusOf, type Tell } from './narrator.ts';
import type { Outcome } from './outcome.ts';

const LOOK_EVERY_MS = 100;
const LIMIT_MS = 60_000;
const TYPING_MS = 700;

/** What a story on one ticket works with. */
export type Stage = ReturnType<typeof createStage>;

/** `stopped` ends every wait when the demo is interrupted. */
export function createStage(desk: Desk, ticketId: number, tell: Tell, stopped: AbortSignal) {
  const { account } = desk.simulator;
  const own = (): Conversation[] => account.thread(ticketId).filter(({ userId }) => userId === account.aiAgent.id);

  async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + LIMIT_MS;
    while (!(await condition())) {
      if (performance.now() > end) throw new Error(`waited ${LIMIT_MS / 1_000} s in vain until ${what}`);
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopped });
    }
  }

  async function session(): Promise<SessionDetail | null> {
    const { items } = await desk.api<{ items: SessionView[] }>(`/sessions?connection=default&ticketId=${ticketId}`);
    return items[0] === undefined ? null : desk.api<SessionDetail>(`/sessions/${items[0].id}`);
  }

  async function messages(sessionId: string): Promise<MessageView[]> {
    return (await desk.api<{ items: MessageView[] }>(`/sessions/${sessionId}/messages?limit=200`)).items;
  }

  const stage = {
    desk,
    ticketId,
    until,
    session,
    say: (what: string) => tell('desk', what, ticketId),
    freshdeskSays: (what: string) => tell('Freshdesk', what, ticketId),
    /** As long as a person takes to type the next line. */
    typing: () => sleep(TYPING_MS, undefined, { signal: stopped }),
    replies: () => own().filter((entry) => !entry.private),
    /** Waits until the AI has given so many public replies, and is done with what comes after them. */
    async replied(times: number): Promise<void> {
      await until(`the AI has replied ${times} times`, () => stage.replies().length >= times);
      await stage.quiet();
    },
    async noted(times: number): Promise<void> {
      await until(`the AI has written ${times} notes`, () => own().filter((entry) => entry.private).length >= times);
      await stage.quiet();
    },
    /** Waits until every webhook is delivered, what the customer wrote is mirrored, and the workflow has nothing under way. */
    quiet: () =>
      until('the workflow is quiet', async () => {
        await desk.simulator.webhooksIdle();
        const seen = await session();
        if (seen === null || (await messages(seen.id)).length !== account.thread(ticketId).length + 1) return false;
        return isIdle(desk, ticketId);
      }),
    ended: () => until('the workflow has ended', async () => (await workflowState(desk, ticketId)) === 'ended'),
    /** How the ticket stands, asked of the account, of the API and of Temporal. */
    async outcome(): Promise<Outcome> {
      const ticket = account.ticket(ticketId);
      const [found, workflow] = await Promise.all([session(), workflowState(desk, ticketId)]);
      const mirror = found === null ? [] : await messages(found.id);
      const notes = own().filter((entry) => entry.private);
      return {
        replies: stage.replies().map((entry) => entry.body),
        drafts: notes.filter((entry) => kindOfNote(entry) === 'draft').map((entry) => entry.body),
        notes: notes.filter((entry) => kindOfNote(entry) !== 'draft').map((entry) => entry.body),
        status: statusOf(ticket, account),
        assignedTo: nameOfOwner(ticket, account),
        group: account.groups.find(({ id }) => id === ticket.groupId)?.name ?? null,
        marked: ticket.customFields[MARKER_FIELD] === true,
        session: found?.status ?? null,
        handoffReasons: found?.handoffs.flatMap(({ reasons }) => reasons) ?? [],
        routingSteps: found?.handoffs.map(({ routing }) => stepOf(routing)) ?? [],
        turns: found?.turns.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'dropped') ?? [],
        covered: found?.coveredThrough === newestOfCustomer(ticketId, account.thread(ticketId)),
        mirrored: isMirrored(ticketId, account.thread(ticketId), mirror),
        workflow,
      };
    },
  };
  return stage;
}

function nameOfOwner({ responderId }: Ticket, { agents, aiAgent }: Account): string {
  if (responderId === null) return 'nobody';
  return responderId === aiAgent.id ? 'AI' : (agents.find(({ id }) => id === responderId)?.name ?? 'unknown');
}

/** Of what the API tells about a handoff's routing. */
function stepOf(routing: unknown): string {
  return typeof routing === 'object' && routing !== null && 'step' in routing ? String(routing.step) : 'unknown';
}

function newestOfCustomer(ticketId: number, thread: readonly Conversation[]): string {
  const newest = thread.findLast((entry) => entry.incoming);
  return newest === undefined ? `ticket:${ticketId}` : `conversation:${newest.id}`;
}

function isMirrored(ticketId: number, thread: readonly Conversation[], mirror: readonly MessageView[]): boolean {
  const wanted = [`ticket:${ticketId}`, ...thread.map(({ id }) => `conversation:${id}`)];
  return JSON.stringify(wanted) === JSON.stringify(mirror.map(({ freshdeskId }) => freshdeskId));
}

async function workflowState({ temporal }: Desk, ticketId: number): Promise<string> {
  const { status } = await temporal.workflow.getHandle(ticketWorkflowId('default', ticketId)).describe();
  return status.name === 'COMPLETED' ? 'ended' : status.name.toLowerCase();
}

/** No activity and no workflow task is under way, and none came between two looks. */
async function isIdle(desk: Desk, ticketId: number): Promise<boolean> {
  const before = await idleLength(desk, ticketId);
  if (before === null) return false;
  await sleep(LOOK_EVERY_MS);
  return before === (await idleLength(desk, ticketId));
}

/** Length of the workflow's history; null while something is under way. */
async function idleLength({ temporal }: Desk, ticketId: number): Promise<number | null> {
  const { raw, historyLength } = await temporal.workflow.getHandle(ticketWorkflowId('default', ticketId)).describe();
  const busy = (raw.pendingActivities?.length ?? 0) > 0 || raw.pendingWorkflowTask != null;
  return busy ? null : historyLength;
}
