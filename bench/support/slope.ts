export interface Slope {
  readonly perX: number;
  /** Half of the interval in which the true one lies in 19 of 20 runs, if what is left is noise. */
  readonly within: number;
}

/** The line of least squares through points. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): Slope {
  const n = points.length;
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / n;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const perX = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const left = points.reduce((sum, { x, y }) => sum + (y - meanY - perX * (x - meanX)) ** 2, 0);
  return { perX, within: studentsT(n - 2) * Math.sqrt(left / (n - 2) / spread) };
}

/** The 97.5 % point of Student's distribution, good to 0.5 % from five degrees of freedom on. */
function studentsT(freedom: number): number {
  return 1.96 + 2.37 / freedom + 2.8 / freedom ** 2;
}
