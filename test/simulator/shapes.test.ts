import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { at, call, simulator } from './harness.ts';

const RECORDED = join(process.cwd(), '../shared/freshdesk-fixtures');

/** Keys of a live ticket view. */
const TICKET_VIEW =
  'cc_emails fwd_emails reply_cc_emails ticket_cc_emails ticket_bcc_emails fr_escalated spam email_config_id group_id priority requester_id responder_id source company_id status subject association_type support_email to_emails product_id id type due_by fr_due_by is_escalated description description_text custom_fields created_at updated_at tags attachments source_info source_additional_info structured_description sentiment_score initial_sentiment_score nr_due_by nr_escalated';

/** Keys of a live thread entry. */
const CONVERSATION =
  'body body_text structured_body id incoming private user_id support_email source category to_emails from_email cc_emails bcc_emails email_failure_count outgoing_failures thread_id thread_message_id created_at updated_at last_edited_at last_edited_user_id attachments automation_id automation_type_id automation_channel_type email_config_id auto_response ticket_id threading_type delivery_details is_offline_note source_additional_info';

/** Keys of a live answer to a reply. */
const REPLY =
  'id user_id from_email cc_emails bcc_emails body body_text ticket_id to_emails attachments source_additional_info created_at updated_at';

function keys(value: unknown): string[] {
  return Object.keys(Object(value)).sort();
}

function words(text: string): string[] {
  return text.split(' ').sort();
}

function recorded(file: string): unknown {
  return JSON.parse(readFileSync(join(RECORDED, file), 'utf8'));
}

async function answers() {
  const sim = await simulator();
  const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
  const created = await call(sim, 'POST', '/tickets', { subject: 's', description: 'd', email: 'a@b.example' });
  const reply = await call(sim, 'POST', `/tickets/${id}/reply`, { body: 'x' });
  const note = await call(sim, 'POST', `/tickets/${id}/notes`, { body: 'x' });
  const list = await call(sim, 'GET', `/tickets/${id}/conversations`);
  const view = await call(sim, 'GET', `/tickets/${id}`);
  const full = await call(sim, 'GET', `/tickets/${id}?include=stats,requester`);
  return {
    created: created.body,
    reply: reply.body,
    note: note.body,
    entry: at(list.body, 0),
    view: view.body,
    full: full.body,
  };
}

test('ticket view, thread entry and reply answer have exactly the keys of live answers', async () => {
  const { view, entry, reply } = await answers();
  expect(keys(view)).toEqual(words(TICKET_VIEW));
  expect(keys(entry)).toEqual(words(CONVERSATION));
  expect(keys(reply)).toEqual(words(REPLY));
});

if (existsSync(RECORDED)) {
  test('answers cover the keys of recorded payloads', async () => {
    const { created, note, entry, view, full, reply } = await answers();
    // `priority_name` was added by the recording library.
    const ticket = keys(recorded('python-freshdesk/ticket_1.json')).filter((key) => key !== 'priority_name');
    expect(keys(full)).toEqual(expect.arrayContaining(ticket));
    expect(keys(view)).toEqual(expect.arrayContaining(ticket.filter((key) => key !== 'stats' && key !== 'requester')));
    expect(keys(at(full, 'stats'))).toEqual(keys(at(recorded('python-freshdesk/ticket_1.json'), 'stats')));
    expect(keys(at(full, 'requester'))).toEqual(keys(at(recorded('python-freshdesk/ticket_1.json'), 'requester')));
    expect(keys(created)).toEqual(expect.arrayContaining(keys(recorded('dotnet-client/create-ticket-response.json'))));
    expect(keys(note)).toEqual(expect.arrayContaining(keys(recorded('python-freshdesk/note_1.json'))));
    expect(keys(entry)).toEqual(expect.arrayContaining(keys(at(recorded('python-freshdesk/conversations.json'), 1))));
    // Today's reply answer no longer says these.
    const old = keys(recorded('python-freshdesk/reply_1.json'));
    const gone = new Set(['incoming', 'private', 'source', 'support_email']);
    expect(keys(reply)).toEqual(expect.arrayContaining(old.filter((key) => !gone.has(key))));
  });

  test('error bodies equal the recorded ones', async () => {
    const sim = await simulator();
    const unauthorized = await call(sim, 'GET', '/agents/me', undefined, { key: 'wrong' });
    expect(unauthorized.body).toEqual(at(recorded('errors/401-invalid-credentials.json'), 'response'));
    const beyond = await call(sim, 'GET', '/tickets?page=301');
    expect(beyond.body).toEqual(at(recorded('errors/400-page-beyond-300.json'), 'response'));
    const { id } = sim.account.customerCreatesTicket({ email: 'a@b.example', text: 'Hi' });
    const broken = await call(sim, 'PUT', `/tickets/${id}`, undefined, { raw: '{' });
    expect(broken.body).toEqual(at(recorded('errors/400-invalid-json.json'), 'response'));
    const wrongMethod = await call(sim, 'GET', `/tickets/${id}/restore`);
    expect(wrongMethod.body).toEqual(at(recorded('errors/405-method-not-allowed.json'), 'response'));
  });
} else {
  console.log('skipped: the recorded payloads are not beside this checkout (../shared/freshdesk-fixtures)');
}
