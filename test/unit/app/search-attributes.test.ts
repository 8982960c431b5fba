import { expect, test } from '@jest/globals';
import type { NativeConnection } from '@temporalio/worker';
import { registerSearchAttributes } from '../../../src/temporal/search-attributes.ts';

const KEYWORD = 2;
const ALL = { TicketId: 2, Connection: 2, Channel: 2, SessionStatus: 2, TicketOwner: 2, HandoffReason: 7 };
const [PERMISSION_DENIED, UNAVAILABLE] = [7, 14];

/** A server that has these search attributes, and refuses to add any. */
function server(customAttributes: Record<string, number>, code: number) {
  const added: unknown[] = [];
  const operatorService = {
    listSearchAttributes: async () => ({ customAttributes }),
    addSearchAttributes: async (request: unknown) => {
      added.push(request);
      throw Object.assign(new Error('no'), { code });
    },
  };
  return { added, connection: { operatorService } as unknown as NativeConnection };
}

test('where all search attributes are there, no right to add any is needed', async () => {
  const { added, connection } = server(ALL, PERMISSION_DENIED);
  await registerSearchAttributes(connection, 'desk');
  expect(added).toEqual([]);
});

test('where some are missing and may not be added, they are named with their types', async () => {
  const { connection } = server(
    { TicketId: KEYWORD, Connection: KEYWORD, Channel: KEYWORD, SessionStatus: KEYWORD },
    PERMISSION_DENIED,
  );
  await expect(registerSearchAttributes(connection, 'desk')).rejects.toThrow(
    'The namespace "desk" lacks search attributes, and this client may not make them. Have them made: TicketOwner (Keyword), HandoffReason (KeywordList).',
  );
});

test('a server that is away is no refusal', async () => {
  await expect(registerSearchAttributes(server({}, UNAVAILABLE).connection, 'desk')).rejects.toThrow(/^no$/);
});
