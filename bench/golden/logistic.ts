/** One example: what is known of it, whether it came true, and how much it counts. */
export type Example = { features: readonly number[]; label: boolean; weight: number };

const ROUNDS = 200;

/**
 * Weights of a logistic regression, the bias first: maximum likelihood by Newton's method, with a penalty that keeps them
 * small where there are few examples. Weights that turn out below `least` are held there. Deterministic.
 */
export function fitLogistic(examples: readonly Example[], penalty: number, least: readonly number[] = []): number[] {
  const size = (examples[0]?.features.length ?? 0) + 1;
  let weights = Array.from({ length: size }, () => 0);
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = weights.map((weight, index) => (index === 0 ? 0 : penalty * weight));
    const curve = weights.map((_, row) =>
      weights.map((__, column) => (row === column ? (row === 0 ? 1e-9 : penalty) : 0)),
    );
    for (const { features, label, weight } of examples) {
      const x = [1, ...features];
      const p = 1 / (1 + Math.exp(-x.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0)));
      for (const [row, value] of x.entries()) {
        gradient[row] = (gradient[row] ?? 0) + weight * (p - (label ? 1 : 0)) * value;
        const line = curve[row] ?? [];
        for (const [column, other] of x.entries())
          line[column] = (line[column] ?? 0) + weight * p * (1 - p) * value * other;
      }
    }
    const step = solve(curve, gradient);
    weights = weights.map((weight, index) =>
      Math.max(least[index] ?? Number.NEGATIVE_INFINITY, weight - (step[index] ?? 0)),
    );
    if (Math.max(...step.map(Math.abs)) < 1e-9) break;
  }
  return weights;
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  const cell = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let pivot = 0; pivot < rows.length; pivot += 1) {
    let best = pivot;
    for (let row = pivot + 1; row < rows.length; row += 1)
      if (Math.abs(cell(row, pivot)) > Math.abs(cell(best, pivot))) best = row;
    [rows[pivot], rows[best]] = [rows[best] ?? [], rows[pivot] ?? []];
    for (let row = 0; row < rows.length; row += 1) {
      if (row === pivot) continue;
      const factor = cell(row, pivot) / cell(pivot, pivot);
      rows[row] = (rows[row] ?? []).map((value, column) => value - factor * cell(pivot, column));
    }
  }
  return rows.map((row, index) => (row[rows.length] ?? 0) / cell(index, index));
}
