export type Theme = 'light' | 'dark';

/**
 * Topics and categories, in the picture and on the map: Okabe and Ito's hues (2008), moved until every two also differ
 * for readers without red, green or blue cones (simulated after Machado et al. 2009), largely by lightness.
 * test/output/palette.test.ts checks it.
 */
export const PALETTE: Record<Theme, readonly string[]> = {
  light: [
    '#0050e6',
    '#d65d00',
    '#01945c',
    '#a7449c',
    '#dfb700',
    '#2d227c',
    '#7a1735',
    '#54c6fd',
    '#6b521d',
    '#f284a8',
  ],
  dark: [
    '#6b9dd5',
    '#f46633',
    '#17cc8a',
    '#af59a1',
    '#f7bd6b',
    '#9281f2',
    '#c54a6a',
    '#a4e3ff',
    '#bfd936',
    '#e0bdc5',
  ],
};

/** Colours that the palette has, in either theme. */
const COLORS = PALETTE.light.length;

/** Rows in no topic. */
export const NOISE: Record<Theme, string> = { light: '#9a9a94', dark: '#6b727c' };

/** Distances are taken to so many topics before each: beyond some hundreds they are close enough to a sample of all. */
const LOOKED_BACK = 600;

/**
 * A palette index for each topic, such that topics close to each other differ: in the given order, each takes the
 * colour whose nearest bearer is farthest away. NaN is a topic without a place.
 */
export function spreadColors(x: ArrayLike<number>, y: ArrayLike<number>): Uint8Array {
  const chosen = new Uint8Array(x.length);
  const nearest = new Float64Array(COLORS);
  for (let i = 0; i < x.length; i++) {
    nearest.fill(Number.POSITIVE_INFINITY);
    for (let j = Math.max(0, i - LOOKED_BACK); j < i; j++) {
      const distance = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2;
      if (distance < nearest[chosen[j]]) nearest[chosen[j]] = distance;
    }
    let best = 0;
    for (let color = 1; color < COLORS; color++) if (nearest[color] > nearest[best]) best = color;
    chosen[i] = best;
  }
  return chosen;
}
