import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openMirror, type Mirror } from '../../../testbed/activities.ts';

const QUOTE =
  '<div class="gmail_quote"><div>On Mon, 3 Nov 2026, Acme wrote:</div><blockquote>The old answer</blockquote></div>';
const SIGNATURE = '<div class="gmail_signature">Mia Customer<br>Phone 555 0100</div>';
const HOSTILE =
  '<p onclick="steal()" style="color:red">Look<script>steal()</script><img src="https://spy.example/x.gif" alt="a cat"></p>' +
  '<style>p { background: url(https://spy.example/y) }</style><a href="javascript:steal()">here</a>';

describe('I5 what is stored of a message', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror();
  });
  afterAll(() => mirror.close());

  /** Past Freshdesk's own cleaning: the HTML reaches us exactly like this. */
  function ticket(html: string, subject = 'A question'): number {
    const { id } = mirror.account.customerCreatesTicket({ email: 'mia@customer.example', subject, text: 'x' });
    Object.assign(mirror.account.state.tickets.get(id) ?? {}, { description: html });
    return id;
  }
  function replies(ticketId: number, html: string): void {
    const { id } = mirror.account.customerReplies(ticketId, { text: 'x' });
    Object.assign(mirror.account.state.conversations.get(id) ?? {}, { body: html });
  }
  const stored = async (ticketId: number) => {
    await mirror.sync(ticketId);
    return mirror.rows(ticketId);
  };

  test('I5 quoted history and signature are not in the text that the AI reads; the HTML keeps them', async () => {
    const ticketId = ticket(`<p>Where is it?</p>${SIGNATURE}`);
    replies(ticketId, `<p>Any news?</p>${SIGNATURE}${QUOTE}`);
    const passedOn = '<div class="gmail_quote">---------- Forwarded message ---------<p>Held at customs</p></div>';
    replies(ticketId, `<p>The carrier says:</p>${passedOn}`);
    const rows = await stored(ticketId);
    expect(rows.slice(0, 2).map((row) => row.text)).toEqual(['Where is it?', 'Any news?']);
    expect(rows[2]?.text).toContain('Held at customs');
    expect(rows[1]?.html).toContain('The old answer');
    expect(rows[1]?.html).toContain('Mia Customer');
  });

  test.each([
    ['the subject says that it is forwarded', 'Fwd: my order', `<p>See below</p>${QUOTE}`],
    [
      'the text says that it is forwarded',
      'My order',
      '<p>See below</p><div class="gmail_quote"><p>---------- Forwarded message ---------</p><p>The old answer</p></div>',
    ],
  ])('I5 a first mail keeps its quote where %s: it is the question', async (_what, subject, html) => {
    const ticketId = ticket(html, subject);
    replies(ticketId, `<p>And?</p>${QUOTE}`);
    const rows = await stored(ticketId);
    expect(rows[0]?.text).toContain('See below');
    expect(rows[0]?.text).toContain('The old answer');
    expect(rows[1]?.text).toBe('And?');
  });

  test('I5 neither scripts nor styles nor remote images are stored, in the first mail or a later one', async () => {
    const ticketId = ticket(HOSTILE);
    replies(ticketId, HOSTILE);
    for (const { html, text } of await stored(ticketId)) {
      expect(html).toContain('<p>Look<span>[image: a cat]</span></p>');
      expect(`${html}${text}`).not.toMatch(/steal|spy\.example|<script|<style|style=|<img|onclick|background/);
      expect(text).toContain('Look');
    }
  });
});
