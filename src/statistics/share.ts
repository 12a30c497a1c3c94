/** Standard deviations of a 95 % interval. */
export const Z95 = 1.959964;

/**
 * The interval of a share that was measured on so many draws (Wilson 1927).
 * @param z standard deviations on each side
 */
export function wilsonOf(share: number, draws: number, z: number): { low: number; high: number } {
  const square = z ** 2;
  const middle = (share + square / (2 * draws)) / (1 + square / draws);
  const half =
    (z * Math.sqrt((share * (1 - share)) / draws + square / (4 * draws ** 2))) / (1 + square / draws);
  return { low: middle - half, high: middle + half };
}

/** The 95 % interval of a share of `part` among `all`. */
export function wilson(part: number, all: number): { low: number; high: number } {
  if (all === 0) return { low: 0, high: 1 };
  const { low, high } = wilsonOf(part / all, all, Z95);
  // Without rounding at the ends.
  return { low: part === 0 ? 0 : low, high: part === all ? 1 : high };
}
