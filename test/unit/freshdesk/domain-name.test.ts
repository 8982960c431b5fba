import { expect, test } from '@jest/globals';
import { freshdeskAddress, normaliseDomain } from '../../../src/freshdesk/domain-name.ts';

test.each([
  'acme',
  ' ACME ',
  'acme.freshdesk.com',
  'Acme.Freshdesk.COM',
  'acme.freshdesk.com/',
  'http://acme.freshdesk.com',
  'https://acme.freshdesk.com/a/tickets?filter=new#top',
  'https://acme.freshdesk.com:443/a/tickets/12',
  'acme.freshdesk.com/a/tickets/12',
])('C2 %j means acme.freshdesk.com', (input) => {
  expect(normaliseDomain(input)).toBe('acme.freshdesk.com');
});

test.each([
  ['', 'No Freshdesk domain'],
  ['   ', 'No Freshdesk domain'],
  ['freshdesk.com', 'not of the form'],
  ['acme.example.com', 'not of the form'],
  ['acme.freshdesk.com.evil.com', 'not of the form'],
  ['evil.com/acme.freshdesk.com', 'not of the form'],
  ['evil.com#acme.freshdesk.com', 'not of the form'],
  ['https://evil.com\\@acme.freshdesk.com', 'not of the form'],
  ['acme.evil.freshdesk.com', 'not of the form'],
  ['acmefreshdesk.com', 'not of the form'],
  ['-acme.freshdesk.com', 'not of the form'],
  ['acme.freshdesk.com.', 'not of the form'],
  ['127.0.0.1', 'not of the form'],
  ['[::1]', 'not of the form'],
  ['https://acme.freshdesk.com@evil.com', 'user name'],
  ['https://user:pass@acme.freshdesk.com', 'user name'],
  ['acme.freshdesk.com:8443', 'port (8443)'],
  ['ftp://acme.freshdesk.com', 'ftp: is not a web address'],
  ['javascript:alert(1)', 'not an address'],
  ['acme corp', 'not an address'],
])('C2 %j is refused, saying why', (input, why) => {
  const attempt = () => normaliseDomain(input);
  expect(attempt).toThrow(why);
  expect(attempt).toThrow(expect.objectContaining({ name: 'ConnectError', reason: 'wrong_domain' }));
});

test('C2 requests go to the account itself, or to the operator’s own base URL', () => {
  expect(freshdeskAddress('Acme')).toEqual({ domain: 'acme.freshdesk.com', baseUrl: 'https://acme.freshdesk.com' });
  expect(freshdeskAddress('acme', 'http://127.0.0.1:4010/')).toEqual({
    domain: 'acme.freshdesk.com',
    baseUrl: 'http://127.0.0.1:4010',
  });
  expect(freshdeskAddress('127.0.0.1:4010', 'http://127.0.0.1:4010/desk/')).toEqual({
    domain: '127.0.0.1:4010',
    baseUrl: 'http://127.0.0.1:4010/desk',
  });
});
