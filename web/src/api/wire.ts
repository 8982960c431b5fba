import type { Answer } from './call.ts';

/** What crosses the wire, by the names that the pages use; times are texts there. */
export type Session = Answer<'listSessions'>['items'][number];
export type Counts = Answer<'countSessions'>;
export type Message = Answer<'listMessages'>['items'][number];
export type File = Message['attachments'][number];
export type Trace = Answer<'getTrace'>;
export type Turn = Trace['turns'][number];
export type Write = Trace['writes'][number];
export type Handoff = Trace['handoffs'][number];
export type Settings = Answer<'getSettings'>;
export type Connection = Answer<'listConnections'>['items'][number];
export type AttentionItem = Answer<'listAttention'>['items'][number];
