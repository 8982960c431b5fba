import { useEffect, useRef } from 'react';
import { KEYS, useKeysOn } from './keys.ts';

/** What the keys do, and the switch that turns the single ones off. */
export function KeyList({ open, close }: { open: boolean; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [on, set] = useKeysOn();
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={close}>
      <form method="dialog" className="stack">
        <h2 id="keys-title">Keys</h2>
        <dl className="facts">
          {KEYS.map(([key, what]) => (
            <div key={key} className="row">
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <label className="check">
          <input type="checkbox" checked={on} onChange={(event) => set(event.target.checked)} />
          Single keys do something
        </label>
        <div>
          <button className="main">Close</button>
        </div>
      </form>
    </dialog>
  );
}
