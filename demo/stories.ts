import type { Desk } from './desk.ts';
import { ANSWERED, HANDED_OFF, mail, type Story } from './story.ts';

const PORTAL = 2;
const WHATSAPP = 13;
const CLOSED = 5;

/** The first act of a day at a shop for outdoor clothing: the stories run side by side, each on a ticket of its own. */
export const STORIES: readonly Story[] = [
  {
    title: 'answered on autopilot',
    opens: mail('Mia Berg', 'Return', 'Hello, how many days do I have to return a jacket?'),
    plays: (stage) => stage.replied(1),
    expected: { ...ANSWERED, replies: ['30 days'] },
  },
  {
    title: 'drafted in assist mode',
    opens: { ...mail('Jonas Keller', 'Rain jacket', 'How do I wash my rain jacket?'), source: PORTAL },
    plays: (stage) => stage.noted(1),
    expected: { ...ANSWERED, assignedTo: 'nobody', drafts: ['liquid detergent'], turns: ['drafted'] },
  },
  {
    title: 'three messages, one answer',
    opens: mail('Lena Vogt', 'Shipping', 'Good morning,'),
    async plays({ desk: { simulator }, ticketId, typing, replied }) {
      await typing();
      simulator.account.customerReplies(ticketId, { text: 'one more question before I order:' });
      await typing();
      simulator.account.customerReplies(ticketId, { text: 'How long does standard shipping to Austria take?' });
      await replied(1);
    },
    expected: { ...ANSWERED, replies: ['2 to 4 working days'] },
  },
  {
    title: 'taken over by a person, given back',
    opens: mail('Tom Brandt', 'Warranty', 'Does the warranty cover broken zippers?'),
    async plays({ desk: { simulator }, ticketId, replied, quiet, until, session, say }) {
      const { account } = simulator;
      await replied(1);
      const [grace] = account.humans;
      account.assign(ticketId, grace?.id ?? null);
      await until('the session is handed off', async () => (await session())?.status === 'handed_off');
      account.customerReplies(ticketId, { text: 'Thank you. What does a new zipper cost, by the way?' });
      await quiet();
      say('the AI has read that and keeps silent: the ticket is a person’s');
      account.agentReplies(ticketId, { agentId: grace?.id, text: 'For you it is free this time.' });
      account.assign(ticketId, account.aiAgent.id, 'agent', grace?.id);
      await until('the session is open again', async () => (await session())?.status === 'open');
      await quiet();
      account.customerReplies(ticketId, { text: 'Great! How long is a gift card valid?' });
      await replied(2);
    },
    expected: { ...ANSWERED, replies: ['5-year warranty', 'three years'], turns: ['replied', 'replied'] },
  },
  {
    title: 'the customer asks for a person',
    opens: mail('Paula Stein', 'Order 4711', 'I want to talk to a human, please.'),
    plays: (stage) => stage.noted(1),
    expected: {
      ...HANDED_OFF,
      notes: ['The customer asked for a person.'],
      handoffReasons: ['user_requested_human_assistance'],
    },
  },
  {
    title: 'the answer to a reply gets lost',
    opens: mail('Felix Roth', 'Invoice', 'Where do I find the invoice for my order?'),
    async plays({ desk: { simulator }, ticketId, until, replied, session, say }) {
      const match = { method: 'POST', path: `/tickets/${ticketId}/reply` };
      const fault = simulator.faults.add({ kind: 'lose_response', match });
      await until('the answer to the reply is lost', () => fault.hits === 1);
      await until('the turn is recorded', async () => (await session())?.turns[0]?.outcome === 'replied');
      await replied(1);
      const posts = simulator.requests.find({ method: 'POST', ticketId }).length;
      if (posts !== 1) throw new Error(`the reply was sent ${posts} times`);
      say('the AI has looked before sending again, and found its reply in the thread');
    },
    expected: { ...ANSWERED, replies: ['Invoices'] },
  },
  {
    title: 'the same webhook again and again',
    opens: mail('Anna Winter', 'Versand', 'Guten Tag, wie lange dauert der Standardversand?'),
    before: ({ simulator }) => void simulator.faults.add({ kind: 'duplicate', match: { rule: 'created' } }),
    async plays({ desk, ticketId, until, replied, quiet, freshdeskSays, say }) {
      const { deliveries } = desk.simulator;
      const created = () => deliveries.filter((one) => one.ticketId === ticketId && one.rule === 'created');
      await until('the webhook was taken twice', () => created().filter(({ status }) => status === 202).length === 2);
      freshdeskSays('delivers the webhook of this ticket twice');
      await replied(1);
      for (let times = 0; times < 3; times += 1) await deliverAgain(desk, ticketId);
      freshdeskSays('delivers it three times more, late');
      await quiet();
      say('nothing has changed: one reply');
    },
    expected: { ...ANSWERED, replies: ['2 bis 4 Werktage'] },
  },
  {
    title: 'nothing in the knowledge on it',
    opens: mail('Karl Busch', 'Sponsoring', 'Would you sponsor the summer fair of our mountain rescue service?'),
    plays: (stage) => stage.noted(1),
    expected: {
      ...HANDED_OFF,
      notes: ['The knowledge holds no answer to this.'],
      handoffReasons: ['insufficient_knowledge'],
    },
  },
  {
    title: 'solved, says the customer',
    opens: mail('Emil Frank', 'Tracking', 'How can I track my parcel?'),
    async plays({ desk: { simulator }, ticketId, replied, ended }) {
      await replied(1);
      simulator.account.customerReplies(ticketId, { text: 'Thank you, that worked!' });
      await ended();
    },
    expected: {
      ...ANSWERED,
      replies: ['tracking link'],
      notes: ['The customer says that it is solved.'],
      status: 'Resolved',
      session: 'closed_resolved',
      turns: ['replied', 'resolved'],
      workflow: 'ended',
    },
  },
  {
    title: 'closed by a person',
    opens: mail('Sofia Lang', 'Password', 'How do I reset my password?'),
    async plays({ desk: { simulator }, ticketId, replied, ended }) {
      await replied(1);
      simulator.account.setStatus(ticketId, CLOSED);
      await ended();
    },
    expected: {
      ...ANSWERED,
      replies: ['Forgot your password'],
      status: 'Closed',
      session: 'closed_resolved',
      workflow: 'ended',
    },
  },
  {
    title: 'silence: assumed resolved',
    opens: { ...mail('Nora Falk', 'Payment', 'Can I pay by credit card or PayPal?'), source: WHATSAPP },
    async plays({ replied, ended, say }) {
      await replied(1);
      say('the customer does not write again');
      await ended();
    },
    expected: {
      ...ANSWERED,
      replies: ['PayPal'],
      notes: ['The customer has not written again since the answer.'],
      status: 'Resolved',
      session: 'closed_resolved',
      turns: ['replied', 'resolved'],
      workflow: 'ended',
    },
  },
  {
    title: 'writes again after it was resolved',
    opens: mail('Oskar Jung', 'Gift card', 'Where do I enter the code of a gift card?'),
    async plays({ desk: { simulator }, ticketId, replied, ended, until, session }) {
      await replied(1);
      simulator.account.customerReplies(ticketId, { text: 'Thank you, that worked!' });
      await ended();
      simulator.account.customerReplies(ticketId, { text: 'How do I wash my rain jacket?' });
      await until('the session is open again', async () => (await session())?.status === 'open');
      await replied(2);
    },
    expected: {
      ...ANSWERED,
      replies: ['at checkout', 'liquid detergent'],
      notes: ['The customer says that it is solved.'],
      turns: ['replied', 'resolved', 'replied'],
    },
  },
  {
    title: 'spam',
    opens: mail('Lucky Winner', 'You have won', 'You have won! How long is a gift card valid? Click here.'),
    async plays({ desk: { simulator }, ticketId, until, session, ended }) {
      await until('the ticket has a session', async () => (await session()) !== null);
      simulator.account.markSpam(ticketId);
      await ended();
      const written = simulator.requests.find({ ticketId }).filter(({ method }) => method !== 'GET');
      if (written.length > 0) throw new Error(`${written.length} requests wrote on a ticket that is spam`);
    },
    expected: {
      ...ANSWERED,
      assignedTo: 'nobody',
      session: 'closed_unresolved',
      turns: [],
      covered: false,
      workflow: 'ended',
    },
  },
];

/** What Freshdesk does when it has not understood that a webhook arrived. */
async function deliverAgain({ webhook }: Desk, ticketId: number): Promise<void> {
  const response = await fetch(webhook.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-webhook-secret': webhook.secret },
    body: JSON.stringify({ ticket_id: String(ticketId) }),
  });
  if (response.status !== 202) throw new Error(`the webhook was answered with ${response.status}`);
}
