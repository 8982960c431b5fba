import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';

type Props = {
  title: string;
  /** What stands beside the heading. */
  beside?: ReactNode;
  below?: ReactNode;
  children: ReactNode;
};

/** A page: its heading, which has the focus after coming here, and the title of the tab. */
export function Page({ title, beside, below, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – OpenCX`;
  }, [title]);
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <div className="head">
        <h1 ref={heading} tabIndex={-1} dir="auto">
          {title}
        </h1>
        {beside}
      </div>
      {below}
      {children}
    </>
  );
}
