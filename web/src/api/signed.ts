import { createContext, useContext } from 'react';
import type { Me } from '../../../src/contract/sign-in.ts';

/** Who is signed in, for what is below the shell. */
export const Signed = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(Signed);
  if (me === null) throw new Error('nobody is signed in here');
  return me;
}

/** Whether the controls that change something are shown. */
export function useMayWrite(): boolean {
  return useMe().role === 'admin';
}
