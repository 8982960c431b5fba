/** Whole numbers in groups of three. */
export const count = (value: number): string => value.toLocaleString('en');

/** `1 ticket`, `2 tickets`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** How long ago, in the largest unit that fits. */
export function span(sinceMs: number, nowMs: number): string {
  const minutes = Math.max(0, Math.round((nowMs - sinceMs) / 60_000));
  if (minutes < 90) return minutes < 1 ? 'now' : `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;

export function bytes(size: number): string {
  const unit = size < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(size) / 3));
  return `${(size / 1_000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${UNITS[unit] ?? 'bytes'}`;
}
