import { describe, expect, test } from '@jest/globals';
import { normalEmail, normalPhone, personOf } from '../../src/domain/contact.ts';

describe('K1 a requester is known by an address and a number, however they are written', () => {
  test.each([
    ['mia@customer.example', 'mia@customer.example'],
    ['  Mia@Customer.Example ', 'mia@customer.example'],
    ['', null],
    ['not an address', null],
    ['mia@', null],
    [null, null],
    [undefined, null],
  ])('e-mail %j is %j', (written, normal) => expect(normalEmail(written)).toBe(normal));

  test.each([
    ['+49 (0)30 / 12 34-56', '+4930123456'],
    ['0049 30 123456', '+4930123456'],
    ['+4930123456', '+4930123456'],
    ['030 123456', '030123456'],
    ['(030) 123456', '030123456'],
    ['030 123456 ext. 17', '030123456'],
    ['030 123456;ext=17', '030123456'],
    ['+1 (555) 010-9999', '+15550109999'],
    ['1234', null],
    ['', null],
    ['ask reception', null],
    [null, null],
  ])('phone %j is %j', (written, normal) => expect(normalPhone(written)).toBe(normal));

  const nobody = { email: null, phone: null, mobile: null, name: null };
  test('without both nobody is known, and a name alone does not help', () => {
    expect(personOf(nobody)).toBeNull();
    expect(personOf({ ...nobody, name: 'Mia' })).toBeNull();
  });
  test('the mobile number stands in for the other one', () => {
    expect(personOf({ ...nobody, mobile: '0170 1234567' })).toEqual({ email: null, phone: '01701234567', name: null });
    expect(personOf({ ...nobody, phone: '030 123456', mobile: '0170 1234567', name: ' Mia ' })).toEqual({
      email: null,
      phone: '030123456',
      name: 'Mia',
    });
  });
});
