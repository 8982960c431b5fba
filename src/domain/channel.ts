import type { Settings } from './settings.ts';
import type { Channel, Mode } from './ticket.ts';

/** Freshdesk's ticket sources that have a rule of their own. */
export const SOURCE = {
  email: 1,
  portal: 2,
  phone: 3,
  chat: 7,
  feedbackWidget: 9,
  outboundEmail: 10,
  webChat: 15,
} as const;

const CHANNEL_OF: ReadonlyMap<number, Channel> = new Map<number, Channel>([
  [SOURCE.email, 'email'],
  [SOURCE.outboundEmail, 'email'],
  [SOURCE.portal, 'web'],
  [SOURCE.chat, 'web'],
  [SOURCE.feedbackWidget, 'web'],
  [SOURCE.webChat, 'web'],
  [SOURCE.phone, 'phone'],
]);

/** E7: the channel of a ticket's source. Custom and unknown sources are `other`. */
export function channelOf(source: number): Channel {
  return CHANNEL_OF.get(source) ?? 'other';
}

/** E7: what the AI does on this channel. */
export function modeOf(channels: Settings['channels'], channel: Channel): Mode {
  return channels[channel].mode;
}

/** E7: an outbound e-mail opens with our own words, and a phone ticket with an agent's account of the call. */
export function descriptionWrittenBy(source: number): 'desk' | 'desk_for_customer' | 'customer' {
  if (source === SOURCE.outboundEmail) return 'desk';
  return source === SOURCE.phone ? 'desk_for_customer' : 'customer';
}
