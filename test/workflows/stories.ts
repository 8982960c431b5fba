import { ApplicationFailure } from '@temporalio/common';
import { NOON_MS } from '../../testbed/domain.ts';
import type { TestTicket } from './test-ticket.ts';
import { closed, quiet, refused, waits, type Script } from './script.ts';

/** What happened to a ticket whose history is kept in `test/histories`: its activities, and what a test does meanwhile. */
export type Story = { script: Script; play: (ticket: TestTicket) => Promise<unknown> };

const justAsked = () => waits({ waiting: { oldestAtMs: NOON_MS, newestAtMs: NOON_MS } });
const answered = () => quiet({ session: { responder: 'ai', owner: 'ai', aiWrote: true } });
const hintAndWait = async (ticket: TestTicket): Promise<void> => {
  await ticket.hint();
  await ticket.called('syncTicket');
  await ticket.idle();
};

/** One for every way a run goes. */
export const STORIES: Record<string, Story> = {
  'answered after a burst and a newer message': {
    script: {
      syncTicket: (nth) => [justAsked(), waits(), waits()][nth - 1] ?? answered(),
      deliverReply: (nth) => (nth === 1 ? { outcome: 'superseded' } : { outcome: 'sent', owner: 'ai' }),
    },
    play: async (ticket) => {
      await ticket.hint();
      await ticket.timers(2);
      await ticket.hint('reconcile');
      await ticket.pass('1 minutes');
      await ticket.called('deliverReply', 2);
      await ticket.idle();
      await ticket.hint();
      await ticket.called('syncTicket', 4);
      await ticket.idle();
    },
  },
  'answered after its files were copied': {
    script: { syncTicket: (nth) => (nth === 1 ? waits({ pendingFiles: 2 }) : answered()) },
    play: hintAndWait,
  },
  'drafted, then read again the next day': {
    script: { syncTicket: (nth) => (nth === 1 ? waits({ session: { mode: 'assist' } }) : quiet()) },
    play: async (ticket) => {
      await hintAndWait(ticket);
      await ticket.pass('25 hours');
      await ticket.called('syncTicket', 2);
    },
  },
  'handed off by the plan': {
    script: { planTurn: () => ({ verdict: 'handoff', reasons: ['low_confidence'] }) },
    play: hintAndWait,
  },
  'handed off because the delivery failed': {
    script: {
      deliverReply: () => {
        throw ApplicationFailure.nonRetryable('Freshdesk refused', 'Rejected');
      },
    },
    play: hintAndWait,
  },
  'handed off because it was too old': {
    script: { syncTicket: (nth) => (nth === 1 ? waits({ settings: { maxAnswerAgeMs: 1 } }) : quiet()) },
    play: hintAndWait,
  },
  'refused by the gate': {
    script: { syncTicket: () => refused() },
    play: (ticket) => ticket.hint().then(() => ticket.result()),
  },
  'closed in Freshdesk': {
    script: { syncTicket: (nth) => (nth === 1 ? waits() : closed()) },
    play: async (ticket) => {
      await hintAndWait(ticket);
      await ticket.hint();
      await ticket.result();
    },
  },
  'resolved by the AI': {
    script: {
      syncTicket: (nth) =>
        [waits(), quiet({ session: { responder: 'ai', owner: 'ai', resolveDueMs: NOON_MS } })][nth - 1] ?? closed(),
    },
    play: async (ticket) => {
      await hintAndWait(ticket);
      await ticket.hint();
      await ticket.result();
    },
  },
  'resolved after thanks': {
    script: {
      syncTicket: (nth) => (nth === 1 ? waits({ session: { responder: 'ai', owner: 'ai' } }) : closed()),
      planTurn: () => ({ verdict: 'no_reply', reasons: [] }),
    },
    play: (ticket) => ticket.hint().then(() => ticket.result()),
  },
  'continued from a run before': {
    script: { syncTicket: (nth) => (nth === 1 ? waits() : quiet()) },
    play: async (ticket) => {
      await ticket.continued({ hints: ['operator'], alarmAtMs: 1_000 });
      await ticket.called('deliverReply');
      await ticket.idle();
    },
  },
};
