import { expect, test } from '@jest/globals';
import { channelOf, descriptionWrittenBy, modeOf } from '../../../src/domain/channel.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import type { Channel } from '../../../src/domain/ticket.ts';

test.each<[source: number, name: string, channel: Channel]>([
  [1, 'e-mail', 'email'],
  [10, 'outbound e-mail', 'email'],
  [2, 'portal', 'web'],
  [7, 'chat', 'web'],
  [9, 'feedback widget', 'web'],
  [15, 'web chat', 'web'],
  [3, 'phone', 'phone'],
  [5, 'Twitter', 'other'],
  [6, 'Facebook', 'other'],
  [13, 'WhatsApp', 'other'],
  [101, 'a custom source', 'other'],
  [0, 'no source', 'other'],
])('E7 source %i (%s) is the channel %s', (source, _name, channel) => {
  expect(channelOf(source)).toBe(channel);
});

test('E7 each channel has a mode of its own', () => {
  const channels = {
    ...DEFAULT_SETTINGS.channels,
    email: { ...DEFAULT_SETTINGS.channels.email, mode: 'autopilot' as const },
  };
  expect(modeOf(channels, 'email')).toBe('autopilot');
  expect(modeOf(channels, 'web')).toBe('assist');
});

test('C7 E7 by default every known channel drafts, and the others are mirrored only', () => {
  const modes = (['email', 'web', 'phone', 'other'] as const).map((channel) =>
    modeOf(DEFAULT_SETTINGS.channels, channel),
  );
  expect(modes).toEqual(['assist', 'assist', 'assist', 'off']);
});

test.each([
  [1, 'customer'],
  [2, 'customer'],
  [15, 'customer'],
  [101, 'customer'],
  [10, 'desk'],
  [3, 'desk_for_customer'],
] as const)('E7 the description of source %i is written by: %s', (source, writer) => {
  expect(descriptionWrittenBy(source)).toBe(writer);
});
