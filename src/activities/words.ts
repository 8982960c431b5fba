import { plainText } from '../ai/plain-text.ts';
import { SOURCE } from '../domain/channel.ts';
import type { ReplyBody, Ticket } from '../freshdesk/client.ts';

/** What the customer is told, in the form the ticket takes (A7): a web chat's takes text. */
export function replyBodyFor({ source }: Pick<Ticket, 'source'>, html: string): ReplyBody {
  return source === SOURCE.webChat ? { structuredText: plainText(html) } : { html };
}
