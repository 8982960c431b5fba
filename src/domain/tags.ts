import type { WritingMode } from './ticket.ts';

export const TAG = 'opencx';
const MODE_TAG: Record<WritingMode, string> = { autopilot: 'opencx_autopilot', assist: 'opencx_assist_mode' };

/** A2: the tags that a reply or a draft adds. */
export function tagsOf(mode: WritingMode): string[] {
  return [TAG, MODE_TAG[mode]];
}

/** Our own tags are kept apart from the team's (T1). */
export function isOwnTag(tag: string): boolean {
  return tag === TAG || tag.startsWith(`${TAG}_`);
}

/** T1: the team's tags and the name of the ticket's group, each once; our own are kept apart. */
export function teamTags(tags: readonly string[], groupName: string | null): string[] {
  const team = tags.filter((tag) => !isOwnTag(tag));
  return groupName === null || team.includes(groupName) ? team : [...team, groupName];
}

/** A2: existing tags stay; null when there is nothing to add. */
export function withTags(existing: readonly string[], added: readonly string[]): string[] | null {
  const missing = added.filter((tag) => !existing.includes(tag));
  return missing.length === 0 ? null : [...existing, ...missing];
}
