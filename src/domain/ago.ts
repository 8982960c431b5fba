/** How long a time is, in the largest unit that fits: `40 s`, `12 min`, `5 h`, `3 days`. */
export function spanOf(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

export function ago(at: Date, now: Date): string {
  return `${spanOf((now.getTime() - at.getTime()) / 1_000)} ago`;
}

/** The first moment of the day on this machine's clock. */
export function midnight(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate());
}
