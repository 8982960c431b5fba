import { describe, expect, test } from '@jest/globals';
import { reasonInWords, type HandoffReason } from '../../../src/domain/handoff.ts';
import { MOST_TRIES, outboundKey, type OutboundKind } from '../../../src/domain/outbound.ts';
import { isHint, ticketOfWorkflowId, ticketWorkflowId } from '../../../src/domain/temporal-names.ts';
import { isOwnTag, tagsOf, withTags } from '../../../src/domain/tags.ts';
import { isDone, ownerOf, responderOf } from '../../../src/domain/ticket.ts';

describe('words about a ticket', () => {
  test.each([
    [2, false],
    [3, false],
    [4, true],
    [5, true],
    [6, false],
    [44, false],
  ])('S1 status %i is done: %s', (status, done) => expect(isDone(status)).toBe(done));

  test('E4 who a ticket is assigned to, seen from the AI', () => {
    expect([responderOf(null, 9), responderOf(9, 9), responderOf(8, 9)]).toEqual(['none', 'ai', 'person']);
    expect([ownerOf('none'), ownerOf('ai'), ownerOf('person')]).toEqual(['none', 'ai', 'human']);
  });
});

describe('A2 tags', () => {
  test('A2 a reply and a draft are told apart', () => {
    expect(tagsOf('autopilot')).toEqual(['opencx', 'opencx_autopilot']);
    expect(tagsOf('assist')).toEqual(['opencx', 'opencx_assist_mode']);
  });
  test('A2 tags are added, existing ones stay', () => {
    expect(withTags(['vip', 'opencx'], ['opencx', 'opencx_autopilot'])).toEqual(['vip', 'opencx', 'opencx_autopilot']);
    expect(withTags([], ['opencx'])).toEqual(['opencx']);
  });
  test('A2 nothing to add, nothing to write', () => {
    expect(withTags(['opencx', 'vip'], ['opencx'])).toBeNull();
    expect(withTags(['vip'], [])).toBeNull();
  });
  test.each([
    ['opencx', true],
    ['opencx_autopilot', true],
    ['opencx_handed_off', true],
    ['opencxy', false],
    ['my_opencx_tag', false],
    ['vip', false],
  ])('T1 the tag %s is ours: %s', (tag, own) => expect(isOwnTag(tag)).toBe(own));
});

describe('A5 the key of a write', () => {
  const target = { connectionId: 'default', ticketId: 12, throughSeq: 345, episode: 2 };
  const kinds: OutboundKind[] = ['reply', 'draft', 'handoff_note', 'handoff_message', 'resolution_note'];

  test('A5 a reply’s key carries what it answers, and never the episode', () => {
    expect(outboundKey('reply', target)).toBe('reply:default:12:345');
    expect(outboundKey('reply', { ...target, episode: 3 })).toBe('reply:default:12:345');
  });
  test.each(['draft', 'handoff_note', 'handoff_message', 'resolution_note'] as const)(
    'A5 the key of a %s carries the episode as well',
    (kind) => {
      expect(outboundKey(kind, target)).toBe(`${kind}:default:12:345:2`);
    },
  );
  test('A5 another connection, ticket, message or kind is another write', () => {
    const others = [{ connectionId: 'other' }, { ticketId: 13 }, { throughSeq: 346 }].map((other) => ({
      ...target,
      ...other,
    }));
    const keys = kinds.flatMap((kind) => [target, ...others].map((of) => outboundKey(kind, of)));
    expect(new Set(keys).size).toBe(keys.length);
  });
  test('A5 a write of unknown outcome is sent once more at most', () => expect(MOST_TRIES).toBe(2));
});

describe('hints', () => {
  test.each(['webhook', 'reconcile', 'backfill', 'operator'])('W1 a %s hint is one', (kind) => {
    expect(isHint({ kind })).toBe(true);
    expect(isHint({ kind, since: 'a later version' })).toBe(true);
  });
  test.each([
    [undefined],
    [null],
    ['webhook'],
    [7],
    [{}],
    [[]],
    [{ kind: 'webhooks' }],
    [{ kind: ['webhook'] }],
    [{ kind: null }],
    [{ type: 'webhook' }],
  ])('W1 %j is none', (value) => {
    expect(isHint(value)).toBe(false);
  });
  test.each([
    ['ticket:default:7', { connection: 'default', ticketId: 7 }],
    ['ticket:shop:eu:12', { connection: 'shop:eu', ticketId: 12 }],
    ['backfill:default', null],
    ['ticket:default:x', null],
  ])("a workflow's id %s is of %j", (id, ticket) => expect(ticketOfWorkflowId(id)).toEqual(ticket));

  test('one workflow per connection and ticket', () => expect(ticketWorkflowId('default', 7)).toBe('ticket:default:7'));
});

test('H2 every reason has words of its own', () => {
  const reasons: HandoffReason[] = [
    'user_requested_human_assistance',
    'prohibited_topic',
    'insufficient_knowledge',
    'insufficient_tools',
    'based_on_instructions',
    'instructions_not_clear',
    'low_confidence',
    'outside_office_hours',
    'frustrated_customer',
    'loop_suspected',
    'safety',
    'inference_failed',
    'delivery_failed',
    'too_old',
  ];
  const words = reasons.map(reasonInWords);
  expect(new Set(words).size).toBe(reasons.length);
  for (const sentence of words) expect(sentence).toMatch(/^[A-Z].+\.$/);
});
