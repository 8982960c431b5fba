import type { MessageView } from '../contract/sessions.ts';
import { IGNORED } from '../domain/glossary/outcomes.ts';
import { indented, printable, shortened } from './lines.ts';
import { localTime } from './local-time.ts';

/** So many lines of a message are shown. */
const MOST_LINES = 15;

const AUTHORS: Record<MessageView['author'], string> = {
  customer: 'customer',
  ai: 'the AI',
  agent: 'a person',
  system: 'Freshdesk',
};

/** A thread as it is read, oldest first; without the texts where they are not wanted. */
export function threadInWords(messages: readonly MessageView[], { text }: { text: boolean }): string[] {
  return messages.flatMap((message) => [headOf(message), ...(text ? indented(textOf(message)) : [])]);
}

function headOf({ createdAt, author, visibility, kind, freshdeskId, ignored, attachments }: MessageView): string {
  const marks = [
    ...(kind === 'note' ? ['private note'] : visibility === 'private' ? [`private ${kind}`] : []),
    ...(kind === 'forward' ? ['forward'] : []),
    ...(author === 'customer' && ignored !== null ? [`never answered: ${ignoredInWords(ignored)}`] : []),
    ...(attachments.length === 0 ? [] : [attachments.length === 1 ? '1 file' : `${attachments.length} files`]),
    freshdeskId,
  ];
  return `${localTime(createdAt)}  ${AUTHORS[author]} (${marks.join(', ')})`;
}

/** The rule and why, such as `E8, an automatic reply`. */
export function ignoredInWords({ rule, why }: { rule: string; why: string | null }): string {
  if (why === null) return rule;
  const says = Object.entries(IGNORED).find(([word]) => word === why)?.[1].says;
  return `${rule} ${why}${says === undefined ? '' : `: ${says.replace(/\.$/, '')}`}`;
}

function textOf({ text }: MessageView): string[] {
  const lines = printable(text);
  const more = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES).map(shortened), ...(more > 0 ? [`… and ${more} more lines`] : [])];
}
