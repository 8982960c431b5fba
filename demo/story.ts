import type { Routing } from '../src/domain/settings.ts';
import type { CustomerTicket } from '../simulator/inputs.ts';
import type { Account } from '../simulator/account.ts';
import type { Desk } from './desk.ts';
import type { Outcome } from './outcome.ts';
import type { Stage } from './stage.ts';

/** What happens on one ticket, and how it has to end. */
export type Story = {
  title: string;
  opens: CustomerTicket;
  /** Right before the customer opens the ticket. */
  before?: (desk: Desk) => void;
  /** From there on; throws when something does not happen. */
  plays: (stage: Stage) => Promise<void>;
  expected: Outcome;
};

/** A story for which the operator first changes where handed over tickets go, on the whole connection. */
export type RoutedStory = Story & { routing: (account: Account) => Routing };

const EMAIL = 1;

export const ANSWERED: Outcome = {
  replies: [],
  drafts: [],
  notes: [],
  status: 'Open',
  assignedTo: 'AI',
  group: null,
  marked: false,
  session: 'open',
  handoffReasons: [],
  routingSteps: [],
  turns: ['replied'],
  covered: true,
  mirrored: true,
  workflow: 'running',
};

export const HANDED_OFF: Outcome = {
  ...ANSWERED,
  assignedTo: 'nobody',
  session: 'handed_off',
  routingSteps: ['routed'],
  turns: ['handed_off'],
};

export const mail = (name: string, subject: string, text: string): CustomerTicket => ({
  source: EMAIL,
  name,
  email: `${name.toLowerCase().replaceAll(' ', '.')}@customer.example`,
  subject,
  text,
});
