import { expect, test } from '@jest/globals';
import {
  kindOfKey,
  outboundKey,
  replyOfKey,
  settledBefore,
  throughSeqOf,
  type OutboundKind,
} from '../../../src/domain/outbound.ts';

test.each(['reply', 'draft', 'handoff_note', 'handoff_message', 'resolution_note'] satisfies OutboundKind[])(
  'A5 the message that a %s answers is read from its key',
  (kind) => {
    for (const throughSeq of [-1, 0, 7, 4_711_000_000]) {
      const target = { connectionId: '7', ticketId: 7, throughSeq, episode: 3 };
      expect(throughSeqOf({ ...target, kind, key: outboundKey(kind, target) })).toBe(throughSeq);
    }
    expect(throughSeqOf({ kind, connectionId: 'default', ticketId: 7n, key: 'something else' })).toBe(0);
  },
);

test('R1 H9 what a write was is told by its key', () => {
  const target = { connectionId: 'reply:', ticketId: 7, throughSeq: 1, episode: 3 };
  const kinds = ['reply', 'draft', 'handoff_note', 'handoff_message', 'resolution_note'] as const;
  expect(kinds.map((kind) => kindOfKey(outboundKey(kind, target)))).toEqual(kinds);
});

test('A5 an attempt has had its time after its deadline and what it takes to show', () => {
  const timing = { requestDeadlineMs: 20_000, settleMs: 60_000 };
  expect(settledBefore(new Date(100_000), timing)).toEqual(new Date(20_000));
});

test('S3 a reply tells by its key which ticket and message it answers, and nothing else does', () => {
  const target = { connectionId: 'of:two:4', ticketId: 7, throughSeq: 4_711, episode: 3 };
  expect(replyOfKey(outboundKey('reply', target))).toEqual({ ticketId: 7, throughSeq: 4_711 });
  expect(replyOfKey(outboundKey('reply', { ...target, throughSeq: -1 }))).toEqual({ ticketId: 7, throughSeq: -1 });
  expect(replyOfKey(outboundKey('draft', target))).toBeNull();
  expect(replyOfKey('reply:default:x:1')).toBeNull();
});
