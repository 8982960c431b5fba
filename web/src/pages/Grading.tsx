import { useMayWrite } from '../api/signed.ts';
import type { Turn } from '../api/wire.ts';
import { Trouble } from '../parts/Loaded.tsx';
import { At } from '../parts/When.tsx';
import { type Grade, GRADE, type Judgement, useJudge } from './judging.ts';

/** Beside something the AI said: what a person thinks of it. */
export function Grading({ turn: { id: turnId, review } }: { turn: Turn }) {
  const mayWrite = useMayWrite();
  const { judge } = useJudge();
  const said = review === null ? null : <Said review={review} />;
  if (!mayWrite) return said;
  // What was just chosen, until the answer of the service says so.
  const mine = judge.isPending ? judge.variables : review;
  const say = (change: Partial<Judgement>) => {
    const { grade = 'poor', harmful = false, note = null } = mine ?? {};
    judge.mutate({ turnId, grade, harmful, note, ...change });
  };
  return (
    <>
      <div className="row small">
        {(Object.keys(GRADE) as Grade[]).map((grade) => (
          <button
            key={grade}
            type="button"
            className={mine?.grade === grade ? 'main' : undefined}
            aria-pressed={mine?.grade === grade}
            onClick={() => say({ grade })}
          >
            {GRADE[grade]}
          </button>
        ))}
        <button
          type="button"
          aria-pressed={mine?.harmful === true}
          onClick={() => say({ harmful: mine?.harmful !== true })}
        >
          Would have done harm
        </button>
        {judge.error !== null && <Trouble error={judge.error} />}
      </div>
      {said}
    </>
  );
}

function Said({ review: { grade, harmful, note, who, at } }: { review: NonNullable<Turn['review']> }) {
  return (
    <p className="faint small">
      Graded {GRADE[grade].toLowerCase()} by {who}, <At at={at} />.{harmful && ' It would have done harm.'}
      {note !== null && <span dir="auto"> {note}</span>}
    </p>
  );
}
