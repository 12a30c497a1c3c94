/** Standard deviations of a 95 % interval. */
export const Z95 = 1.959964;

/** The 95 % interval of a share of `part` among `all` (Wilson 1927). */
export function wilson(part: number, all: number): { low: number; high: number } {
  if (all === 0) return { low: 0, high: 1 };
  const share = part / all;
  const square = Z95 ** 2;
  const middle = (share + square / (2 * all)) / (1 + square / all);
  const half = (Z95 * Math.sqrt((share * (1 - share)) / all + square / (4 * all ** 2))) / (1 + square / all);
  // Without rounding at the ends.
  return { low: part === 0 ? 0 : middle - half, high: part === all ? 1 : middle + half };
}
