import { type ReactNode, useEffect, useRef } from 'react';

type Props = {
  open: boolean;
  title: string;
  /** What the button says that does it. */
  act: string;
  children: ReactNode;
  close: () => void;
  confirmed: () => void;
};

/** Asks before something that customers would notice, or that cannot be undone. */
export function Confirm({ open, title, act, children, close, confirmed }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={() => {
        if (dialog.current?.returnValue === 'yes') confirmed();
        if (dialog.current !== null) dialog.current.returnValue = '';
        close();
      }}
    >
      <form method="dialog" className="stack">
        <h2>{title}</h2>
        {children}
        <div className="row">
          <button value="yes" className="main">
            {act}
          </button>
          <button value="">Cancel</button>
        </div>
      </form>
    </dialog>
  );
}
