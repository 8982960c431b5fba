import { expect, test } from '@jest/globals';
import { addressOf, unwantedSender, type UnwantedSenders } from '../../../src/domain/senders.ts';

const senders = (changes: Partial<UnwantedSenders['blocklist']> = {}): UnwantedSenders => ({
  blocklist: { emails: ['Troll@Mail.example'], domains: ['Spam.example'], ...changes },
  ownAddresses: ['support@acme.freshdesk.com', '"Acme Billing" <Billing@acme.example>'],
});

test.each([
  ['troll@mail.example', 'blocked'],
  ['TROLL@MAIL.EXAMPLE', 'blocked'],
  ['"A Troll" <troll@mail.example>', 'blocked'],
  ['troll@other.example', null],
  ['another-troll@mail.example', null],
  ['anybody@spam.example', 'blocked'],
  ['anybody@SPAM.Example', 'blocked'],
  ['anybody@mail.eu.spam.example', 'blocked'],
  ['anybody@notspam.example', null],
  ['anybody@spam.example.org', null],
  ['spam.example@mail.example', null],
  ['support@acme.freshdesk.com', 'own_address'],
  ['Acme Support <SUPPORT@acme.freshdesk.com>', 'own_address'],
  ['billing@acme.example', 'own_address'],
  ['mia@acme.example', null],
  ['', null],
  [null, null],
])('E8 a message from %s is %s', (from, why) => {
  expect(unwantedSender(from, senders())).toBe(why);
});

test('E8 our own address is told as ours, also when somebody has blocked our domain', () => {
  expect(unwantedSender('billing@acme.example', senders({ domains: ['acme.example'] }))).toBe('own_address');
});

test.each([null, '', '   '])('E8 an address that is not known (%j) is nobody, whatever is listed', (from) => {
  expect(unwantedSender(from, { ...senders({ emails: [''], domains: [''] }), ownAddresses: [''] })).toBeNull();
});

test('E8 space around a blocked domain or a sender is no way past it', () => {
  expect(unwantedSender('  anybody@spam.example  ', senders({ domains: [' Spam.example '] }))).toBe('blocked');
});

test('E8 with nothing blocked and no address known everybody is answered', () => {
  expect(
    unwantedSender('mia@customer.example', { blocklist: { emails: [], domains: [] }, ownAddresses: [] }),
  ).toBeNull();
});

test.each([
  ['mia@customer.example', 'mia@customer.example'],
  [' "Mia, of Sales" <Mia@Customer.Example> ', 'mia@customer.example'],
  ['<mia@customer.example>', 'mia@customer.example'],
  ['  Mia@Customer.Example  ', 'mia@customer.example'],
  ['"see <ben@other.example>" <mia@customer.example>', 'mia@customer.example'],
  ['mia@customer.example (Mia)', 'mia@customer.example'],
  ['mia@customer.example (Mia)  ', 'mia@customer.example'],
  ['<mia@customer.example> (Mia of Sales)', 'mia@customer.example'],
  ['(Mia) mia@customer.example', '(mia) mia@customer.example'],
  ['see <ben@other.example> of Mia', 'see <ben@other.example> of mia'],
  ['', ''],
])('the address in %j is %j', (from, address) => {
  expect(addressOf(from)).toBe(address);
});
