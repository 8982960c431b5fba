import type { Session } from '../api/wire.ts';

const LOOK: Partial<Record<Session['decision']['kind'], string>> = {
  held: 'warn',
  handoff_refused: 'bad',
  resolve_refused: 'bad',
  waiting: 'warn',
  replied: 'good',
};

/** In one line what the AI did last, or why it does nothing. */
export function Decision({ decision: { kind, words, rule } }: Pick<Session, 'decision'>) {
  return (
    <span className={LOOK[kind]}>
      {words}
      {rule !== null && <span className="faint small"> ({rule})</span>}
    </span>
  );
}
