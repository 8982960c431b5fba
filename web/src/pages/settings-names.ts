import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ExplainedSettings } from '../../../src/contract/settings-preview.ts';
import { type Answer, call } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';

type Directory = Answer<'getDirectory'>;
type Kind = keyof Directory;
/** Names for Freshdesk's numbers; of a kind that is not known none. */
export type Names = Partial<Directory>;
export type Changed = { at: string; by: string };

/** The account is asked; until it answers, and where it does not, what was last read of it has to do. */
export function useNames(id: string): Names {
  const read = useAnswer('getAccount', { params: { id } }, { poll: false }).data;
  const asked = useAnswer('getDirectory', { params: { id } }, { poll: false }).data;
  return asked ?? (read === undefined ? {} : { groups: read.groups, statuses: read.statuses });
}

/** When each setting was last changed, and by whom, by its path. */
export function useHistory(id: string): UseQueryResult<ReadonlyMap<string, Changed>> {
  return useQuery({
    queryKey: ['explainSettings', id],
    queryFn: ({ signal }) => call('getSettings', { params: { id }, query: { explain: 'true' } }, { signal }),
    refetchInterval: false,
    select: (answer) => {
      const { items } = answer as unknown as { items: (ExplainedSettings['items'][number] & { changedAt: unknown })[] };
      return new Map(
        items.flatMap(({ path, changedAt, changedBy }): [string, Changed][] =>
          changedAt === null || changedBy === null ? [] : [[path, { at: String(changedAt), by: changedBy }]],
        ),
      );
    },
  });
}

const KINDS: Readonly<Record<string, Kind>> = {
  'intake.defaultGroupId': 'groups',
  'intake.exclude.groupIds': 'groups',
  'intake.exclude.productIds': 'products',
  'reply.statusAfterReply': 'statuses',
};

/** What the number of a setting may be, by name; null where it is no number of Freshdesk's, or nothing is known. */
export function namedFor(path: string, names: Names): readonly { id: number; name: string }[] | null {
  const kind = KINDS[path];
  const known = kind === undefined ? undefined : names[kind];
  return known === undefined || known.length === 0 ? null : known;
}
