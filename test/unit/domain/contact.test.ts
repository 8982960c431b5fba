import { describe, expect, test } from '@jest/globals';
import { normalEmail, normalPhone, personOf } from '../../../src/domain/contact.ts';

describe('K1 a requester is known by an address and a number, however they are written', () => {
  test.each([
    ['mia@customer.example', 'mia@customer.example'],
    ['  Mia@Customer.Example ', 'mia@customer.example'],
    ['', null],
    ['not an address', null],
    ['mia@', null],
    ['@customer.example', null],
    ['mia@customer@example', null],
    ['mia berg@customer.example', null],
    ['mia@customer.example (Mia)', null],
    ['mia@customer example', null],
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
    [' +49 30 123456 ', '+4930123456'],
    ['+49 30 001234', '+4930001234'],
    ['+49 40 10 00 12', '+4940100012'],
    ['(0) 30 123456', '030123456'],
    ['30 123456 or +49 30 123456', '30123456'],
    ['call 030 123456', null],
    ['\u202A+49 151 1234567\u202C', '+491511234567'],
    ['\u200E+49 151 1234567', '+491511234567'],
    ['\u2066+49 151 1234567\u2069', '+491511234567'],
    ['\u200B+49\u00A0151\u202F1234567\uFEFF', '+491511234567'],
    ['＋４９　１５１　１２３４５６７', '+491511234567'],
    ['tel:+49301234567', '+49301234567'],
    ['TEL: 030 1234567', '0301234567'],
    ['tel:+49-30-1234567;ext=5', '+49301234567'],
    ['callto://+49301234567', '+49301234567'],
    ['sip:+49301234567@pbx.example', '+49301234567'],
    ['whatsapp:+491511234567', '+491511234567'],
    ['p:+491511234567', '+491511234567'],
    ['Tel.: 030 1234567', '0301234567'],
    ['٠٣٠ ١٢٣٤٥٦٧', '0301234567'],
    ['۰۲۱ ۱۲۳۴۵۶۷', '0211234567'],
    ['०११ २३४५६७८', '0112345678'],
    ['+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧', '+966501234567'],
    ['tel:', null],
    ['030 123456 #17', '030123456'],
    ['030 123456, 030 654321', '030123456'],
    ['030 123456 EXT 17', '030123456'],
    ['30 00 12 34', '30001234'],
    ['12345', '12345'],
    ['1234', null],
    ['+1234', null],
    ['', null],
    ['ask reception', null],
    [null, null],
  ])('phone %j is %j', (written, normal) => expect(normalPhone(written)).toBe(normal));

  const nobody = { email: null, phone: null, mobile: null, name: null };
  test('without both nobody is known, and a name alone does not help', () => {
    expect(personOf(nobody)).toBeNull();
    expect(personOf({ ...nobody, name: 'Mia' })).toBeNull();
    expect(personOf({ email: 'not an address', phone: '12', mobile: null, name: 'Mia' })).toBeNull();
  });
  test.each([
    [null, null],
    ['', null],
    ['  ', null],
    [' Mia Berg ', 'Mia Berg'],
  ])('the name %j is %j', (written, name) => {
    expect(personOf({ ...nobody, email: 'Mia@customer.example', name: written })).toEqual({
      email: 'mia@customer.example',
      phone: null,
      name,
    });
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
