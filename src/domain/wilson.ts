/** Of a share, by Wilson: from and to, 0 to 1. */
export type Interval = { from: number; to: number };

/** Of the standard normal distribution, two-sided 95 %. */
const Z = 1.96;

/**
 * G7: the 95 % interval of `hits` out of `n`, after E. B. Wilson, Probable inference, the law of succession, and statistical
 * inference (1927): (p + z²/2n ± z·sqrt(p(1−p)/n + z²/4n²)) / (1 + z²/n). null of nothing.
 */
export function wilson(hits: number, n: number): Interval | null {
  if (n === 0) return null;
  const p = hits / n;
  const z2 = Z * Z;
  const middle = p + z2 / (2 * n);
  const reach = Z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  return { from: Math.max(0, (middle - reach) / scale), to: Math.min(1, (middle + reach) / scale) };
}
