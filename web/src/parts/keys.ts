import { useEffect, useSyncExternalStore } from 'react';

/** The keys there are, for the list that `?` shows. */
export const KEYS: readonly (readonly [string, string])[] = [
  ['?', 'This list'],
  ['/', 'Search'],
  ['j, k', 'Next, previous'],
  ['Enter', 'Open'],
  ['f', 'Filters'],
  ['u', 'Back to the inbox'],
  ['1, 2, 3', 'Review: good, acceptable, poor'],
  ['h, n, z', 'Review: harmful, note, take back'],
];

const STORED = 'keys';
const listeners = new Set<() => void>();

/** Whether single keys do something; whoever speaks to their browser switches them off. */
export function useKeysOn(): [on: boolean, set: (on: boolean) => void] {
  const on = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => localStorage.getItem(STORED) !== 'off',
  );
  return [
    on,
    (wanted) => {
      localStorage.setItem(STORED, wanted ? 'on' : 'off');
      for (const listener of listeners) listener();
    },
  ];
}

/** Calls what belongs to a key, unless something is being typed or the keys are off. */
export function useKeys(actions: Readonly<Record<string, () => void>>): void {
  const [on] = useKeysOn();
  useEffect(() => {
    if (!on) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      const action = actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog[open]') !== null;
}
