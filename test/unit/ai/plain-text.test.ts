import { expect, test } from '@jest/globals';
import { plainText } from '../../../src/ai/answering/plain-text.ts';
import { renderReply } from '../../../src/ai/answering/render.ts';

const plain = { greeting: null, signature: null, disclosure: null };

test('A7 a reply as text has no markup, and shows where links lead', () => {
  const html = renderReply(
    'You have **30 days** & more.\n\n- Print the [label](https://help.acme.example/label)\n- Write to [us](mailto:hi@acme.example)\n\n### Then\n\nSee https://help.acme.example/a',
    { ...plain, allowedHosts: ['help.acme.example', 'acme.example'] },
  );
  expect(plainText(html)).toBe(
    [
      'You have 30 days & more.',
      '',
      '- Print the label (https://help.acme.example/label)',
      '- Write to us (hi@acme.example)',
      '',
      'Then',
      '',
      'See https://help.acme.example/a',
    ].join('\n'),
  );
});

test('A8 greeting, signature and disclosure stand in the text with their line breaks', () => {
  const html = renderReply('Yes.', {
    allowedHosts: [],
    greeting: 'Hello <you> & all',
    signature: 'The team\nAcme',
    disclosure: 'Written by an AI.',
  });
  expect(plainText(html)).toBe('Hello <you> & all\n\nYes.\n\nThe team\nAcme\n\nWritten by an AI.');
});

test('A7 what is not Latin stays as it is written', () => {
  const words = '👩‍👩‍👧 ½ Größe שלום é';
  expect(plainText(renderReply(words, { ...plain, allowedHosts: [] }))).toBe(words);
});
