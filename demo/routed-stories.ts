import type { Outcome } from './outcome.ts';
import { HANDED_OFF, mail, type RoutedStory, type Story } from './story.ts';

const HENRY = 'Henry Osei';
/** No group has it, so Freshdesk refuses it. */
const NO_GROUP_ID = 999_999;

const plays: Story['plays'] = async ({ until, session, noted }) => {
  await until('the session is handed off', async () => (await session())?.status === 'handed_off');
  await noted(1);
};
const ASKED_FOR_A_PERSON: Outcome = {
  ...HANDED_OFF,
  notes: ['The customer asked for a person.'],
  handoffReasons: ['user_requested_human_assistance'],
};

/** The second act: where tickets go is a setting of the connection, so these run one after the other. */
export const ROUTED_STORIES: readonly RoutedStory[] = [
  {
    title: 'handed over to a group',
    routing: (account) => ({ kind: 'group', groupId: account.group('Billing').id }),
    opens: mail('Ida Kern', 'Order 4712', 'I want to talk to a human, please.'),
    plays,
    expected: { ...ASKED_FOR_A_PERSON, group: 'Billing' },
  },
  {
    title: 'handed over to a certain person',
    routing: ({ humans }) => ({ kind: 'agent', agentId: humans.find(({ name }) => name === HENRY)?.id ?? 0 }),
    opens: mail('Hugo Beck', 'Order 4713', 'Can I speak to a real person, please?'),
    plays,
    expected: { ...ASKED_FOR_A_PERSON, assignedTo: HENRY },
  },
  {
    title: 'handed over with a marker',
    routing: () => ({ kind: 'unassign_with_marker' }),
    opens: mail('Clara Wolf', 'Bestellung 4714', 'Ich möchte mit einem Menschen sprechen.'),
    plays,
    expected: { ...ASKED_FOR_A_PERSON, marked: true },
  },
  {
    title: 'handed over to a group that is gone',
    routing: () => ({ kind: 'group', groupId: NO_GROUP_ID }),
    opens: mail('Max Thal', 'Order 4715', 'I want to talk to a human, please.'),
    plays,
    expected: { ...ASKED_FOR_A_PERSON, marked: true, routingSteps: ['unassigned_with_marker'] },
  },
];
