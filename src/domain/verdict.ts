type Status = 'ok' | 'warning' | 'failed';

/** What one check came to: in one sentence why, and in another what to do. */
export type Verdict = { status: Status; reason: string; fix: string | null };

export function ok(reason: string): Verdict {
  return { status: 'ok', reason, fix: null };
}

/** It works, but not as somebody may think. */
export function warning(reason: string, fix: string): Verdict {
  return { status: 'warning', reason, fix };
}

/** It does not work until this is mended. */
export function failed(reason: string, fix: string): Verdict {
  return { status: 'failed', reason, fix };
}
