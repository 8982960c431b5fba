import { useState } from 'react';
import { useMayWrite } from '../api/signed.ts';
import { Trouble } from '../parts/Loaded.tsx';
import { type Grade, GRADE, type Judgement, useJudge } from './judging.ts';

/** Beside something the AI said: what a person thinks of it. */
export function Grading({ turnId }: { turnId: string }) {
  const [mine, setMine] = useState<Judgement | null>(null);
  const mayWrite = useMayWrite();
  const { judge } = useJudge();
  if (!mayWrite) return null;
  const say = (change: Partial<Judgement>) => {
    const next = { grade: 'poor' as Grade, harmful: false, note: null, ...mine, ...change };
    setMine(next);
    judge.mutate({ turnId, ...next });
  };
  return (
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
  );
}
