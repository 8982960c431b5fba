import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Asked, call } from '../api/call.ts';

export type Grade = Asked<'reviewTurn'>['body']['grade'];
export type Judgement = { grade: Grade; harmful: boolean; note: string | null };

export const GRADE: Readonly<Record<Grade, string>> = { good: 'Good', acceptable: 'Acceptable', poor: 'Poor' };

/** What a person thinks of something the AI said, kept and taken back. */
export function useJudge() {
  const queries = useQueryClient();
  const graded = () =>
    Promise.all(['reportDrafts', 'getTrace'].map((name) => queries.invalidateQueries({ queryKey: [name] })));
  const judge = useMutation({
    mutationFn: ({ turnId, ...body }: Judgement & { turnId: string }) =>
      call('reviewTurn', { params: { id: turnId }, body }),
    onSuccess: graded,
  });
  const undo = useMutation({
    mutationFn: (turnId: string) => call('unreviewTurn', { params: { id: turnId } }),
    onSuccess: graded,
  });
  return { judge, undo };
}
