import { expect, test } from '@jest/globals';
import { ownAddresses, replyAddress, type Mailbox } from '../../../src/domain/mailboxes.ts';

const mailboxes: Mailbox[] = [
  { id: 1, toEmail: 'acme@acme.freshdesk.com', replyEmail: 'Support@Acme.example' },
  { id: 2, toEmail: 'acmebilling@acme.freshdesk.com', replyEmail: 'billing@acme.example' },
  { id: 3, toEmail: 'inbound@acme.freshdesk.com', replyEmail: null },
];

test('E8 our own addresses are those of every mailbox, in lower case, each once', () => {
  const twice = { id: 4, toEmail: ' SUPPORT@acme.example ', replyEmail: '' };
  expect(ownAddresses([...mailboxes, twice])).toEqual([
    'acme@acme.freshdesk.com',
    'support@acme.example',
    'acmebilling@acme.freshdesk.com',
    'billing@acme.example',
    'inbound@acme.freshdesk.com',
  ]);
});

test.each<[string, number | null, string | null, string | null]>([
  ['the mailbox by its id', 2, 'acmebilling@acme.freshdesk.com', 'billing@acme.example'],
  ['the id before the address', 2, 'acme@acme.freshdesk.com', 'billing@acme.example'],
  ['the address mail was taken in at', null, 'ACME@acme.freshdesk.com', 'Support@Acme.example'],
  ['an id that is unknown: the address', 99, 'acmebilling@acme.freshdesk.com', 'billing@acme.example'],
  ['a reply address already, in whatever case', null, 'support@acme.example', 'Support@Acme.example'],
  ['a mailbox without a reply address', 3, 'inbound@acme.freshdesk.com', 'inbound@acme.freshdesk.com'],
  ['an address of no known mailbox', null, 'old@acme.example', 'old@acme.example'],
  ['a ticket that came to none', null, null, null],
])('A8 what a reply leaves from: %s', (_what, emailConfigId, supportEmail, address) => {
  expect(replyAddress(mailboxes, { emailConfigId, supportEmail })).toBe(address);
});

test('A8 space in an address is no other address, and a blank reply address is none', () => {
  const written: Mailbox[] = [
    { id: 4, toEmail: 'in@acme.freshdesk.com', replyEmail: '  ' },
    { id: 5, toEmail: ' in@acme.freshdesk.com ', replyEmail: 'sales@acme.example' },
  ];
  expect(replyAddress(written, { emailConfigId: 4, supportEmail: ' in@acme.freshdesk.com' })).toBe(
    'sales@acme.example',
  );
  expect(replyAddress(written, { emailConfigId: null, supportEmail: 'Sales@acme.example ' })).toBe(
    'sales@acme.example',
  );
});

test('A8 a ticket that came to no address is not taken for one of a mailbox without', () => {
  const hidden: Mailbox[] = [{ id: 6, toEmail: null, replyEmail: 'sales@acme.example' }];
  expect(replyAddress(hidden, { emailConfigId: null, supportEmail: null })).toBeNull();
  expect(replyAddress(hidden, { emailConfigId: null, supportEmail: ' ' })).toBe(' ');
});

test('A8 while the mailboxes are not known, the address the ticket came to stands', () => {
  expect(replyAddress([], { emailConfigId: 2, supportEmail: 'billing@acme.example' })).toBe('billing@acme.example');
});
