import { temporalLines } from '../../testbed/heard.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { FaultSpec } from '../../simulator/faults.ts';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';

jest.setTimeout(90_000);
const SHIPPING_QUESTION = 'How many working days does standard shipping take?';
const HTML_PAGE = '<html><body><h1>We will be right back</h1></body></html>';

describe('bad days with Freshdesk', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  beforeEach(() => desk.reset());
  afterAll(() => desk.close());

  const answered = async (ticketId: number, times = 1): Promise<void> => {
    await desk.until(`ticket ${ticketId} has ${times} replies`, () => desk.aiReplies(ticketId).length >= times);
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(times);
  };
  const closedUnresolved = (ticketId: number) =>
    desk.until('the session is closed', async () => (await desk.session(ticketId))?.status === 'closed_unresolved');
  const sent = (method: string, ticketId: number, path = '') =>
    desk.simulator.requests.find({ method, path: `/tickets/${ticketId}${path}` });
  const logOf = (ticketId: number): string[] =>
    [...desk.logLines, ...temporalLines].filter((line) =>
      new RegExp(`(ticketId":|tickets/|ticket:default:)${ticketId}\\b`).test(line),
    );
  const next = (): number => desk.account.state.lastTicketId + 1;

  describe('webhooks', () => {
    const post = async (body: string, headers: Record<string, string> = {}): Promise<number> => {
      const response = await fetch(`${desk.service.url}/webhooks/freshdesk/default`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-webhook-secret': 'secret-of-the-tests', ...headers },
        body,
      });
      await response.arrayBuffer();
      return response.status;
    };
    const handedOver = (ticketId: number): Promise<boolean> =>
      desk
        .handle(ticketId)
        .describe()
        .then(
          () => true,
          () => false,
        );
    /** A ticket that only the test's own webhooks speak of. */
    const askUnheard = (): number => {
      desk.simulator.faults.add({ kind: 'drop', times: null, match: { ticketId: next() } });
      return desk.customerAsks();
    };

    test('W2 a wrong secret gets 401 and nothing is handed over', async () => {
      const ticketId = askUnheard();
      expect(await post(`{"ticket_id":"${ticketId}"}`, { 'x-webhook-secret': 'not-the-secret' })).toBe(401);
      expect(await post(`{"ticket_id":"${ticketId}"}`, { 'x-webhook-secret': '' })).toBe(401);
      expect(await handedOver(ticketId)).toBe(false);
      expect(await post(`{"ticket_id":"${ticketId}"}`)).toBe(202);
      await answered(ticketId);
    });

    test('W3 broken JSON that still names the ticket is taken, and answered once', async () => {
      const ticketId = askUnheard();
      expect(await post(`{"ticket_id":"${ticketId}","text":"she said "hello"\nand left",}`)).toBe(202);
      await answered(ticketId);
    });

    test.each([
      ['no id', '{"v":1,"rule":"customer_reply"}', 400],
      ['an id that is none', '{"ticket_id":"{{ticket.id}}"}', 400],
      ['nothing', '', 400],
      ['300 KiB', `{"ticket_id":"1","text":"${'x'.repeat(300 * 1024)}"}`, 413],
    ])('W3 a body with %s is refused, and the service goes on', async (_what, body, status) => {
      const before = desk.logLines.length;
      expect(await post(body)).toBe(status);
      if (status === 400)
        expect(desk.logLines.slice(before).join('')).toContain('check the content of the automation rule');
      await answered(desk.customerAsks());
    });

    test('W3 a content type other than JSON is refused', async () => {
      expect(await post('ticket_id=1', { 'content-type': 'application/x-www-form-urlencoded' })).toBe(415);
    });

    test('W1 thirty webhooks for one ticket at once, and as many doubled and re-ordered ones, end in one answer', async () => {
      desk.simulator.faults.add({ kind: 'duplicate', times: null });
      desk.simulator.faults.add({ kind: 'reorder', ms: 200, times: 3 });
      const ticketId = desk.customerAsks();
      const statuses = await Promise.all(Array.from({ length: 30 }, () => post(`{"ticket_id":${ticketId}}`)));
      expect(new Set(statuses)).toEqual(new Set([202]));
      await answered(ticketId);
      expect((await desk.session(ticketId))?.turns).toHaveLength(1);
    });

    test('two hints at once start one run, and one answer', async () => {
      const ticketId = askUnheard();
      await Promise.all([desk.hint(ticketId, 'webhook'), desk.hint(ticketId, 'operator')]);
      await answered(ticketId);
      expect(await desk.messages(ticketId)).toHaveLength(2);
    });
  });

  describe('reads', () => {
    const faults: [string, FaultSpec, string | null][] = [
      ['answers 502 with a page', { kind: 'status', status: 502, body: HTML_PAGE }, 'http_502'],
      ['answers 500', { kind: 'status', status: 500, body: { code: 'internal_error' } }, 'http_500'],
      ['answers 200 with a page', { kind: 'status', status: 200, body: HTML_PAGE }, 'unreadable'],
      ['answers 200 with nothing', { kind: 'status', status: 200 }, 'unreadable'],
      ['breaks the connection', { kind: 'lose_request' }, 'reset'],
      ['does not answer before the deadline', { kind: 'stall', ms: 3_000, when: 'before' }, 'timeout'],
      [
        'refuses with 403',
        { kind: 'status', status: 403, body: { code: 'access_denied', message: 'You are not authorized' } },
        '403',
      ],
      ['shuts us out with a 403 page', { kind: 'status', status: 403, body: HTML_PAGE }, 'http_403'],
      ['asks to come back in a second', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, null],
    ];

    test.each(faults)('a ticket is answered, once, after Freshdesk %s', async (_what, fault, named) => {
      const ticketId = next();
      desk.simulator.faults.add({ ...fault, match: { method: 'GET', path: `/tickets/${ticketId}` }, times: 2 });
      expect(desk.customerAsks()).toBe(ticketId);
      await answered(ticketId);
      expect((await desk.session(ticketId))?.turns).toHaveLength(1);
      if (named !== null) expect(logOf(ticketId).join('\n')).toContain(named);
    });

    test.each(faults)('a thread is read, and answered once, after Freshdesk %s', async (_what, fault) => {
      const ticketId = next();
      desk.simulator.faults.add({
        ...fault,
        match: { method: 'GET', path: `/tickets/${ticketId}/conversations` },
        times: 1,
      });
      desk.customerAsks();
      await answered(ticketId);
    });

    test('a 403 that stays keeps the ticket waiting, not lost: it is answered when it ends', async () => {
      const ticketId = next();
      const fault = desk.simulator.faults.add({
        kind: 'status',
        status: 403,
        body: { code: 'access_denied', message: 'You are not authorized' },
        match: { method: 'GET', path: `/tickets/${ticketId}` },
        times: null,
      });
      desk.customerAsks();
      await desk.until('it was tried three times', () => fault.hits >= 3);
      expect((await desk.handle(ticketId).describe()).status.name).toBe('RUNNING');
      fault.remove();
      await answered(ticketId);
    });

    test('C8, L2 a key that is refused keeps the ticket waiting; with a new one it is answered at once', async () => {
      const { aiAgent } = desk.account;
      const newKey = (apiKey: string) => desk.api('/connections/default', 'PATCH', { apiKey });
      desk.account.setAgent(aiAgent.id, { apiKey: 'another-key' });
      const ticketId = desk.customerAsks();
      await desk.until('the refusal is in the log', () =>
        logOf(ticketId).some((line) => line.includes('does not accept the API key')),
      );
      await newKey('another-key');
      await answered(ticketId);
      desk.account.setAgent(aiAgent.id, { apiKey: desk.simulator.apiKey });
      await newKey(desk.simulator.apiKey);
    });

    test('S3 a ticket that is gone, 404 without a body, closes its session and ends its run', async () => {
      const ticketId = desk.customerAsks();
      await answered(ticketId);
      desk.simulator.faults.add({ kind: 'status', status: 404, match: { path: `/tickets/${ticketId}` }, times: null });
      await desk.hint(ticketId);
      await closedUnresolved(ticketId);
      await desk.quiet(ticketId);
      expect((await desk.handle(ticketId).describe()).status.name).toBe('COMPLETED');
      expect(await desk.messages(ticketId)).toHaveLength(2);
    });

    test('E2 a hint for a ticket that never was leaves nothing behind', async () => {
      await desk.hint(777_777, 'webhook');
      await desk.quiet(777_777);
      expect((await desk.handle(777_777).describe()).status.name).toBe('COMPLETED');
      expect(await desk.session(777_777)).toBeNull();
    });
  });

  describe('writes', () => {
    test('A6 a refused reply goes to people at once; the note says what Freshdesk answered, and nothing is tried again', async () => {
      desk.simulator.faults.add({
        kind: 'refuse_field',
        field: 'body',
        code: 'invalid_value',
        message: 'It is too colourful',
        match: { method: 'POST', path: '/tickets/:id/reply' },
      });
      const ticketId = desk.customerAsks();
      await desk.until('the ticket is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
      await desk.quiet(ticketId);

      expect(sent('POST', ticketId, '/reply')).toHaveLength(1);
      expect(desk.aiReplies(ticketId)).toHaveLength(0);
      expect(desk.aiNotes(ticketId)).toHaveLength(1);
      expect(desk.aiNotes(ticketId)[0]?.body).toMatch(/HTTP 400.*body.*invalid_value.*It is too colourful/);
      expect((await desk.session(ticketId))?.handoffs).toMatchObject([{ reasons: ['delivery_failed'] }]);
      expect(desk.ticket(ticketId)).toMatchObject({ status: 2, responderId: null, tags: ['opencx'] });
      expect(logOf(ticketId).join('\n')).toMatch(
        /Freshdesk refused POST \/tickets\/\d+\/reply with 400 \(body: invalid_value\)/,
      );
      expect(logOf(ticketId).join('\n')).not.toContain('colourful');

      desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
      await desk.quiet(ticketId);
      expect(sent('POST', ticketId, '/reply')).toHaveLength(1);
    });

    test('A6 S3 a ticket that goes to spam just before the reply, 405, is left alone; restored, it is answered', async () => {
      const ticketId = next();
      desk.simulator.faults.onRequest(
        { match: { method: 'POST', path: `/tickets/${ticketId}/reply` }, at: 'before_apply' },
        () => desk.account.markSpam(ticketId),
      );
      desk.customerAsks();
      await closedUnresolved(ticketId);
      await desk.quiet(ticketId);
      expect(desk.aiReplies(ticketId)).toHaveLength(0);
      expect(desk.aiNotes(ticketId)).toHaveLength(0);
      expect(desk.ticket(ticketId).tags).toEqual([]);
      expect((await desk.handle(ticketId).describe()).status.name).toBe('COMPLETED');

      desk.account.restore(ticketId);
      await desk.hint(ticketId);
      await answered(ticketId);
      expect((await desk.session(ticketId))?.status).toBe('open');
    });

    test('A6 a reply to a ticket deleted for good, 404, ends without a note', async () => {
      const ticketId = next();
      const gone = { kind: 'status', status: 404, match: { path: `/tickets/${ticketId}` }, times: null } as const;
      desk.simulator.faults.onRequest(
        { match: { method: 'POST', path: `/tickets/${ticketId}/reply` }, at: 'before_answer' },
        () => void desk.simulator.faults.add(gone),
      );
      desk.simulator.faults.add({
        kind: 'status',
        status: 404,
        match: { method: 'POST', path: `/tickets/${ticketId}/reply` },
      });
      desk.customerAsks();
      await closedUnresolved(ticketId);
      await desk.quiet(ticketId);
      expect(desk.aiReplies(ticketId)).toHaveLength(0);
      expect(desk.aiNotes(ticketId)).toHaveLength(0);
    });

    test('A5 an older reply by the AI agent that we did not write is not taken for the one that was lost', async () => {
      const ticketId = desk.customerAsks();
      await answered(ticketId);
      desk.account.agentReplies(ticketId, { agentId: desk.account.aiAgent.id, text: 'Typed by hand' });
      await desk.quiet(ticketId);
      desk.simulator.faults.add({
        kind: 'lose_request',
        match: { method: 'POST', path: `/tickets/${ticketId}/reply` },
      });
      desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
      await answered(ticketId, 3);
      expect(desk.aiReplies(ticketId)[2]?.body).toContain('3 to 5 working days');
    });

    test('a reply that meets the limit, 429, is sent later, once', async () => {
      desk.simulator.faults.add({
        kind: 'status',
        status: 429,
        headers: { 'retry-after': '1' },
        match: { method: 'POST', path: '/tickets/:id/reply' },
        times: 2,
      });
      const ticketId = desk.customerAsks();
      await answered(ticketId);
      expect(sent('POST', ticketId, '/reply')).toHaveLength(3);
      expect(desk.ticket(ticketId).responderId).toBe(desk.account.aiAgent.id);
    });

    test.each([
      ['the tags', ['tags'], { tags: [], responder: 'ai' }],
      ['the responder', ['responder_id'], { tags: ['opencx', 'opencx_autopilot'], responder: 'none' }],
      ['both', ['tags', 'responder_id'], { tags: [], responder: 'none' }],
    ])(
      'A6 an update after the reply that is refused for %s never hands off: it is recorded, and the rest is set',
      async (_what, fields, left) => {
        for (const field of fields)
          desk.simulator.faults.add({ kind: 'refuse_field', field, match: { method: 'PUT' }, times: null });
        const ticketId = desk.customerAsks();
        await answered(ticketId);
        const { aiAgent } = desk.account;
        expect(desk.ticket(ticketId)).toMatchObject({
          tags: left.tags,
          responderId: left.responder === 'ai' ? aiAgent.id : null,
        });
        expect(await desk.session(ticketId)).toMatchObject({
          status: 'open',
          handoffs: [],
          turns: [{ outcome: 'replied' }],
        });
        expect(sent('PUT', ticketId).length).toBeLessThanOrEqual(2);
        expect(logOf(ticketId).join('\n')).toContain('Freshdesk refused the update after a reply');

        desk.simulator.faults.clear();
        desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
        await answered(ticketId, 2);
      },
    );

    test.each([
      ['502', { kind: 'status', status: 502, body: HTML_PAGE }],
      ['applied and then 502', { kind: 'apply_then_status', status: 502 }],
      ['403', { kind: 'status', status: 403, body: { code: 'access_denied', message: 'No' } }],
      ['429', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }],
    ] as const)('an update after the reply that ends in %s does not send the reply again', async (_what, fault) => {
      desk.simulator.faults.add({ ...fault, match: { method: 'PUT' } });
      const ticketId = desk.customerAsks();
      await answered(ticketId);
      await desk.until(
        'the turn is recorded',
        async () => (await desk.session(ticketId))?.turns[0]?.outcome === 'replied',
      );
      await desk.quiet(ticketId);
      expect(sent('POST', ticketId, '/reply')).toHaveLength(1);
      expect(await desk.session(ticketId)).toMatchObject({ status: 'open', handoffs: [] });
    });
  });

  describe('what nobody expects in a ticket', () => {
    test('S1 a ticket of an unknown status is worked as an open one', async () => {
      const ticketId = desk.customerAsks(RETURNS_QUESTION, { status: 42 });
      await answered(ticketId);
      expect((await desk.session(ticketId))?.status).toBe('open');
      expect(logOf(ticketId).join('\n')).toContain('a status the account did not list');
    });

    test.each([4, 99])('E7 a ticket from source %i is mirrored and not answered', async (source) => {
      const ticketId = desk.customerAsks(RETURNS_QUESTION, { source });
      await desk.until('there is a session', async () => (await desk.session(ticketId)) !== null);
      await desk.quiet(ticketId);
      expect(await desk.session(ticketId)).toMatchObject({ status: 'open', channel: 'other', mode: 'off', turns: [] });
      expect(await desk.messages(ticketId)).toHaveLength(1);
      expect(desk.simulator.requests.find({ ticketId }).filter(({ method }) => method !== 'GET')).toEqual([]);
    });

    test('a question among NUL characters, half emoji and 2 MB of HTML is answered', async () => {
      const ticketId = next();
      desk.simulator.faults.add({ kind: 'drop', times: null, match: { ticketId } });
      desk.customerAsks();
      const filler = '<p style="color:#000001">&nbsp;</p>'.repeat(60_000);
      Object.assign(desk.account.state.tickets.get(ticketId) ?? {}, {
        subject: `Return\0 \uD83D`,
        description: `<div>${RETURNS_QUESTION}\0 \uD83D</div>${filler}`,
      });
      await desk.hint(ticketId);
      await answered(ticketId);
    });
  });

  test('the logs hold ids, rules and numbers, at every level: no text, name, address or key of anybody', async () => {
    const asked = ['asked@customer.example', 'Words in a body', 'a-wrong-token'];
    const request = (path: string, init: RequestInit) => fetch(desk.service.url + path, init);
    const headers = { authorization: `Bearer ${desk.config.adminToken}`, 'content-type': 'application/json' };
    await request(`/api/sessions?contact=${asked[0]}&tag=${asked[0]}&${asked[0]}=1`, { headers });
    await request(`/api/sessions/${asked[0]}`, { headers });
    await request('/api/connections/default/settings', { headers, method: 'PATCH', body: `{"x":"${asked[1]}` });
    await request('/api/connections', { headers: { authorization: `Bearer ${asked[2]}` } });
    await request(`/webhooks/freshdesk/default?${asked[0]}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-webhook-secret': 'secret-of-the-tests' },
      body: `{"subject":"${asked[1]}"}`,
    });
    const { state } = desk.account;
    const secrets = [desk.simulator.apiKey, 'secret-of-the-tests', desk.config.adminToken, 'another-key'];
    const people = [...state.contacts.values(), ...state.agents.values()].flatMap(({ name, email }) => [
      name,
      email ?? '',
    ]);
    const words = [...state.tickets.values()].flatMap((ticket) => [
      ticket.subject,
      RETURNS_QUESTION,
      SHIPPING_QUESTION,
    ]);
    const replies = [...state.conversations.values()].map(
      (entry) =>
        entry.body
          .replaceAll(/<[^>]*>/g, '\n')
          .split('\n')
          .find((line) => line.length > 20) ?? '',
    );
    const forbidden = new Set(
      [...asked, ...secrets, ...people, ...words, ...replies].filter((text) => text.length > 3),
    );
    expect(forbidden.size).toBeGreaterThan(15);
    const log = [...desk.logLines, ...temporalLines].join('\n');
    expect(log.length).toBeGreaterThan(1_000);
    expect(log).toContain('"level":20');
    expect([...forbidden].filter((text) => log.includes(JSON.stringify(text).slice(1, -1)))).toEqual([]);
  });
});
