import { useAnswer } from '../api/queries.ts';
import { useConnection } from './connection.ts';

/** The groups of the account that is looked at, as they were last read. */
export function useGroups(): readonly { id: number; name: string }[] {
  const id = useConnection().data?.id ?? '';
  return useAnswer('getAccount', { params: { id } }, { enabled: id !== '', poll: false }).data?.groups ?? [];
}

/** What a subject area is called: the figures name a group by its number, and what has neither topic, article nor group by nothing. */
export function useAreaName(): (subject: string) => string {
  const groups = useGroups();
  return (subject) => {
    if (subject === '') return 'No topic or article';
    const group = groups.find(({ id }) => String(id) === subject);
    return group === undefined ? subject : `Group ${group.name}`;
  };
}
