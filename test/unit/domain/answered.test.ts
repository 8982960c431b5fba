import { describe, expect, test } from '@jest/globals';
import { answeredByPerson } from '../../../src/domain/thread.ts';
import { ai, customer, note, person } from '../../../testbed/domain.ts';

describe('A4 whether a person has answered since', () => {
  const asked = customer(1);

  test.each([
    ['a public reply of a person', [asked, person(2)], true],
    ['a public reply among others', [asked, note(2), person(3), ai(4)], true],
    ['a public reply before the message', [person(0), asked], false],
    ['a note of a person', [asked, note(2)], false],
    ['a private reply of a person', [asked, person(2, { visibility: 'private' })], false],
    ['a forward of a person', [asked, person(2, { kind: 'forward' })], false],
    ['a reply of the AI', [asked, ai(2)], false],
    ['another message of the customer', [asked, customer(2)], false],
  ])('A4 %s', (_what, messages, expected) => {
    expect(answeredByPerson(messages, asked.seq)).toBe(expected);
  });

  test('A4 the very message does not count as an answer to itself', () => {
    expect(answeredByPerson([person(2)], 2)).toBe(false);
    expect(answeredByPerson([person(2)], 1)).toBe(true);
  });
});
