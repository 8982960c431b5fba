import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { Session } from '../api/wire.ts';

/** So far from the top nobody is taken to read the first rows. */
const AT_TOP_PX = 40;

/**
 * Rows that do not jump under the reader: what is in a row is always the newest, but the order changes only where the list is
 * looked at from its top, or when it is asked for. More rows at the end are shown at once. The row that has the focus keeps it.
 */
export function useSteadyRows(rows: readonly Session[], list: RefObject<HTMLElement | null>) {
  const [order, setOrder] = useState(() => rows.map(({ id }) => id));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ids = rows.map(({ id }) => id);
  const kept = order.filter((id) => byId.has(id));
  const same = kept.length === order.length && kept.every((id, at) => ids[at] === id);
  if (order.length !== ids.length || !same) {
    if (same || globalThis.scrollY < AT_TOP_PX) setOrder(ids);
  }

  const focused = useRef<string | null>(null);
  useLayoutEffect(() => {
    const row =
      focused.current === null ? null : list.current?.querySelector<HTMLElement>(`[data-row="${focused.current}"]`);
    if (row != null && document.activeElement === document.body) row.focus({ preventScroll: true });
  });
  useLayoutEffect(() => {
    const remember = () => {
      const { activeElement } = document;
      focused.current = (activeElement instanceof HTMLElement ? activeElement.dataset['row'] : undefined) ?? null;
    };
    document.addEventListener('focusin', remember);
    return () => document.removeEventListener('focusin', remember);
  }, []);

  const before = new Map(kept.map((id, at) => [id, at]));
  return {
    shown: kept.flatMap((id) => byId.get(id) ?? []),
    changed: ids.filter((id, at) => (before.get(id) ?? Infinity) > at).length,
    show: () => setOrder(ids),
  };
}
